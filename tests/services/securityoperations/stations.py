"""A station that is given security operations, the core that takes their steps, and whatever comes between the two."""

from typing import Any

from schemas.base import Due, OcppVersion, Record
from schemas.certificates import CertificateChanged
from schemas.commands import Command, CommandRequested, CommandSettled
from schemas.configuration import SetConfiguration
from schemas.credentials import credential_id, verify
from schemas.devicemodel import Attribute, VariableChanged, VariableName
from schemas.networkprofiles import SetNetworkProfile
from schemas.sealing import Seal, open_command
from schemas.securityoperations import (
    SECURITY_BATCHES,
    Operation,
    RotatePassword,
    SecurityOperationCancelled,
    SecurityOperationChanged,
    SecurityOperationEnded,
    SecurityOperationOrdered,
)
from schemas.states.securityoperations import StationSecurity
from schemas.stations import StationChanged
from services.securityoperations.core import due, initial, step
from services.securityoperations.sending import Keys
from tests.services.moments import at

STATION = "DE-BER-0001"
KEY = b"k" * 64
KEYS = Keys(KEY, Seal(KEY))
OLD = credential_id("the hash of the old password")
NETWORK = SetNetworkProfile(slot=2, url="wss://csms.example.com/ocpp", security_profile=2)


def ordered(operation: Operation | None = None, seconds: float = 1, **changes: Any) -> SecurityOperationOrdered:
    members = {
        "id": "order-1",
        "station": STATION,
        "operation": operation or RotatePassword(),
        "seed": "5eed" * 16,
        "expires_at": at(86_400),
        "ordered_at": at(seconds),
        "ordered_by": "operator",
    }
    return SecurityOperationOrdered(**members | changes)


def certificate(use: str = "CSMSRootCertificate", status: Any = "installed") -> CertificateChanged:
    return CertificateChanged(
        id=f"{use}-{status}", certificate=use, station=STATION, revision=1, use=use, status=status, changed_at=at(0)
    )


def variable(key: str, value: str, seconds: float = 0) -> VariableChanged:
    component, _, name = key.rpartition(".")
    return VariableChanged(
        id=f"variable-{key}-{value}",
        variable_id=f"{STATION} {key}",
        station=STATION,
        revision=1,
        key=key,
        name=VariableName(component=component, variable=name),
        attributes=(Attribute(type="Actual", value=value),),
        changed_at=at(seconds),
    )


class There:
    """The core for one station: time passes, and the station answers when a test has it answer.

    `waiting` are the commands that have left and are not answered.
    """

    def __init__(self, version: OcppVersion = "2.0.1", *, keys: Keys | None = KEYS, after_days: int = 0) -> None:
        self.version, self.keys, self.after_days = version, keys, after_days
        self.state: StationSecurity = initial(STATION)
        self.batches: dict[str, Record] = {}
        self.now = 0.0
        self.epoch = 0
        self.shown: dict[str, Any] = {"security_profile": 1, "credential": OLD, "credential_since": at(0)}
        self.said: list[SecurityOperationChanged] = []
        self.ends: list[SecurityOperationEnded] = []
        self.waiting: list[CommandRequested] = []
        self.sent: list[CommandRequested] = []

    @property
    def references(self) -> dict[str, dict[str, Record]]:
        return {SECURITY_BATCHES.name: self.batches}

    @property
    def last(self) -> SecurityOperationChanged:
        return self.said[-1]

    @property
    def steps(self) -> dict[str, str]:
        return {each.step: each.status for each in self.last.steps}

    def reads(self, *records: Record) -> None:
        for record in records:
            self.state, outputs = step(
                self.state, record, references=self.references, keys=self.keys, after_days=self.after_days
            )
            for output in outputs:
                match output:
                    case SecurityOperationChanged():
                        self.said.append(output)
                    case SecurityOperationEnded():
                        self.ends.append(output)
                    case SecurityOperationOrdered():
                        self.reads(output)
                    case CommandRequested():
                        self.waiting.append(output)
                        self.sent.append(output)

    def snapshot(self, *, connected: bool, boots: bool = False, **shown: Any) -> None:
        self.now += 1
        self.shown |= shown
        if boots:
            self.shown["booted_at"] = at(self.now)
        members = {"version": self.version, "registration": "Accepted", "provisioned": True, "epoch": self.epoch}
        self.reads(
            StationChanged(
                id=f"station-{self.now}",
                station=STATION,
                revision=1,
                connected=connected,
                changed_at=at(self.now),
                **members | self.shown,
            )
        )
        self.passes(0)

    def connects(self, *, boots: bool = True, **shown: Any) -> None:
        self.epoch += 1
        self.snapshot(connected=True, boots=boots, **shown)

    def leaves(self) -> None:
        self.snapshot(connected=False)

    def orders(self, operation: Operation | None = None, **changes: Any) -> None:
        self.now += 1
        self.reads(ordered(operation, self.now, **changes))
        self.passes(0)

    def cancels(self, operation: str = "order-1") -> None:
        self.reads(
            SecurityOperationCancelled(
                id=f"cancel-{self.now}", station=STATION, operation=operation, requested_at=at(self.now)
            )
        )
        self.passes(0)

    def answers(self, outcome: Any = "accepted", *, sent: bool = True, **members: Any) -> Command:
        """The first command that waits comes to its end; gives it as the station has read it."""
        request = self.waiting.pop(0)
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
        self.reads(settled, settled)
        self.passes(0)
        return open_command(request.command, KEYS.seal)

    def passes(self, seconds: float, *, until_sent: bool = False) -> None:
        """Time passes: each `Due` comes at its time. `until_sent`: or less, until a command leaves."""
        until = self.now + seconds
        while not (until_sent and self.waiting):
            moment = due(self.state, references=self.references, after_days=self.after_days)
            if moment is None or moment > at(until):
                break
            before = self.state
            self.now = max(self.now, (moment - at(0)).total_seconds())
            self.reads(Due(key=STATION, at=moment, sent_at=at(self.now)))
            assert self.state != before, "a Due that changes nothing would come for ever"
        if not (until_sent and self.waiting):
            self.now = max(self.now, until)

    def new_credential(self) -> str:
        """The credential of a station that uses the password that left last."""
        return credential_id(self.sent[-1].credential_hash)


def password_in(command: Command) -> str:
    assert isinstance(command, SetConfiguration)
    return command.settings[0].value


def is_hash_of(request: CommandRequested) -> bool:
    """Whether the request has the hash of the password in it."""
    return verify(password_in(open_command(request.command, KEYS.seal)), request.credential_hash)
