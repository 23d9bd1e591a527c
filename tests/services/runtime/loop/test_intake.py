"""Intake: what can be read is taken in, what cannot is dead-lettered first, and an outage of that takes nothing in."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from schemas import examples
from schemas.codec import Decoder, encode
from schemas.signing import CERTIFICATE_ORDERS, SigningOrdered
from services.runtime.bus.outgoing import Outgoing
from services.runtime.loop.intake import taken_in
from services.runtime.process.outage import Outage
from tests.services.runtime.loop.test_batch import Message

ORDER = examples.example(SigningOrdered)


class Sent:
    """Keeps what is sent, or is away."""

    def __init__(self, *, away: bool = False) -> None:
        self.away = away
        self.topics: list[str] = []

    async def send(self, messages: Sequence[Outgoing]) -> None:
        if self.away:
            raise Outage("kafka is away")
        self.topics += [each.topic for each in messages]


async def took(sent: Sent, *values: bytes | None, kinds: tuple[Any, ...] = (SigningOrdered,)) -> list[Any]:
    return await taken_in(
        [Message(value) for value in values],  # type: ignore[arg-type,misc]
        Decoder(CERTIFICATE_ORDERS),
        *kinds,
        service="t",
        sender=sent,
        clock=lambda: datetime(2026, 1, 1, tzinfo=UTC),
    )


async def test_what_cannot_be_read_is_dead_lettered_and_the_rest_taken_in_order() -> None:
    sent = Sent()

    assert await took(sent, encode(ORDER), b"{", None, encode(ORDER)) == [ORDER, ORDER]
    assert sent.topics == ["csms.dead.t-a"]


async def test_records_of_other_kinds_are_left_alone() -> None:
    sent = Sent()

    assert await took(sent, encode(ORDER), kinds=(int,)) == []
    assert sent.topics == []


async def test_where_the_dead_letter_cannot_be_sent_nothing_is_taken_in() -> None:
    with pytest.raises(Outage):
        await took(Sent(away=True), encode(ORDER), b"{")
