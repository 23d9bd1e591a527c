"""Lists and single things are as new as Kafka, however far ClickHouse is; their pages have each row once and none is missing."""

import asyncio
import datetime as dt
from collections.abc import Callable, Collection, Sequence
from typing import Any

import pytest
from aiokafka import TopicPartition
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.authorization import IdToken
from schemas.base import Record
from schemas.commands import CommandCancelled, CommandRequested
from schemas.stationcommands import Reset
from schemas.stations import StationChanged
from schemas.topic import Topic
from schemas.transactions import SESSIONS, SessionChanged
from services.api.commands.rows import CommandView
from services.api.commands.views import command_of, with_outcome
from services.api.fakes import FakeReads
from services.api.live.memory import Remembered
from services.api.live.overlaid import Overlaid, Overlays
from services.api.reservations.rows import ReservationFilter, reservation_of
from services.api.sessions.rows import Session, SessionFilter
from services.api.sessions.views import session_of
from services.api.stations.rows import Station, StationFilter
from services.api.stations.views import station_row
from services.api.web.paging import BadCursor, Page, Position, cursor_of, micros, position_of
from services.runtime.bus.readpositions import Mark
from services.runtime.process.outage import Outage
from tests.examples import examples
from tests.services.api.builders import NOON, STATION, a_reservation, a_session, a_state, an_outcome

P = TopicPartition("csms.sessions", 0)


async def caught_up(_: Collection[Topic]) -> bool:
    return True


def paged(
    rows: Sequence[Any], place: Callable[[Any], Position], cursor: str | None, limit: int, *, up: bool
) -> Page[Any]:
    """A page of rows as ClickHouse gives it."""

    def key(row: Any) -> tuple[int, str]:
        return place(row).at_us, place(row).id

    behind = None if cursor is None else (position_of(cursor).at_us, position_of(cursor).id)
    there = sorted(
        (row for row in rows if behind is None or (key(row) > behind if up else key(row) < behind)),
        key=key,
        reverse=not up,
    )
    return Page(tuple(there[:limit]), cursor_of(place(there[limit - 1])) if len(there) > limit else None)


class Stored:
    """ClickHouse in a dictionary: the newest row of each id that it has been given."""

    def __init__(self) -> None:
        self.session_rows: dict[str, Session] = {}
        self.station_rows: dict[str, Station] = {}
        self.command_rows: dict[str, CommandView] = {}
        self.away = False
        self.asked = 0

    def _ask(self) -> None:
        self.asked += 1
        if self.away:
            raise Outage("ClickHouse does not answer")

    async def sessions(self, where: SessionFilter, *, cursor: str | None, limit: int) -> Page[Session]:
        self._ask()
        fits = [row for row in self.session_rows.values() if fits_session(row, where)]
        return paged(fits, lambda row: Position(micros(row.started_at), row.session), cursor, limit, up=False)

    async def session(self, session: str) -> Session | None:
        self._ask()
        return self.session_rows.get(session)

    async def stations(self, where: StationFilter, *, cursor: str | None, limit: int) -> Page[Station]:
        self._ask()
        fits = [row for row in self.station_rows.values() if fits_station(row, where)]
        return paged(fits, lambda row: Position(0, row.station), cursor, limit, up=True)

    async def stations_called(self, names: Sequence[str]) -> dict[str, Station]:
        self._ask()
        return {name: self.station_rows[name] for name in names if name in self.station_rows}

    async def commands(self, station: str | None, *, cursor: str | None, limit: int) -> Page[CommandView]:
        self._ask()
        fits = [row for row in self.command_rows.values() if station in (None, row.station)]
        return paged(fits, lambda row: Position(asked_us(row), row.command_id), cursor, limit, up=False)

    async def command(self, command_id: str) -> CommandView | None:
        self._ask()
        return self.command_rows.get(command_id)

    async def commands_called(self, stations: dict[str, str]) -> dict[str, CommandView]:
        self._ask()
        return {id_: self.command_rows[id_] for id_ in stations if id_ in self.command_rows}


