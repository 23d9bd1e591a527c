"""Records of a station, trees that name it, and the station as the core sees it."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from schemas.base import Due, Record
from schemas.chargingneeds import ChargingLimitCleared, ChargingLimitReported
from schemas.chargingschedules import ChargingSchedule, SchedulePeriod
from schemas.commands import CommandSettled
from schemas.energy import REF_SITES, EvseObserved, SiteProvisioned
from schemas.limits import StationLimited, StationLimits
from schemas.quantities import Reading
from schemas.sitetrees import Limits, Line, Node, Outlet, SiteMeter, SiteTree
from schemas.states.sitesensing import StationSensed
from schemas.stations import StationChanged
from schemas.transactions import MeterValuesRecorded, SessionChanged
from services.energy.sensing.core import due, initial, step
from services.energy.sensing.places import Places
from tests.services.moments import at

STATION = "DE-1"
SITE = "depot"


def outlet(evse: int = 1, *lines: Line, station: str = STATION, **changes: Any) -> Node:
    whole = Outlet(station=station, evse=evse, lines=lines or ("L1", "L2", "L3"), **changes)
    return Node(node=f"evse-{evse}", parent="grid", kind="evse", outlet=whole)


def tree(*nodes: Node, meters: tuple[SiteMeter, ...] = (), **changes: Any) -> SiteTree:
    grid = Node(node="grid", kind="grid", limits=Limits(amps=Decimal(63)))
    return SiteTree(nodes=(grid, *(nodes or (outlet(),))), meters=meters, **changes)


def provisioned(whole: SiteTree, site: str = SITE) -> SiteProvisioned:
    return SiteProvisioned(site=site, tree=whole, provisioned_at=at(0))


def connection(seconds: float = 0, revision: int = 1, *, connected: bool = True) -> StationChanged:
    return StationChanged(
        id=f"s{seconds}", station=STATION, revision=revision, connected=connected, changed_at=at(seconds)
    )


def session(seconds: float = 0, revision: int = 1, number: int = 1, **changes: Any) -> SessionChanged:
    members = {
        "id": f"session-{number}-{revision}",
        "session": f"session-{number}",
        "station": STATION,
        "revision": revision,
        "transaction_id": f"tx-{number}",
        "evse": 1,
        "status": "active",
        "charging_state": "Charging",
        "started_at": at(number),
        "changed_at": at(seconds),
    }
    return SessionChanged(**members | changes)


def reading(seconds: float, measurand: str, value: float, phase: str = "", **changes: Any) -> Reading:
    return Reading(at=at(seconds), measurand=measurand, value=Decimal(str(value)), phase=phase, **changes)


def currents(seconds: float, *amps: float) -> tuple[Reading, ...]:
    return tuple(reading(seconds, "Current.Import", value, f"L{number}") for number, value in enumerate(amps, 1))


def measured(seconds: float, *readings: Reading, evse: int | None = 1) -> MeterValuesRecorded:
    return MeterValuesRecorded(id=f"m{seconds}", station=STATION, evse=evse, readings=readings, received_at=at(seconds))


def units(*told: Any, revision: int = 1) -> StationLimited:
    return StationLimited(
        id=f"u{revision}", station=STATION, revision=revision, limits=StationLimits(rate_units=told), at=at(0)
    )


def limited(seconds: float, *periods: tuple[int, float], unit: Any = "A", **changes: Any) -> ChargingLimitReported:
    steps = tuple(SchedulePeriod(start_s=start, limit=Decimal(str(limit))) for start, limit in periods)
    schedule = ChargingSchedule(unit=unit, start_at=at(seconds), periods=steps, duration_s=changes.pop("lasts", None))
    members = {"id": f"l{seconds}", "station": STATION, "source": "EMS", "schedules": (schedule,)}
    return ChargingLimitReported(**members | {"received_at": at(seconds)} | changes)


def cleared(seconds: float) -> ChargingLimitCleared:
    return ChargingLimitCleared(id=f"c{seconds}", station=STATION, source="EMS", received_at=at(seconds))


def settled(command: str, number: int = 1, outcome: Any = "accepted", response: Any = None) -> CommandSettled:
    return CommandSettled(
        id=f"o{number}",
        command_id=f"command-{number}",
        station=STATION,
        command=command,
        outcome=outcome,
        response=msgspec.Raw(msgspec.json.encode(response)),
        settled_at=at(50),
    )


class Station:
    """A station whose records reach the core, in the trees of some sites."""

    def __init__(self, *trees: SiteProvisioned) -> None:
        self.state: StationSensed = initial(STATION)
        self.said: list[Any] = []
        self.places = Places()
        self.stand_in(*trees)

    def stand_in(self, *trees: SiteProvisioned) -> None:
        self.references = {REF_SITES.name: {one.site: one for one in trees}}

    def tells(self, *records: Record) -> list[Any]:
        said: list[Any] = []
        for record in records:
            self.state, outputs = step(self.state, record, references=self.references, places=self.places)
            said += outputs
        self.said += said
        return said

    def due_at(self) -> datetime | None:
        return due(self.state, references=self.references, places=self.places)

    def time(self, seconds: float) -> list[Any]:
        """It is so late; what was due until then is told."""
        if (wanted := self.due_at()) is None or wanted > at(seconds):
            return []
        return self.tells(Due(key=STATION, at=wanted, sent_at=max(at(seconds), wanted)))

    def seen(self, evse: int = 1, site: str = SITE) -> EvseObserved:
        """The last that was said of an EVSE."""
        return [one for one in self.said if isinstance(one, EvseObserved) and (one.site, one.evse) == (site, evse)][-1]
