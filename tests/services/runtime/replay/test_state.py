"""A rebuilt state is the state that was, and nothing is sent."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from aiokafka.admin.records_to_delete import RecordsToDelete
from aiokafka.structs import TopicPartition

from schemas.datatransfer import DATA_TRANSFERS
from schemas.topics import state_topic
from services.runtime.bus.outgoing import Outgoing
from services.runtime.bus.producer import Publisher
from services.runtime.process.outage import Unusable
from services.runtime.process.settings import ReplaySettings
from services.runtime.replay import rebuild
from services.runtime.replay.state import rebuild_state
from tests.groups import admin
from tests.services.runtime.bench import PARTITIONS, Bench
from tests.services.runtime.counter import Added, Refused, RingAsked, service

START = datetime(2026, 1, 1, tzinfo=UTC)


def settings(bootstrap: str, **changed: Any) -> ReplaySettings:
    return ReplaySettings(bootstrap=bootstrap, **{"from_beginning": "yes", **changed})


async def with_history(bench: Bench, stations: int = 6) -> dict[str, bytes | None]:
    """A service that has applied some facts and stopped; its states."""
    async with bench.worker():
        for number in range(1, 6):
            await bench.put(*(Added(station=f"S{station}", number=number) for station in range(stations)))
        await bench.put(Refused(station="S0"))
        await bench.put(*(RingAsked(station=f"S{s}", at=datetime(2100, 1, 1, tzinfo=UTC)) for s in range(2)))
        await bench.said(until=lambda said: len(said) == 5 * stations)
        await bench.dead(1)
        await asyncio.sleep(0.5)  # the rings are asked for in silence; the commit follows
    return await bench.states()


def _rung_never(value: bytes | None) -> bytes:
    return msgspec.json.encode(msgspec.json.decode(value or b"{}") | {"ring_at": None})


async def overwritten(bench: Bench, values: dict[str, bytes | None]) -> None:
    publisher = Publisher(bench.settings, name="test")
    topic = state_topic(bench.test)
    await publisher.send([Outgoing(topic, key.encode(), value) for key, value in values.items()])
    await publisher.stop()


async def expire(bench: Bench) -> None:
    """Delete all records of the first input, as retention does."""
    parts = [TopicPartition(bench.inputs[0].name, number) for number in range(PARTITIONS)]
    async with admin(bench.bootstrap) as client:
        await client.delete_records({part: RecordsToDelete(before_offset=-1) for part in parts})


@pytest.mark.kafka
class TestStates:
    async def test_states_that_are_right_stay_as_they_are(self, bench: Bench) -> None:
        before = await with_history(bench)

        done = await rebuild_state(service(bench.test), settings(bench.bootstrap))

        assert done[-1] == "0 states written, 0 forgotten, 0 records published."
        assert await bench.states() == before

    async def test_a_state_that_differs_in_the_order_of_reading_alone_stays_as_it_is(self, bench: Bench) -> None:
        before = await with_history(bench)
        await overwritten(bench, {key: _rung_never(value) for key, value in before.items()})
        differing = await bench.states()
        blind = replace(service(bench.test), comparable=lambda state: msgspec.structs.replace(state, ring_at=None))

        done = await rebuild_state(blind, settings(bench.bootstrap))

        assert done[-1] == "0 states written, 0 forgotten, 0 records published."
        assert await bench.states() == differing != before

    async def test_lost_states_are_made_again_and_wrong_ones_forgotten(self, bench: Bench) -> None:
        before = await with_history(bench)
        await overwritten(bench, dict.fromkeys(before))
        await overwritten(bench, {"nobody": b"{}"})

        await rebuild_state(service(bench.test), settings(bench.bootstrap))

        assert await bench.states() == before | {"nobody": None}

    async def test_the_service_goes_on_from_the_rebuilt_states_and_repeats_nothing(self, bench: Bench) -> None:
        before = await with_history(bench)
        await overwritten(bench, dict.fromkeys(before))
        await rebuild_state(service(bench.test), settings(bench.bootstrap))

        async with bench.worker():
            await bench.put(Added(station="S0", number=6))
            said = await bench.said(until=lambda said: said[-1].message_id == "sum 6")

        assert len(said) == 5 * 6 + 1
        assert said[-1].data == msgspec.Raw(b"21")

    async def test_a_check_changes_nothing(self, bench: Bench) -> None:
        await with_history(bench)
        await overwritten(bench, {"nobody": b"{}"})
        before = await bench.states()

        done = await rebuild_state(service(bench.test), settings(bench.bootstrap, check="yes"))

        assert done[-1] == "0 states would be written and 1 forgotten."
        assert await bench.states() == before

    async def test_history_is_told_again_with_the_same_ids_when_asked_for(
        self, bench: Bench, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Of the topics that only readers of history have; what the counter says is taken for one of them."""
        monkeypatch.setattr(rebuild, "HISTORY_TOPICS", frozenset({DATA_TRANSFERS.name}))
        await with_history(bench)

        await rebuild_state(service(bench.test), settings(bench.bootstrap, publish="yes"))
        said = await bench.said(until=lambda said: len(said) == 2 * 5 * 6)

        assert len({record.id for record in said}) == 5 * 6

    async def test_a_running_service_is_left_alone(self, bench: Bench) -> None:
        async with bench.worker():
            with pytest.raises(Unusable, match=f"Workers of voltbus.{bench.test} still run"):
                await rebuild_state(service(bench.test), settings(bench.bootstrap))

    async def test_a_state_is_not_made_of_a_part_of_its_facts_unless_told_so(self, bench: Bench) -> None:
        await with_history(bench)
        await expire(bench)

        with pytest.raises(Unusable, match=r"oldest facts .* have expired"):
            await rebuild_state(service(bench.test), settings(bench.bootstrap))
        with pytest.raises(Unusable, match="not to be published"):
            await rebuild_state(service(bench.test), settings(bench.bootstrap, accept_expired="yes", publish="yes"))

    async def test_keys_whose_facts_have_all_expired_keep_their_state(self, bench: Bench) -> None:
        before = await with_history(bench)
        await expire(bench)

        await rebuild_state(service(bench.test), settings(bench.bootstrap, accept_expired="yes"))

        assert await bench.states() == before
