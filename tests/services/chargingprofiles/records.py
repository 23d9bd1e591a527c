"""Builders: one record each with one thing different, and a station whose records reach the core."""

from decimal import Decimal
from typing import Any

from schemas.authorization import IdToken
from schemas.base import Due, Record, ReplyTo
from schemas.chargingneeds import (
    ChargingLimitReported,
    ChargingNeedsDecided,
    ChargingNeedsReported,
    ChargingPlanChanged,
)
from schemas.chargingprofiles import ChargingProfileChanged, ChargingProfilesReported, ScheduleUpdateRequested
from schemas.chargingschedules import ChargingProfile, ChargingSchedule, SchedulePeriod, ScheduleUpdate
from schemas.commands import CommandRequested, CommandSettled, StationLocated
from schemas.profilecommands import (
    ClearChargingProfile,
    GetChargingProfiles,
    SetChargingProfile,
    UpdateDynamicSchedule,
)
from schemas.reports import request_id_of
from schemas.states.chargingprofiles import StationProfiles
from schemas.transactions import RemoteStart, SessionChanged
from services.chargingprofiles.core import due, initial, step
from services.chargingprofiles.serving import REFUSED, How
from tests.services.moments import at

STATION = "DE-BER-0001"
HOUR = 3600


def profile(limit: int = 11_000, **changes: Any) -> ChargingProfile:
    """A TxDefaultProfile, number 7, of stack level 0, that allows 11 kW from the start of charging."""
    schedule = ChargingSchedule(unit="W", periods=(SchedulePeriod(limit=Decimal(limit)),))
    members = {"purpose": "TxDefaultProfile", "kind": "Relative", "profile_id": 7, "schedules": (schedule,)}
    return ChargingProfile(**members | changes)


def tx_profile(transaction: str = "tx-s1", **changes: Any) -> ChargingProfile:
    return profile(purpose="TxProfile", transaction_id=transaction, **changes)


def asked(command_id: str = "p1", *, seconds: float = 0, evse: int = 1, **changes: Any) -> CommandRequested:
    """A profile for EVSE 1."""
    given = changes.pop("profile", None) or profile(**changes)
    return requested(command_id, SetChargingProfile(evse=evse, profile=given), seconds)


def start(command_id: str = "go", *, seconds: float = 0, evse: int | None = 1, token: str = "CARD") -> CommandRequested:
    """A remote start with a TxProfile, number 7."""
    command = RemoteStart(token=token, evse=evse, remote_start_id=5, profile=profile(purpose="TxProfile"))
    return requested(command_id, command, seconds)


def cleared(command_id: str = "c1", *, seconds: float = 60, **criteria: Any) -> CommandRequested:
    return requested(command_id, ClearChargingProfile(**criteria or {"profile_id": 7}), seconds)


def inquired(command_id: str = "q1", *, seconds: float = 60, **criteria: Any) -> CommandRequested:
    return requested(command_id, GetChargingProfiles(**criteria), seconds)


def updating(command_id: str = "u1", *, seconds: float = 60, limit: int = 5_000) -> CommandRequested:
    command = UpdateDynamicSchedule(profile_id=7, update=ScheduleUpdate(limit=Decimal(limit)))
    return requested(command_id, command, seconds)


def requested(command_id: str, command: Any, seconds: float) -> CommandRequested:
    return CommandRequested(
        id=command_id,
        station=STATION,
        command=command,
        requested_at=at(seconds),
        expires_at=at(seconds + 60),
        requested_by="operator",
    )


def settled(
    command_id: str = "p1",
    outcome: str = "accepted",
    *,
    seconds: float = 1,
    command: str = "SetChargingProfile",
    **changes: Any,
) -> CommandSettled:
    members = {"id": f"settled-{command_id}", "command_id": command_id, "station": STATION, "sent": True}
    return CommandSettled(**members | {"command": command, "outcome": outcome, "settled_at": at(seconds)} | changes)


def session(name: str = "s1", *, seconds: float = 120, ended: float | None = None, **changes: Any) -> SessionChanged:
    members: dict[str, Any] = {
        "id": f"session-{name}-{seconds}-{ended}",
        "session": name,
        "station": STATION,
        "revision": 1,
        "transaction_id": f"tx-{name}",
        "evse": 1,
        "token": IdToken(value="CARD", type="ISO14443"),
        "status": "active" if ended is None else "ended",
        "started_at": at(seconds),
        "ended_at": None if ended is None else at(ended),
        "changed_at": at((seconds if ended is None else ended) + 1),
    }
    return SessionChanged(**members | changes)


