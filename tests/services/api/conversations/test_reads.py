"""Exchanges as ClickHouse gives them: each message with its answer, filtered by either, paged in both directions."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.api.conversations.reads import exchanges, sessions_named
from services.api.conversations.rows import Cause, Exchange, ExchangeFilter
from services.runtime.clickhouse import ClickHouse
from tests.services.api.builders import STATION, a_session
from tests.services.feeding import feed
from tests.services.fleet import frame

BEGIN = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=6)


def after(seconds: float) -> datetime:
    return BEGIN + timedelta(seconds=seconds)


def answer(sequence: int, call: int, at: datetime, **more: Any) -> Any:
    told = {
        "direction": "out",
        "kind": "result",
        "answers": call,
        "text": f'[3,"{call}",{{}}]',
        "message_id": str(call),
    }
    return frame(sequence, at, **told | more)


@pytest.fixture
async def conversation(db: ClickHouse) -> ClickHouse:
    """Of DE-1: a start with its transaction, a command that is refused, a heartbeat without an answer. Of DE-2: one more."""
    start = '[2,"1","StartTransaction",{"idTag":"TOKEN-7"}]'
    reset = {"direction": "out", "action": "Reset", "command_id": "c1", "epoch": 2, "text": '[2,"3","Reset",{}]'}
    refused = {"direction": "in", "kind": "error", "action": "Reset", "command_id": "c1", "epoch": 2}
    await feed(
        db,
        frame(1, after(0), action="StartTransaction", text=start),
        answer(2, 1, after(0.25), action="StartTransaction", text='[3,"1",{"transactionId":7}]', transaction_id="7"),
        frame(3, after(60), **reset),
        answer(4, 3, after(62), text='[4,"3","NotSupported","no",{}]', error="NotSupported", **refused),
        frame(5, after(120), epoch=2),
        frame(1, after(180), station="DE-2"),
        answer(2, 1, after(181), station="DE-2"),
    )
    return db


async def found(db: ClickHouse, **where: Any) -> list[tuple[str, int]]:
    page = await exchanges(db, ExchangeFilter(**where))
    return [(each.station, each.sequence) for each in page.items]


async def test_a_message_stands_with_its_answer_and_how_long_that_took(conversation: ClickHouse) -> None:
    page = await exchanges(conversation, ExchangeFilter(station="DE-1"), oldest_first=True)

    first, second, third = page.items
    assert first.answer is not None
    assert (first.answer.sequence, first.answer.latency_ms, first.transaction_id) == (2, 250.0, "7")
    assert second.answer is not None
    assert (second.failed, second.answer.latency_ms, second.command) == ("NotSupported", 2000.0, Cause(command_id="c1"))
    assert (third.answer, third.command, third.session) == (None, None, None)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ({}, [("DE-2", 1), ("DE-1", 5), ("DE-1", 3), ("DE-1", 1)]),
        ({"station": "DE-1"}, [("DE-1", 5), ("DE-1", 3), ("DE-1", 1)]),
        ({"since": after(60), "until": after(180)}, [("DE-1", 5), ("DE-1", 3)]),
        ({"action": "Reset"}, [("DE-1", 3)]),
        ({"direction": "out"}, [("DE-1", 3)]),
        ({"message_id": "1"}, [("DE-2", 1), ("DE-1", 1)]),
        ({"command_id": "c1"}, [("DE-1", 3)]),
        ({"station": "DE-1", "epoch": 2}, [("DE-1", 5), ("DE-1", 3)]),
        ({"errors": True}, [("DE-1", 3)]),
        ({"errors": True, "since": after(61)}, []),
        ({"text": "token-7"}, [("DE-1", 1)]),
        ({"text": "notsupported", "until": after(61)}, [("DE-1", 3)]),
        ({"transaction_id": "7", "station": "DE-1"}, [("DE-1", 1)]),
        ({"transaction_id": "7", "errors": True}, []),
    ],
)
async def test_each_filter_leaves_its_own(
    conversation: ClickHouse, where: dict[str, Any], expected: list[tuple[str, int]]
) -> None:
    assert await found(conversation, **where) == expected


@pytest.mark.parametrize("oldest_first", [False, True])
async def test_pages_have_each_exchange_once(conversation: ClickHouse, oldest_first: bool) -> None:
    where, seen = ExchangeFilter(station="DE-1"), list[Exchange]()
    page = await exchanges(conversation, where, limit=2, oldest_first=oldest_first)
    seen += page.items
    page = await exchanges(conversation, where, cursor=page.next_cursor, limit=2, oldest_first=oldest_first)
    seen += page.items

    assert [each.sequence for each in seen] == ([1, 3, 5] if oldest_first else [5, 3, 1])
    assert page.next_cursor is None


async def test_an_answer_to_no_known_call_stands_by_itself(db: ClickHouse) -> None:
    await feed(db, frame(1, BEGIN, kind="result", action=""))

    (alone,) = (await exchanges(db)).items
    assert (alone.kind, alone.answer) == ("result", None)


async def test_sessions_are_found_by_what_the_station_calls_them(db: ClickHouse) -> None:
    await feed(
        db,
        a_session(transaction_id="7"),
        a_session(session="s2", transaction_id="8"),
        a_session(session="s3", station="X"),
    )

    (session,) = await sessions_named(db, {STATION}, {"7", "9"})

    assert (session.session, session.transaction_id) == ("s1", "7")
