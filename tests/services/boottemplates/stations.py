"""A station that boots and answers commands, the core that runs templates at it, and whatever comes between the two."""

from typing import Any

from schemas.base import Due, Record
from schemas.boottemplates import (
    REF_BOOT_TEMPLATES,
    BootRunChanged,
    BootRunOrdered,
    BootStations,
    BootTemplate,
    BootTemplateProvisioned,
)
from schemas.chargingschedules import ChargingProfile, ChargingSchedule, SchedulePeriod
from schemas.commands import Command, CommandRequested, CommandSettled
from schemas.configuration import SetConfiguration, Setting
from schemas.profilecommands import SetChargingProfile
from schemas.states.boottemplates import StationBoots
from schemas.stations import StationChanged
from services.boottemplates.core import due, initial, step
from tests.services.moments import at

STATION = "DE-BER-0001"
SPREAD_S = 60.0


def setting(key: str, value: str = "300") -> SetConfiguration:
    return SetConfiguration(settings=(Setting(key=key, value=value),))


def default_profile() -> SetChargingProfile:
    schedule = ChargingSchedule(unit="A", periods=(SchedulePeriod(limit=16),))
    profile = ChargingProfile(purpose="TxDefaultProfile", kind="Relative", schedules=(schedule,), profile_id=7)
    return SetChargingProfile(evse=0, profile=profile)


def template(
    name: str = "defaults", *commands: Command, revision: int = 1, stations: Any = None, **changes: Any
) -> BootTemplateProvisioned:
    content = BootTemplate(
        **{
            "enabled": True,
            "stations": BootStations(**(stations or {})),
            "commands": commands or (setting("HeartbeatInterval"), default_profile()),
        }
        | changes
    )
    return BootTemplateProvisioned(template=name, revision=revision, content=content, provisioned_at=at(0))


def station(seconds: float = 0, *, booted: float | None = 0, **changes: Any) -> StationChanged:
    members = {
        "id": f"station-{seconds}",
        "station": STATION,
        "revision": 1,
        "connected": True,
        "version": "1.6",
        "vendor": "Acme",
        "model": "Post 2",
        "firmware_version": "1.2.3",
        "registration": "Accepted",
        "booted_at": None if booted is None else at(booted),
        "changed_at": at(seconds),
    }
    return StationChanged(**members | changes)


def ordered(name: str = "defaults", seconds: float = 0, *, id: str = "order-1") -> BootRunOrdered:
    return BootRunOrdered(id=id, station=STATION, template=name, ordered_at=at(seconds), ordered_by="operator")


class Fleet:
    """The core for one station: time passes, and commands are answered, unless they get lost.

    `heard` are the commands that reached the station.
    """

    def __init__(self, *templates: BootTemplateProvisioned) -> None:
        self.templates: dict[str, Record] = {each.template: each for each in templates}
        self.state: StationBoots = initial(STATION)
        self.now = 0.0
        self.runs: list[BootRunChanged] = []
        self.waiting: list[CommandRequested] = []
        self.outcomes: list[CommandSettled] = []
        self.heard: list[Command] = []

    @property
    def references(self) -> dict[str, dict[str, Record]]:
        return {REF_BOOT_TEMPLATES.name: self.templates}

    @property
    def last(self) -> BootRunChanged:
        return self.runs[-1]

    def reads(self, *records: Record) -> None:
        for record in records:
            self.state, outputs = step(self.state, record, references=self.references, spread_s=SPREAD_S)
            self.runs += [output for output in outputs if isinstance(output, BootRunChanged)]
            self.waiting += [output for output in outputs if isinstance(output, CommandRequested)]

    def boots(self, seconds: float | None = None, **changes: Any) -> None:
        self.now = self.now if seconds is None else max(self.now, seconds)
        self.reads(station(self.now, booted=self.now, **changes))

    def settles(self, outcome: str = "accepted", *, sent: bool = True, **members: Any) -> CommandSettled:
        """The first command that waits comes to its end."""
        request = self.waiting.pop(0)
        if sent:
            self.heard.append(request.command)
        self.now += 1
        settled = CommandSettled(
            id=f"settled-{request.id}",
            command_id=request.id,
            station=STATION,
            command=type(request.command).__name__,
            outcome=outcome,
            sent=sent,
            settled_at=at(self.now),
            **members,
        )
        self.outcomes.append(settled)
        self.reads(settled)
        return settled

    def passes(self, seconds: float, *, answering: bool = True) -> None:
        """Time passes: each `Due` comes at its time, and the station accepts at once what it is sent."""
        until = self.now + seconds
        while True:
            if self.waiting and answering:
                self.settles()
                continue
            moment = due(self.state)
            if moment is None or moment > at(until):
                break
            self.now = max(self.now, (moment - at(0)).total_seconds())
            self.reads(Due(key=STATION, at=moment, sent_at=at(self.now)))
        self.now = max(self.now, until)

    def statuses(self) -> dict[str, str]:
        """The newest status of each run."""
        return {each.run: each.status for each in self.runs}