def asked_us(row: CommandView) -> int:
    at = row.requested_at or row.cancel_requested_at or row.settled_at
    assert at is not None
    return micros(at)


def fits_session(row: Session, where: SessionFilter) -> bool:
    token = (row.token or "").strip().upper()
    return (
        where.station in (None, row.station)
        and where.active in (None, row.status == "active")
        and (where.since is None or row.started_at >= where.since)
        and (where.until is None or row.started_at < where.until)
        and (where.token is None or where.token.strip().upper() == token)
        and (where.search or "").lower() in f"{row.session} {row.station} {row.transaction_id} {token}".lower()
    )


def fits_station(row: Station, where: StationFilter) -> bool:
    told = f"{row.station} {row.vendor} {row.model} {row.serial_number} {row.site}".lower()
    return (
        (row.connected or not row.removed)
        and where.connected in (None, row.connected)
        and where.version in (None, row.version)
        and where.vendor in (None, row.vendor)
        and where.site in (None, row.site)
        and (where.search or "").lower() in told
    )


class World:
    """Kafka as one log, a sink that stores it bit by bit, and an API that hears all of it."""

    def __init__(self) -> None:
        self.log: list[Record] = []
        self.stored = Stored()
        self.overlays = Overlays(limit=10_000, keep_s=0, clock=lambda: 0.0)
        self.reads = Overlaid(self.stored, self.overlays, caught_up)  # type: ignore[arg-type]
        self._stored_upto = 0

    def say(self, *records: Record) -> None:
        for record in records:
            self.overlays.heard(record, Mark(P, len(self.log)))
            self.log.append(record)

    def store(self, number: int) -> None:
        """The sink stores so many records more, then commits."""
        for record in self.log[self._stored_upto : self._stored_upto + number]:
            match record:
                case SessionChanged():
                    self.stored.session_rows[record.session] = session_of(record)
                case StationChanged():
                    self.stored.station_rows[record.station] = station_row(record)
                case CommandRequested():
                    self.stored.command_rows[record.id] = command_of(Remembered(request=record))
        self._stored_upto = min(len(self.log), self._stored_upto + number)
        self.overlays.stored({P: self._stored_upto})


async def walked(ask: Any, where: Any, limit: int, between: Callable[[], None] = lambda: None) -> list[Any]:
    """Every row of a list, page by page."""
    rows, cursor = [], None
    while True:
        page = await ask(where, cursor=cursor, limit=limit)
        assert len(page.items) <= limit
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            return rows
        between()


IDS = st.sampled_from([f"s{n}" for n in range(12)])
CHANGES = st.lists(
    st.tuples(
        IDS,
        st.sampled_from(["active", "ended", "presumed-ended"]),
        st.integers(0, 3),
        st.sampled_from(["A", "B"]),
        st.sampled_from([None, "04a2", "BEEF"]),
    ),
    max_size=40,
)
FILTERS = st.builds(
    SessionFilter,
    station=st.sampled_from([None, "A", "B"]),
    active=st.sampled_from([None, True, False]),
    since=st.sampled_from([None, NOON + dt.timedelta(minutes=1)]),
    until=st.sampled_from([None, NOON + dt.timedelta(minutes=2)]),
    token=st.sampled_from([None, "04A2", " beef "]),
    search=st.sampled_from([None, "S1", "beef", "a"]),
)


def changes(told: Sequence[tuple[str, Any, int, str, str | None]]) -> list[SessionChanged]:
    """Sessions as they change: also the moment of their start may be corrected."""
    return [
        a_session(
            id=f"change-{number}",
            session=session,
            status=status,
            station=station,
            token=None if token is None else IdToken(value=token, type="ISO14443"),
            started_at=NOON + dt.timedelta(minutes=minute),
            changed_at=NOON + dt.timedelta(seconds=number),
            revision=number,
        )
        for number, (session, status, minute, station, token) in enumerate(told)
    ]


