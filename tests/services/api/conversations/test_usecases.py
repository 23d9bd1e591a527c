"""What is asked of the log becomes a filter; what is found has its commands and sessions."""

from datetime import timedelta
from typing import Any

import msgspec
import pytest

from services.api.conversations.rows import Cause, ExchangeFilter, NamedSession, Wanted
from services.api.conversations.usecases import NOBODY, exported, filter_of, find_exchanges, joined
from services.api.fakes import NOON, World
from services.api.sessions.views import session_of
from services.api.web.problems import Problem
from tests.services.api.builders import STATION, a_session, an_exchange
from tests.services.api.worlds import filled

HOUR = timedelta(hours=1)


def named(session: str, hours: int) -> NamedSession:
    return NamedSession(session=session, station=STATION, transaction_id="7", started_at=NOON + hours * HOUR)


async def test_of_all_stations_the_last_hour_is_searched(world: World) -> None:
    assert await filter_of(world.ports(), Wanted(errors=True)) == ExchangeFilter(since=NOON - HOUR, errors=True)
    assert (await filter_of(world.ports(), Wanted(station=STATION))).since is None


async def test_of_all_stations_more_than_a_day_is_refused_with_what_to_do(world: World) -> None:
    with pytest.raises(Problem) as problem:
        await filter_of(world.ports(), Wanted(since=NOON - 25 * HOUR))

    assert "name a station" in problem.value.errors[0].detail


async def test_a_session_is_looked_for_by_its_transaction_at_its_station(world: World) -> None:
    world.reads.session_rows["s1"] = session_of(a_session(transaction_id="7"))

    assert await filter_of(world.ports(), Wanted(session="s1")) == ExchangeFilter(station=STATION, transaction_id="7")
    assert await filter_of(world.ports(), Wanted(session="s1", station="OTHER")) == NOBODY
    with pytest.raises(Problem, match="no session"):
        await filter_of(world.ports(), Wanted(session="none"))


async def test_a_command_is_looked_for_at_its_station(world: World) -> None:
    world.reads.command_rows = filled("X").reads.command_rows

    assert await filter_of(world.ports(), Wanted(command_id="c1")) == ExchangeFilter(station="X", command_id="c1")
    assert await filter_of(world.ports(), Wanted(command_id="none")) == NOBODY


async def test_a_call_has_its_command_and_a_command_that_is_forgotten_its_id(world: World) -> None:
    world.reads.command_rows = filled("X").reads.command_rows
    calls = [an_exchange(command=Cause(command_id=id_)) for id_ in ("c2", "gone")]

    known, forgotten = await joined(world.ports(), calls)

    assert known.command == Cause(
        command_id="c2", command="RawCall", outcome="rejected", requested_by="X", requested_at=NOON
    )
    assert forgotten.command == Cause(command_id="gone")


@pytest.mark.parametrize(
    ("sessions", "expected"),
    [
        ((), None),
        ((named("s1", -1),), "s1"),
        ((named("later", 1),), "later"),
        ((named("last", -1), named("before", -5), named("later", 1)), "last"),
    ],
)
async def test_of_several_sessions_with_one_transaction_id_the_one_that_ran_is_meant(
    world: World, sessions: tuple[NamedSession, ...], expected: str | None
) -> None:
    world.reads.named_rows = sessions

    (one,) = await joined(world.ports(), [an_exchange(transaction_id="7")])

    assert one.session == expected


async def test_what_names_no_transaction_asks_for_no_session(world: World) -> None:
    await find_exchanges(world.ports(), Wanted(station=STATION), cursor=None, limit=10)

    assert "sessions_named" not in world.reads.asked


async def lines(world: World, limit: int) -> list[Any]:
    parts = [part async for part in await exported(world.ports(), Wanted(station=STATION), limit=limit)]
    return [msgspec.json.decode(line) for line in b"".join(parts).splitlines()]


async def test_an_export_goes_on_to_the_end_a_line_an_exchange(world: World) -> None:
    world.reads.exchange_rows = tuple(an_exchange(sequence=number) for number in range(1, 1203))

    assert [line["sequence"] for line in await lines(world, 10_000)] == list(range(1, 1203))
    assert world.reads.asked["exchanges"][2] is True


async def test_an_export_that_ends_at_its_limit_says_so(world: World) -> None:
    world.reads.exchange_rows = tuple(an_exchange(sequence=number) for number in range(1, 8))

    *given, last = await lines(world, 3)

    assert [line["sequence"] for line in given] == [1, 2, 3]
    assert last == {"more": True, "from": "2026-06-01T12:00:00Z"}
