"""Fakes of the ports, shipped beside them: a world in memory for tests of the API and of the console."""

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

import msgspec

from schemas.base import Record
from schemas.commands import CommandRequested, CommandSettled
from schemas.routing import route
from schemas.topics import Topic
from services.api.billmodel import ALL_CDRS, Cdr, CdrFilter
from services.api.config import Config
from services.api.firmwaremodel import UpdateHistoryRow, UpdateRow
from services.api.hub import Hub
from services.api.memory import CommandMemory
from services.api.paging import BadCursor
from services.api.ports import Ports
from services.api.readmodel import (
    ALL_FRAMES,
    ALL_SESSIONS,
    ALL_STATIONS,
    CommandView,
    ConnectorStatusChange,
    DeadLetter,
    EnergyHour,
    Fact,
    FleetOverview,
    Frame,
    FrameFilter,
    MeterReading,
    Page,
    Point,
    QuarantinedValue,
    Session,
    SessionFilter,
    SessionSeries,
    Station,
    StationEvent,
    StationFilter,
)
from services.runtime.outage import Outage

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
KEY = "an-operator-key-of-tests"


class FakeBus:
    """Kafka, the views that read it back and the services behind it: what is published is there at once.

    `settles`: the outcome that every command gets as soon as it is asked for; None: it stays pending. `away`: every
    publication is an outage.
    """

    def __init__(self, memory: CommandMemory) -> None:
        self.published: list[Record] = []
        self.away = False
        self.settles: CommandSettled | None = None
        self._memory = memory
        self._newest: defaultdict[str, dict[str, Record]] = defaultdict(dict)

    async def publish(self, *records: Record) -> None:
        """Keep the records; settle commands."""
        if self.away:
            raise Outage("Kafka does not answer")
        for record in records:
            self.published.append(record)
            routed = route(record)
            self._newest[routed.topic][routed.key.decode()] = record
            if self.settles is not None and isinstance(record, CommandRequested):
                settled = msgspec.structs.replace(self.settles, command_id=record.id, station=record.station)
                self._memory.settled(settled)

    def hold(self, record: Record) -> None:
        """Have a record in a compacted topic, as a service would have put it there."""
        routed = route(record)
        self._newest[routed.topic][routed.key.decode()] = record

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of a key."""
        return self._newest[topic.name].get(key)

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key with its newest record."""
        return self._newest[topic.name]

    async def read_back(self, record: Record) -> bool:
        """What was published is there."""
        return record in self.published