@settings(max_examples=examples(300), deadline=None)
@given(told=CHANGES, stored=st.integers(0, 40), where=FILTERS, limit=st.integers(1, 5), more=st.integers(0, 9))
def test_pages_of_sessions_are_those_of_the_newest_rows_however_far_clickhouse_is(
    told: Any, stored: int, where: SessionFilter, limit: int, more: int
) -> None:
    world = World()
    said = changes(told)
    world.say(*said)
    world.store(stored)
    newest = {record.session: session_of(record) for record in said}
    wanted = sorted(
        (row for row in newest.values() if fits_session(row, where)),
        key=lambda row: (row.started_at, row.session),
        reverse=True,
    )

    rows = asyncio.run(walked(world.reads.sessions, where, limit, between=lambda: world.store(more)))

    assert rows == wanted


@settings(max_examples=examples(150), deadline=None)
@given(
    told=st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "B", "c", "é", "z"]),
            st.booleans(),
            st.booleans(),
            st.sampled_from(["", "Example", "Other"]),
            st.sampled_from([None, "1.6", "2.0.1"]),
        ),
        max_size=20,
    ),
    stored=st.integers(0, 20),
    where=st.builds(
        StationFilter,
        connected=st.sampled_from([None, True, False]),
        vendor=st.sampled_from([None, "Example"]),
        version=st.sampled_from([None, "1.6"]),
        search=st.sampled_from([None, "EX", "b"]),
    ),
    limit=st.integers(1, 3),
)
def test_pages_of_stations_are_those_of_the_newest_rows(
    told: Any, stored: int, where: StationFilter, limit: int
) -> None:
    world = World()
    said = [
        a_state(
            id=str(number),
            station=station,
            connected=connected,
            removed=removed,
            vendor=vendor,
            version=version,
            changed_at=NOON + dt.timedelta(seconds=number),
        )
        for number, (station, connected, removed, vendor, version) in enumerate(told)
    ]
    world.say(*said)
    world.store(stored)
    newest = {record.station: station_row(record) for record in said}
    wanted = sorted((row for row in newest.values() if fits_station(row, where)), key=lambda row: row.station)

    assert asyncio.run(walked(world.reads.stations, where, limit)) == wanted


@settings(max_examples=examples(150), deadline=None)
@given(
    minutes=st.lists(st.tuples(st.integers(0, 3), st.sampled_from(["A", "B"])), max_size=25),
    stored=st.integers(0, 25),
    settled=st.sets(st.integers(0, 24)),
    station=st.sampled_from([None, "A"]),
    limit=st.integers(1, 4),
)
def test_pages_of_commands_have_each_once_with_the_outcome_that_was_heard(
    minutes: Any, stored: int, settled: set[int], station: str | None, limit: int
) -> None:
    world = World()
    asked = [
        CommandRequested(
            id=f"c{number}",
            station=to,
            command=Reset(),
            requested_at=NOON + dt.timedelta(minutes=minute),
            expires_at=NOON + dt.timedelta(hours=1),
        )
        for number, (minute, to) in enumerate(minutes)
    ]
    outcomes = {
        one.id: an_outcome(command_id=one.id, station=one.station) for n, one in enumerate(asked) if n in settled
    }
    world.say(*asked)
    world.store(stored)
    world.say(*outcomes.values())
    wanted = sorted(
        (
            with_outcome(command_of(Remembered(request=one)), outcomes.get(one.id))
            for one in asked
            if station in (None, one.station)
        ),
        key=lambda row: (row.requested_at, row.command_id),
        reverse=True,
    )

    assert asyncio.run(walked(world.reads.commands, station, limit)) == wanted


async def test_a_session_is_there_before_clickhouse_has_it() -> None:
    world = World()
    world.say(a_session())

    assert await world.reads.session("s1") == session_of(a_session())
    assert world.stored.asked == 0


async def test_a_session_that_has_ended_is_in_no_list_of_running_ones() -> None:
    world = World()
    world.say(a_session())
    world.store(1)
    world.say(a_session(status="ended", changed_at=NOON + dt.timedelta(seconds=1)))

    assert (await world.reads.sessions(SessionFilter(active=True))).items == ()
    assert [row.status for row in (await world.reads.sessions()).items] == ["ended"]


