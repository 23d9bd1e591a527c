"""A station that is told of demand-response events, the core that tells it, and whatever comes between the two."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from schemas.base import Due, Record
from schemas.commands import CommandRequested, CommandSettled
from schemas.demandresponse import (
    DEMAND_EVENTS,
    DemandEventChanged,
    DemandStationChanged,
    DemandStationOrdered,
    DemandTerms,
)
from schemas.limits import StationLimited, StationLimits
from schemas.profilecommands import ClearChargingProfile, SetChargingProfile
from schemas.states.demandresponse import HeldEvent, StationDemand
from schemas.stations import ConnectorState, StationChanged
from services.demandresponse.core import due, initial, step
from services.demandresponse.telling import Rules
from tests.services.moments import at

STATION = "DE-BER-0001"
RULES = Rules(ahead_s=600)
HOUR = 3_600


def terms(**changes: Any) -> DemandTerms:
    members = {"limit_w": Decimal(6_900), "from_at": at(0), "to_at": at(HOUR)}
    if {"limit_a", "percent"} & set(changes):
        members["limit_w"] = None
    return DemandTerms(**members | changes)


def ordered(event: str = "event-1", *, seconds: float = 0, **changes: Any) -> DemandStationOrdered:
    of_order = {name: changes.pop(name) for name in ("edition", "part", "baseline_w", "owner") if name in changes}
    return DemandStationOrdered(
        id=f"{event}-{of_order.get('edition', 1)}",
        station=STATION,
        event=event,
        terms=terms(**changes),
        ordered_at=at(seconds),
        **of_order,
    )


def held(event: str = "event-1", **changes: Any) -> HeldEvent:
    order = ordered(event, **changes)
    return HeldEvent(
        event=event,
        edition=order.edition,
        terms=order.terms,
        part=order.part,
        baseline_w=order.baseline_w,
        ordered_at=order.ordered_at,
    )


def event_now(order: DemandStationOrdered, seconds: float, **changes: Any) -> DemandEventChanged:
    """The event of an order, after a change."""
    members: dict[str, Any] = {
        "id": f"{order.event}-changed",
        "event": order.event,
        "revision": 2,
        "edition": order.edition + 1,
        "terms": order.terms,
        "requested_at": order.ordered_at,
        "changed_at": at(seconds),
    }
    return DemandEventChanged(**members | changes)


class There:
    """The core for one station: time passes, and the station answers when a test has it answer.

    `asked` are the commands that have left, `said` what was published.
    """

    def __init__(self, rules: Rules = RULES) -> None:
        self.rules = rules
        self.state: StationDemand = initial(STATION)
        self.events: dict[str, Record] = {}
        self.now = 0.0
        self.asked: list[CommandRequested] = []
        self.said: list[DemandStationChanged] = []
        self.shown: dict[str, Any] = {"site": "berlin-1", "registration": "Accepted"}
        self.revision = 0

    @property
    def references(self) -> dict[str, dict[str, Record]]:
        return {DEMAND_EVENTS.name: self.events}

    def feed(self, record: Record) -> list[Record]:
        self.state, outputs = step(self.state, record, references=self.references, rules=self.rules)
        self.asked += [each for each in outputs if isinstance(each, CommandRequested)]
        self.said += [each for each in outputs if isinstance(each, DemandStationChanged)]
        return outputs

    def shows(self, **changes: Any) -> None:
        self.revision += 1
        self.shown |= changes
        self.feed(
            StationChanged(
                id=f"shown-{self.revision}",
                station=STATION,
                revision=self.revision,
                changed_at=at(self.now),
                **self.shown,
            )
        )

    def connects(self, evses: int = 1, **changes: Any) -> None:
        connectors = tuple(ConnectorState(evse=n + 1, connector=1, status="Available", at=at(0)) for n in range(evses))
        self.shows(connected=True, connectors=connectors, **changes)

    def takes(self, *units: Any, periods: int | None = None) -> None:
        limits = StationLimits(rate_units=units, schedule_periods=periods)
        self.feed(StationLimited(id="limits", station=STATION, revision=1, limits=limits, at=at(self.now)))

    def becomes(self, event: DemandEventChanged) -> None:
        self.events[event.event] = event
        self.waits(0)

    def waits(self, seconds: float) -> None:
        """Time passes, and the core is stepped when it is due."""
        until = self.now + seconds
        while (moment := due(self.state, references=self.references)) is not None and moment <= at(until):
            before, self.now = self.state, max(self.now, (moment - at(0)).total_seconds())
            self.feed(Due(key=STATION, at=moment, sent_at=at(self.now)))
            assert self.state != before, "a Due that changes nothing would come for ever"
        self.now = until

    def answers(self, outcome: Any = "accepted", detail: str = "", seconds: float = 1) -> None:
        """The station answers the latest command."""
        self.now += seconds
        self.feed(
            CommandSettled(
                id=f"{self.asked[-1].id}-{outcome}",
                command_id=self.asked[-1].id,
                station=STATION,
                outcome=outcome,
                detail=detail,
                settled_at=at(self.now),
            )
        )

    @property
    def latest(self) -> SetChargingProfile:
        command = self.asked[-1].command
        assert isinstance(command, SetChargingProfile)
        return command

    @property
    def cleared(self) -> bool:
        return isinstance(self.asked[-1].command, ClearChargingProfile)

    def limit_at(self, moment: datetime) -> Decimal | None:
        """What the latest profile allows at a moment."""
        (schedule,) = self.latest.profile.schedules
        assert schedule.start_at is not None
        since = (moment - schedule.start_at).total_seconds()
        if not 0 <= since < (schedule.duration_s or 0):
            return None
        return next((each.limit for each in reversed(schedule.periods) if each.start_s <= since), None)

    def status(self, event: str = "event-1") -> str:
        return [each.status for each in self.said if each.event == event][-1]
