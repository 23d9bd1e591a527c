"""A station that keeps a local list as the specification says, the core that manages it, and whatever comes between the two."""

from collections.abc import Mapping
from typing import Any

from schemas.authorization import REF_TOKENS, TokenProvisioned
from schemas.base import Due, Record
from schemas.commands import CommandRequested, CommandSettled, ItemOutcome
from schemas.locallists import (
    GetLocalListLimits,
    LocalListChanged,
    LocalListEntry,
    LocalListProvisioned,
    LocalListRule,
    LocalListSyncOrdered,
    SendLocalList,
)
from schemas.states.locallists import StationLocalList
from schemas.stations import StationChanged
from services.locallists.core import due, initial, step
from tests.services.moments import at

STATION = "DE-BER-0001"


def token(name: str = "CARD", **changes: Any) -> TokenProvisioned:
    return TokenProvisioned(**{"token": name, "provisioned_at": at(0)} | changes)


def rule(tokens: Any = "all", *, seconds: float = 0, **changes: Any) -> LocalListProvisioned:
    return LocalListProvisioned(
        station=STATION, rule=LocalListRule(tokens=tokens, **changes), provisioned_at=at(seconds)
    )


def ordered(seconds: float) -> LocalListSyncOrdered:
    return LocalListSyncOrdered(id=f"order-{seconds}", station=STATION, ordered_at=at(seconds))


def station(
    *, seconds: float = 0, connected: bool = True, booted: float = 0, version: Any = "1.6", tenant: str = "default"
) -> StationChanged:
    return StationChanged(
        id=f"station-{seconds}",
        station=STATION,
        revision=1,
        connected=connected,
        version=version,
        booted_at=at(booted),
        changed_at=at(seconds),
        tenant=tenant,
    )


class Wallbox:
    """A station's list, its version, and the limits that it tells. `refuses` makes it answer so."""

    def __init__(self, *, items: int = 2, most: int = 100) -> None:
        self.limits = {"items-per-message": items, "entries": most}
        self.list: dict[str, LocalListEntry] = {}
        self.version = 0
        self.refuses = ""
        self.heard: list[Any] = []

    def answers(self, command: Any) -> dict[str, Any]:
        """What the gateway makes of its answer: members of CommandSettled."""
        self.heard.append(command)
        match command:
            case GetLocalListLimits():
                return told(self.limits)
            case SendLocalList():
                return self._sent(command)
        return told({"version": self.version}) if self.version >= 0 else {"outcome": "unsupported"}

    def _sent(self, command: SendLocalList) -> dict[str, Any]:
        if self.refuses:
            return {"outcome": "unsupported" if self.refuses == "NotSupported" else "rejected", "detail": self.refuses}
        assert len(command.entries) <= self.limits["items-per-message"]
        if command.update == "Full":
            self.list = {}
        elif command.version <= self.version:  # D01.FR.19
            return {"outcome": "rejected", "detail": "VersionMismatch"}
        for entry in command.entries:
            self.list.pop(entry.token, None)
            if not entry.remove:
                self.list[entry.token] = entry
        assert len(self.list) <= self.limits["entries"]
        self.version = command.version
        return {"outcome": "accepted"}


def told(values: Mapping[str, int]) -> dict[str, Any]:
    items = tuple(ItemOutcome(name=name, status=str(value)) for name, value in values.items())
    return {"outcome": "accepted", "items": items}


class Managed:
    """The core for one station: time passes, commands are answered by the wallbox, unless they get lost."""

    def __init__(self, wallbox: Wallbox, *tokens: TokenProvisioned) -> None:
        self.wallbox = wallbox
        self.tokens: dict[str, Record] = {each.token: each for each in tokens}
        self.state: StationLocalList = initial(STATION)
        self.now = 0.0
        self.said: list[LocalListChanged] = []
        self.waiting: list[CommandRequested] = []
        self.outcomes: list[CommandSettled] = []

    @property
    def references(self) -> dict[str, dict[str, Record]]:
        return {REF_TOKENS.name: self.tokens}

    @property
    def last(self) -> LocalListChanged:
        return self.said[-1]

    def reads(self, *records: Record) -> None:
        for record in records:
            self.state, outputs = step(self.state, record, references=self.references)
            self.said += [output for output in outputs if isinstance(output, LocalListChanged)]
            self.waiting += [output for output in outputs if isinstance(output, CommandRequested)]

    def provisions(self, *tokens: TokenProvisioned) -> None:
        self.tokens |= {each.token: each for each in tokens}

    def settles(self, outcome: str = "", *, arrives: bool = True, **members: Any) -> CommandSettled:
        """The first command that waits comes to its end; `arrives`: the station has it, whatever is known of that."""
        request = self.waiting.pop(0)
        answer: dict[str, Any] = self.wallbox.answers(request.command) if arrives else {}
        given = (answer if not outcome else {"outcome": outcome}) | {"sent": arrives} | members
        self.now += 1
        settled = CommandSettled(
            id=f"settled-{request.id}",
            command_id=request.id,
            station=STATION,
            command=type(request.command).__name__,
            settled_at=at(self.now),
            **given,
        )
        self.outcomes.append(settled)
        self.reads(settled)
        return settled

    def passes(self, seconds: float, *, answering: bool = True) -> None:
        """Time passes: each `Due` comes at its time, and the station answers at once."""
        until = self.now + seconds
        while True:
            if self.waiting and answering:
                self.settles()
                continue
            moment = due(self.state, references=self.references)
            if moment is None or moment > at(until):
                break
            self.now = max(self.now, (moment - at(0)).total_seconds())
            self.reads(Due(key=STATION, at=moment, sent_at=at(self.now)))
        self.now = until
