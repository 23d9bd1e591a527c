"""A service's clock: what is due and since when, told once."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import msgspec

from schemas.base import Due
from services.runtime.bus.outgoing import Outgoing
from services.runtime.loop.clock import Clock
from services.runtime.loop.service import Service

LONG_AGO, NEVER = datetime(2026, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


class Waiting(msgspec.Struct, frozen=True):
    at: datetime | None = None
    name: str = ""


class Sent:
    def __init__(self) -> None:
        self.keys: list[bytes] = []

    async def send(self, messages: Sequence[Outgoing]) -> None:
        self.keys += [msgspec.json.decode(message.value or b"", type=Due).key.encode() for message in messages]


def clock() -> Clock[Waiting]:
    service = Service(
        name="waiting",
        inputs=(),
        state=Waiting,
        initial=lambda _: Waiting(),
        step=lambda state, _: (state, []),
        due=lambda state: state.at,
    )
    return Clock(service, most_at_once=10)


async def test_a_key_is_due_when_its_time_has_come_until_it_is_told() -> None:
    ticking, sent = clock(), Sent()
    before = ticking.is_due()
    ticking.want({(0, "later"): Waiting(NEVER), (0, "now"): Waiting(LONG_AGO)})
    asked = ticking.is_due()

    await ticking.send_due(sent)

    assert (before, asked, ticking.is_due()) == (False, True, False)
    assert sent.keys == [b"now"]


async def test_a_key_that_asks_for_another_time_is_due_again() -> None:
    ticking, sent = clock(), Sent()
    ticking.want({(0, "key"): Waiting(LONG_AGO)})
    await ticking.send_due(sent)

    ticking.want({(0, "key"): Waiting(LONG_AGO)})
    same = ticking.is_due()
    ticking.want({(0, "key"): Waiting(LONG_AGO + timedelta(microseconds=1))})

    assert (same, ticking.is_due()) == (False, True)


async def test_keys_that_are_asked_anew_keep_their_time_or_have_another() -> None:
    sooner = {"soon"}
    service = Service(
        name="waiting",
        inputs=(),
        state=Waiting,
        initial=lambda _: Waiting(),
        step=lambda state, _: (state, []),
        due=lambda state: LONG_AGO if state.name in sooner else NEVER,
    )
    ticking, sent = Clock(service, most_at_once=10), Sent()
    held = {(0, name): Waiting(name=name) for name in ("soon", "later", "never")}
    ticking.want(held)
    await ticking.send_due(sent)
    sooner.add("later")

    await ticking.ask_anew(Known(held))  # type: ignore[arg-type]
    await ticking.send_due(sent)

    assert sent.keys == [b"soon", b"later"]


class Known:
    """The states of all keys."""

    def __init__(self, held: dict[tuple[int, str], Waiting]) -> None:
        self._held = held

    def all(self) -> Iterator[tuple[tuple[int, str], Waiting]]:
        return iter(self._held.items())
