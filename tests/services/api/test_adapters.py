"""Read-your-writes: a write is answered once it has been read back."""

import asyncio

from schemas.topics import REF_TOKENS, STATION_STATES
from services.api.adapters import LiveReference
from services.runtime.settings import Settings
from tests.services.api.builders import STATION, a_state, a_token


def a_reference(told: list[object], *, within_s: float = 30) -> LiveReference:
    return LiveReference(Settings(), told.append, read_back_within_s=within_s)


async def test_a_write_is_read_back_when_that_very_record_comes() -> None:
    reference = a_reference([])
    mine, older = a_token(label="mine"), a_token(label="older")

    waiting = asyncio.create_task(reference.read_back(mine))
    await asyncio.sleep(0)
    reference.changed(REF_TOKENS, mine.token, older)
    await asyncio.sleep(0)
    assert not waiting.done()
    reference.changed(REF_TOKENS, mine.token, mine)

    assert await waiting


async def test_a_write_that_does_not_come_back_is_answered_all_the_same() -> None:
    assert not await a_reference([], within_s=0.001).read_back(a_token())


async def test_changes_of_stations_are_told() -> None:
    told: list[object] = []

    a_reference(told).changed(STATION_STATES, STATION, a_state())

    assert told == [a_state()]