async def test_a_change_that_is_said_again_does_not_bring_the_past_back() -> None:
    world = World()
    world.say(a_session(status="ended", changed_at=NOON + dt.timedelta(seconds=1)), a_session())

    assert [row.status for row in (await world.reads.sessions()).items] == ["ended"]


async def test_many_sessions_that_no_longer_fit_cost_few_questions() -> None:
    world = World()
    running = [
        a_session(id=str(n), session=f"s{n:04}", started_at=NOON + dt.timedelta(seconds=n)) for n in range(3_000)
    ]
    world.say(*running)
    world.store(3_000)
    later = NOON + dt.timedelta(days=1)
    world.say(*(replace(one, status="ended", changed_at=later) for one in running[100:]))

    page = await world.reads.sessions(SessionFilter(active=True), limit=10)

    assert [row.session for row in page.items] == [f"s{n:04}" for n in range(99, 89, -1)]
    assert world.stored.asked < 15


async def test_an_outcome_is_laid_over_a_command_whose_request_only_clickhouse_has() -> None:
    world = World()
    request = CommandRequested(id="c1", station=STATION, command=Reset(), requested_at=NOON, expires_at=NOON)
    world.stored.command_rows["c1"] = command_of(Remembered(request=request))
    world.say(an_outcome())

    row = await world.reads.command("c1")

    assert row is not None
    assert (row.outcome, row.command) == ("accepted", "Reset")
    assert [row.outcome for row in (await world.reads.commands()).items] == ["accepted"]
    assert (await world.reads.commands_called({"c1": STATION}))["c1"].outcome == "accepted"


async def test_a_wish_to_cancel_is_seen() -> None:
    world = World()
    request = CommandRequested(id="c1", station=STATION, command=Reset(), requested_at=NOON, expires_at=NOON)
    world.say(request, CommandCancelled(id="x", station=STATION, command_id="c1", requested_at=NOON))

    row = await world.reads.command("c1")

    assert row is not None
    assert row.cancel_requested_at == NOON


async def test_what_was_heard_is_told_while_clickhouse_is_away() -> None:
    world = World()
    world.stored.away = True
    world.say(a_session(), an_outcome(command_id="c9"))

    assert await world.reads.session("s1") is not None
    assert (await world.reads.command("c9")) is not None
    with pytest.raises(Outage):
        await world.reads.command("another")


async def test_a_cursor_of_nobodys_is_refused() -> None:
    with pytest.raises(BadCursor):
        await World().reads.sessions(cursor="%%")


async def test_every_read_catches_up_with_kafka_first() -> None:
    world = World()

    async def hear(topics: Collection[Topic]) -> bool:
        assert topics == (SESSIONS,)
        world.say(a_session())
        return True

    reads = Overlaid(world.stored, world.overlays, hear)  # type: ignore[arg-type]

    assert await reads.session("s1") is not None
    assert len((await reads.sessions()).items) == 1


async def test_stations_of_names_are_the_newest() -> None:
    world = World()
    world.say(a_state())
    world.store(1)
    world.say(a_state(connected=False, changed_at=NOON + dt.timedelta(seconds=1)))

    assert not (await world.reads.stations_called([STATION, "nobody"]))[STATION].connected


class TestReservations:
    async def test_the_newest_revision_is_told_before_clickhouse_has_it(self) -> None:
        overlays = Overlays(limit=10, keep_s=10, clock=lambda: 0.0)
        below = FakeReads()
        below.reservation_rows["r1"] = reservation_of(a_reservation())
        reads: Any = Overlaid(below, overlays, caught_up)
        for revision, status in ((3, "used"), (2, "accepted")):
            overlays.heard(a_reservation(revision=revision, status=status, changed_at=NOON), Mark(P, revision))

        found = await reads.reservation("r1")
        page = await reads.reservations(ReservationFilter(token="04a2b3c4d5", status="used"))

        assert found.status == "used"
        assert [row.status for row in page.items] == ["used"]
        assert (await reads.reservations(ReservationFilter(station="OTHER"))).items == ()