def part(
    *profiles: ChargingProfile,
    of: str = "q1",
    seconds: float = 62,
    last: bool = True,
    evse: int = 1,
    source: str = "CSO",
) -> ChargingProfilesReported:
    return ChargingProfilesReported(
        id=f"part-{of}-{seconds}",
        station=STATION,
        request_id=request_id_of(of),
        last=last,
        evse=evse,
        source=source,
        profiles=profiles,
        received_at=at(seconds),
    )


def located(version: Any = "1.6", *, seconds: float = 0) -> StationLocated:
    return StationLocated(
        id=f"located-{version}-{seconds}",
        station=STATION,
        gateway="g1",
        epoch=1,
        connected=True,
        version=version,
        at=at(seconds),
    )


def pulled(number: int = 7, *, seconds: float = 100) -> ScheduleUpdateRequested:
    reply_to = ReplyTo(gateway="g1", epoch=1, message_id="m1")
    return ScheduleUpdateRequested(
        id="pull", station=STATION, profile_id=number, reply_to=reply_to, received_at=at(seconds)
    )


AC = {"acChargingParameters.evMaxCurrent": Decimal(16), "acChargingParameters.energyAmount": Decimal(22_000)}


def needs(number: int = 1, *, seconds: float = 130, **changes: Any) -> ChargingNeedsReported:
    """An EV at EVSE 1 that takes 16 A of each of three phases."""
    members: dict[str, Any] = {
        "id": f"needs-{number}",
        "station": STATION,
        "evse": 1,
        "energy_transfer": "AC_three_phase",
        "most_periods": 12,
        "parameters": AC,
        "reply_to": ReplyTo(gateway="g1", epoch=1, message_id=f"n{number}"),
        "received_at": at(seconds),
    }
    return ChargingNeedsReported(**members | changes)


def limit(rate: int = 5_000, *, source: str = "EMS", evse: int | None = None, n: int = 1, **changes: Any) -> Any:
    """A limit that others set at the whole station, in W."""
    told = ChargingSchedule(unit="W", periods=(SchedulePeriod(limit=Decimal(rate)),))
    members = {"id": f"l{n}", "station": STATION, "source": source, "evse": evse, "schedules": (told,)}
    return ChargingLimitReported(**members | {"received_at": at(n)} | changes)


class Station:
    """A station whose records reach the core, in the order given; keeps all that the core said."""

    def __init__(self, *records: Record, how: How = REFUSED) -> None:
        self.how = how
        self.state: StationProfiles = initial(STATION)
        self.said: list[ChargingProfileChanged] = []
        for record in records:
            self.reads(record)

    def reads(self, record: Record) -> list[Record]:
        self.state, outputs = step(self.state, record, self.how)
        self.said += [output for output in outputs if isinstance(output, ChargingProfileChanged)]
        return outputs

    def comes_to(self, seconds: float) -> list[Record]:
        """Time passes: each `Due` comes at its time. Gives all that was published."""
        outputs: list[Record] = []
        while (moment := due(self.state)) is not None and moment <= at(seconds):
            outputs += self.reads(Due(key=STATION, at=moment, sent_at=moment))
        return outputs

    @property
    def profiles(self) -> dict[int, ChargingProfileChanged]:
        """The newest snapshot under each number."""
        return {change.profile_id: change for change in sorted(self.said, key=lambda one: one.revision)}

    @property
    def one(self) -> ChargingProfileChanged:
        (only,) = self.profiles.values()
        return only

    def statuses(self) -> list[str]:
        return [change.status for change in self.said]


# -- what was published -----------------------------------------------------------------------------------------------


def statuses(outputs: list[Record]) -> list[str]:
    return [each.status for each in outputs if isinstance(each, ChargingNeedsDecided)]


def commands(outputs: list[Record]) -> list[CommandRequested]:
    return [each for each in outputs if isinstance(each, CommandRequested)]


def plans(outputs: list[Record]) -> list[ChargingPlanChanged]:
    return [each for each in outputs if isinstance(each, ChargingPlanChanged)]


def profile_in(outputs: list[Record]) -> ChargingProfile:
    (command,) = commands(outputs)
    assert isinstance(command.command, SetChargingProfile)
    return command.command.profile


def rates(outputs: list[Record]) -> list[tuple[int, Decimal | None]]:
    (schedule,) = profile_in(outputs).schedules
    return [(period.start_s, period.limit) for period in schedule.periods]