class FakeReads:
    """ClickHouse with a few rows. `asked` tells with which arguments each read was called last; `cursors`: those it would take;
    `away`: every read is an outage."""

    def __init__(self) -> None:
        self.away = False
        self.cursors: set[str] = set()
        self.asked: dict[str, tuple[Any, ...]] = {}
        self.station_rows: dict[str, Station] = {}
        self.session_rows: dict[str, Session] = {}
        self.command_rows: dict[str, CommandView] = {}
        self.update_rows: tuple[UpdateRow, ...] = ()
        self.held: dict[str, str] = {}
        self.update_history_rows: tuple[UpdateHistoryRow, ...] = ()
        self.cdr_rows: dict[str, Cdr] = {}
        self.frame_rows: tuple[Frame, ...] = ()
        self.reading_rows: tuple[MeterReading, ...] = ()

    def _ask(self, name: str, *arguments: Any, cursor: str | None = None) -> None:
        if self.away:
            raise Outage("ClickHouse does not answer")
        if cursor is not None and cursor not in self.cursors:
            raise BadCursor(f"{cursor!r} is no cursor")
        self.asked[name] = arguments

    async def fleet_overview(self, now: dt.datetime) -> FleetOverview:
        """An empty fleet, but for the stations there are."""
        self._ask("fleet_overview", now)
        return FleetOverview(
            at=now,
            stations_total=len(self.station_rows),
            stations_connected=sum(row.connected for row in self.station_rows.values()),
            connected_by_version={},
            connectors_by_status={},
            faults=0,
            sessions_active=0,
            sessions_today=len(self.session_rows),
            power_w=Decimal(0),
            energy_today_wh=Decimal("7321.250"),
        )

    async def fleet_power(
        self, since: dt.datetime, *, until: dt.datetime, step_s: int | None = None
    ) -> tuple[Point, ...]:
        """Nothing flows."""
        self._ask("fleet_power", since, until, step_s)
        return (Point(until, 0.0),)

    async def energy_by_hour(self, since: dt.datetime, *, until: dt.datetime) -> tuple[EnergyHour, ...]:
        """Nothing flowed."""
        self._ask("energy_by_hour", since, until)
        return ()

    async def stations(
        self, where: StationFilter = ALL_STATIONS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Station]:
        """Every station, whatever the filter."""
        self._ask("stations", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.station_rows.values())[:limit])

    async def station(self, station: str) -> Station | None:
        """The station's row."""
        self._ask("station", station)
        return self.station_rows.get(station)

    async def stations_called(self, names: Collection[str]) -> dict[str, Station]:
        """The rows of these stations."""
        self._ask("stations_called", tuple(names))
        return {name: self.station_rows[name] for name in names if name in self.station_rows}

    async def sites(self) -> tuple[str, ...]:
        """The sites of the stations."""
        self._ask("sites")
        return tuple(sorted({row.site for row in self.station_rows.values()}))

    async def vendors(self) -> tuple[str, ...]:
        """The vendors of the stations."""
        self._ask("vendors")
        return tuple(sorted({row.vendor for row in self.station_rows.values()}))

    async def station_power(
        self, station: str, since: dt.datetime, *, until: dt.datetime, points: int = 500
    ) -> tuple[Point, ...]:
        """Nothing flows."""
        self._ask("station_power", station, since, until, points)
        return (Point(until, 0.0),)

    async def station_events(
        self, station: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[StationEvent]:
        """Nothing happened."""
        self._ask("station_events", station, limit, cursor=cursor)
        return Page(())

    async def connector_status_history(
        self, station: str, *, evse: int | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[ConnectorStatusChange]:
        """Nothing was reported."""
        self._ask("connector_status_history", station, evse, limit, cursor=cursor)
        return Page(())

    async def facts(
        self, *, station: str | None = None, noun: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[Fact]:
        """No facts."""
        self._ask("facts", station, noun, limit, cursor=cursor)
        return Page(())

    async def frames(
        self,
        station: str,
        where: FrameFilter = ALL_FRAMES,
        *,
        cursor: str | None = None,
        limit: int = 100,
    ) -> Page[Frame]:
        """The frames there are, whatever the filter."""
        self._ask("frames", station, where, limit, cursor=cursor)
        return Page(self.frame_rows[:limit])

    async def sessions(
        self, where: SessionFilter = ALL_SESSIONS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Session]:
        """Every session, whatever the filter."""
        self._ask("sessions", where, cursor, limit, cursor=cursor)
        return Page(tuple(self.session_rows.values())[:limit])

    async def session(self, session: str) -> Session | None:
        """The session's row."""
        self._ask("session", session)
        return self.session_rows.get(session)

    async def meter_values(
        self, session: str, *, measurand: str | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[MeterReading]:
        """The readings there are."""
        self._ask("meter_values", session, measurand, limit, cursor=cursor)
        return Page(self.reading_rows[:limit])

    async def session_series(self, session: str, *, points: int = 500) -> SessionSeries:
        """No curves."""
        self._ask("session_series", session, points)
        return SessionSeries(energy_wh=(), power_w=(), soc_percent=())

    async def command(self, command_id: str) -> CommandView | None:
        """The command's row."""
        self._ask("command", command_id)
        return self.command_rows.get(command_id)

    async def commands(
        self, station: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[CommandView]:
        """Every command."""
        self._ask("commands", station, limit, cursor=cursor)
        return Page(tuple(self.command_rows.values())[:limit])

    async def commands_called(self, stations: Mapping[str, str]) -> dict[str, CommandView]:
        """The rows of these ids."""
        self._ask("commands_called", dict(stations))
        return {id_: self.command_rows[id_] for id_ in stations if id_ in self.command_rows}

    async def cdrs(self, where: CdrFilter = ALL_CDRS, *, cursor: str | None = None, limit: int = 50) -> Page[Cdr]:
        """Every record, whatever the filter; the cursor of a page is the number of its last."""
        self._ask("cdrs", where, cursor, limit, cursor=cursor)
        first = int(cursor or 0)
        rows = tuple(self.cdr_rows.values())[first : first + limit]
        last = first + len(rows)
        more = last < len(self.cdr_rows)
        self.cursors |= {str(last)} if more else set()
        return Page(rows, str(last) if more else None)

    async def cdr(self, id: str) -> Cdr | None:
        """The record's row."""
        self._ask("cdr", id)
        return self.cdr_rows.get(id)

    async def session_cdr(self, session: str) -> Cdr | None:
        """The last row of the session."""
        self._ask("session_cdr", session)
        return next((row for row in reversed(self.cdr_rows.values()) if row.session == session), None)

    async def firmware_updates(
        self,
        campaign: str,
        *,
        state: str | None = None,
        station: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[UpdateRow]:
        """Every row, whatever the filter."""
        self._ask("firmware_updates", campaign, state, station, cursor, limit, cursor=cursor)
        return Page(self.update_rows[:limit])

    async def firmware_history(
        self, campaign: str, station: str, *, cursor: str | None = None, limit: int = 100
    ) -> Page[UpdateHistoryRow]:
        """Every row."""
        self._ask("firmware_history", campaign, station, cursor, limit, cursor=cursor)
        return Page(self.update_history_rows[:limit])

    async def firmware_held(self, campaigns: Collection[str]) -> dict[str, str]:
        """Those of `held` whose campaign is asked for."""
        self._ask("firmware_held", campaigns)
        return {station: campaign for station, campaign in self.held.items() if campaign in campaigns}

    async def quarantine(self, *, cursor: str | None = None, limit: int = 50) -> Page[QuarantinedValue]:
        """Nothing is quarantined."""
        self._ask("quarantine", limit, cursor=cursor)
        return Page(())

    async def dead_letters(self, *, cursor: str | None = None, limit: int = 50) -> Page[DeadLetter]:
        """No dead letters."""
        self._ask("dead_letters", limit, cursor=cursor)
        return Page(())


class World:
    """Everything around the API, in memory. `now` is moved by hand; ids count up."""

    def __init__(self, config: Config | None = None) -> None:
        self.config = config or Config(key=KEY)
        self.now = NOON
        self.reasons: list[str] = []
        self.reads = FakeReads()
        self.memory = CommandMemory(
            recent_limit=self.config.recent_commands, waiting_limit=self.config.waiting_commands
        )
        self.bus = FakeBus(self.memory)
        self.hub = Hub(clients_limit=self.config.sse_clients, queue_limit=self.config.sse_queue)
        self._ids = itertools.count(1)

    def ports(self) -> Ports:
        """The ports onto this world."""
        return Ports(
            config=self.config,
            reads=self.reads,
            publisher=self.bus,
            reference=self.bus,
            commands=self.memory,
            hub=self.hub,
            clock=lambda: self.now,
            new_id=lambda: f"{next(self._ids):032x}",
            not_ready=lambda: self.reasons,
        )
