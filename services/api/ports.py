"""Ports: what the HTTP modules need of the world, small enough to be faked (`services.api.fakes`)."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from typing import Protocol

import msgspec

from schemas.base import Record
from schemas.topics import Topic
from services.api.billmodel import Cdr, CdrFilter
from services.api.config import Config
from services.api.firmwaremodel import UpdateHistoryRow, UpdateRow
from services.api.hub import Hub
from services.api.memory import CommandMemory
from services.api.readmodel import (
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


class Publisher(Protocol):
    """Records onto Kafka."""

    async def publish(self, *records: Record) -> None:
        """Return when Kafka has them all. Raises Outage."""


class Reference(Protocol):
    """Compacted topics as this process has read them: reference data and station states."""

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of a key."""

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key with its newest record."""

    async def read_back(self, record: Record) -> bool:
        """Wait until a record that was just published has been read back; False when that takes too long."""


class Reads(Protocol):
    """ClickHouse: `services.api.reads`, bound to this process's door to it. Raises Outage."""

    async def fleet_overview(self, now: dt.datetime) -> FleetOverview: ...

    async def fleet_power(
        self, since: dt.datetime, *, until: dt.datetime, step_s: int | None = None
    ) -> tuple[Point, ...]: ...

    async def energy_by_hour(self, since: dt.datetime, *, until: dt.datetime) -> tuple[EnergyHour, ...]: ...

    async def stations(
        self, where: StationFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Station]: ...

    async def station(self, station: str) -> Station | None: ...

    async def stations_called(self, names: Collection[str]) -> dict[str, Station]: ...

    async def sites(self) -> tuple[str, ...]: ...

    async def vendors(self) -> tuple[str, ...]: ...

    async def station_power(
        self, station: str, since: dt.datetime, *, until: dt.datetime, points: int = 500
    ) -> tuple[Point, ...]: ...

    async def station_events(
        self, station: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[StationEvent]: ...

    async def connector_status_history(
        self, station: str, *, evse: int | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[ConnectorStatusChange]: ...

    async def facts(
        self, *, station: str | None = None, noun: str | None = None, cursor: str | None = None, limit: int = 50
    ) -> Page[Fact]: ...

    async def frames(
        self, station: str, where: FrameFilter = ..., *, cursor: str | None = None, limit: int = 100
    ) -> Page[Frame]: ...

    async def sessions(
        self, where: SessionFilter = ..., *, cursor: str | None = None, limit: int = 50
    ) -> Page[Session]: ...

    async def session(self, session: str) -> Session | None: ...

    async def meter_values(
        self, session: str, *, measurand: str | None = None, cursor: str | None = None, limit: int = 100
    ) -> Page[MeterReading]: ...

    async def session_series(self, session: str, *, points: int = 500) -> SessionSeries: ...

    async def command(self, command_id: str) -> CommandView | None: ...

    async def commands(
        self, station: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[CommandView]: ...

    async def commands_called(self, stations: Mapping[str, str]) -> dict[str, CommandView]: ...

    async def cdrs(self, where: CdrFilter = ..., *, cursor: str | None = None, limit: int = 50) -> Page[Cdr]: ...

    async def cdr(self, id: str) -> Cdr | None: ...

    async def session_cdr(self, session: str) -> Cdr | None: ...

    async def firmware_updates(
        self,
        campaign: str,
        *,
        state: str | None = None,
        station: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page[UpdateRow]: ...

    async def firmware_history(
        self, campaign: str, station: str, *, cursor: str | None = None, limit: int = 100
    ) -> Page[UpdateHistoryRow]: ...

    async def firmware_held(self, campaigns: Collection[str]) -> dict[str, str]: ...

    async def quarantine(self, *, cursor: str | None = None, limit: int = 50) -> Page[QuarantinedValue]: ...

    async def dead_letters(self, *, cursor: str | None = None, limit: int = 50) -> Page[DeadLetter]: ...


class Ports(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a route may use; handed to each as its dependency `ports`."""

    config: Config
    reads: Reads
    publisher: Publisher
    reference: Reference
    commands: CommandMemory
    hub: Hub
    clock: Callable[[], dt.datetime]
    new_id: Callable[[], str]
    not_ready: Callable[[], list[str]]
