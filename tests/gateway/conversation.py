"""A session to talk to: a translation of five actions, a clock moved by hand, and the answers as a station reads them."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.effects import (
    ACCEPTED,
    Effect,
    FrameSummary,
    Hardware,
    Identity,
    Limits,
    Moment,
    Publish,
    Report,
    Standing,
    Traits,
    Waiting,
    Write,
)
from gateway.ocpp.rows import (
    Answer,
    Call,
    Context,
    Invalid,
    OutboundCall,
    Part,
    Received,
    Refusal,
    StationAnswer,
    Unsupported,
)
from gateway.ocpp.spelling.splitting import joined, unfinished
from gateway.ocpp.unaccepted import triggered, why_not_sent
from gateway.session import Session
from schemas.base import OcppVersion, Record, ReplyTo
from schemas.commands import Command, CommandDispatched, DeliveryReported, RawCall
from schemas.configuration import SetConfiguration
from schemas.limits import NO_LIMITS, StationLimits
from schemas.stationcommands import Reset
from schemas.stations import BootDecided, RegistrationStatus, StationSeen
from schemas.transactions import RemoteStart, RemoteStop, TransactionDecided
from schemas.wire.faults import Fault

START = dt.datetime(2026, 3, 29, 0, 59, 59, tzinfo=dt.UTC)
ME = Identity(station="CP-1", version="2.0.1", gateway="gw-0", epoch=7)
LIMITS = Limits(unanswered_calls=4, queued_commands=2, remembered_dispatches=8, decision_s=10, seen_interval_s=300)

ANSWERS = {
    "Heartbeat": Answer.LOCAL,
    "StatusNotification": Answer.STORED,
    "BootNotification": Answer.DECIDED,
    "Authorize": Answer.DECIDED,
    "TransactionEvent": Answer.DECIDED,
}
ACTIONS: dict[type, str] = {RemoteStart: "RequestStartTransaction", RemoteStop: "RequestStopTransaction"}
FALLBACKS: dict[str, bytes | Refusal] = {
    "BootNotification": b'{"status":"Pending"}',
    "Authorize": Refusal(code="InternalError", description="no decision in time"),
    "TransactionEvent": b"{}",
}


class TheseWays:
    """The same ways of every station, until they become others."""

    def __init__(self, ways: Traits) -> None:
        self.edition = 0
        self._traits = ways

    def traits(self, _station: str, _hardware: Hardware | None) -> Traits:
        return self._traits

    def become(self, ways: Traits) -> None:
        self.edition += 1
        self._traits = ways


class FiveActions:
    """A translation with one action for every way to answer; a payload of `[]` breaks its schema."""

    def receive(
        self, version: OcppVersion, action: str, message_id: str, payload: bytes, context: Context
    ) -> Received | Refusal:
        del version, message_id
        if action not in ANSWERS:
            return Refusal(code="NotImplemented", description=action)
        if bytes(payload) == b"[]":
            return Refusal(code="TypeConstraintViolation", description="the payload is no object")
        answer = ANSWERS[action]
        records = () if answer is Answer.LOCAL else (fact(context),)
        if answer is Answer.DECIDED:
            boots = action == "BootNotification"
            return Received(answer=answer, records=records, fallback=FALLBACKS[action], boots=boots)
        return Received(answer=answer, records=records, result=b"{}")

    def refusal(self, version: OcppVersion, fault: Fault, description: str) -> Refusal:
        del version
        return Refusal(code=fault.value, description=description)

    def has_sends(self, version: OcppVersion) -> bool:
        return version == "2.1"

    def is_sent(self, version: OcppVersion, action: str) -> bool:
        return version == "2.1" and action in ("StatusNotification", "Nonsense")

    def unknown_type(self, version: OcppVersion, description: str) -> Refusal | None:
        return None if version == "1.6" else Refusal(code="MessageTypeNotSupported", description=description)

    def unreadable_id(self, version: OcppVersion) -> str | None:
        return None if version == "1.6" else "-1"

    def triggered(self, command: Command) -> str:
        return triggered(command)

    def unaccepted(
        self, call: Call, received: Received, *, provisioned: bool, triggers: tuple[str, ...] | None
    ) -> Received:
        del provisioned
        refused = call.version == "2.0.1" and call.action not in (triggers or ())
        result = Refusal(code="SecurityError", description="not accepted") if refused else received.result or b"{}"
        answer = Answer.LOCAL if received.answer is Answer.LOCAL else Answer.STORED
        return Received(answer=answer, records=received.records, result=result)

    def why_not_sent(self, action: str, registration: RegistrationStatus) -> str:
        return why_not_sent(action, registration)

    def answer(self, version: OcppVersion, action: str, decision: Record, now: dt.datetime) -> bytes:
        del version, action, now
        return msgspec.json.encode({"status": decision.status} if isinstance(decision, BootDecided) else {})

    def boot_status(self, decision: Record) -> RegistrationStatus:
        assert isinstance(decision, BootDecided)
        return decision.status

    def to_call(self, version: OcppVersion, command: Command, command_id: str) -> OutboundCall | Unsupported | Invalid:
        del version, command_id
        match command:
            case RawCall(action="Absent"):
                return Unsupported(reason="no such thing")
            case RawCall(action="Broken"):
                return Invalid(description="key is missing")
        return OutboundCall(action=ACTIONS.get(type(command), type(command).__name__), payload=b"{}")

    def to_calls(
        self, version: OcppVersion, command: Command, command_id: str, limits: StationLimits = NO_LIMITS
    ) -> tuple[Part, ...] | Unsupported | Invalid:
        if isinstance(command, SetConfiguration):
            parts = [replace(command, settings=(one,)) for one in command.settings]
            return tuple(Part(command=one, call=OutboundCall(action="Set", payload=b"{}")) for one in parts)
        call = self.to_call(version, command, command_id)
        return (Part(command=command, call=call),) if isinstance(call, OutboundCall) else call

    def joined(self, answers: Sequence[tuple[Part, StationAnswer]], *, of: int) -> StationAnswer:
        return joined(answers, of=of)

    def unfinished(self, answers: Sequence[tuple[Part, StationAnswer]], *, of: int) -> StationAnswer | None:
        return unfinished(answers, of=of)

    def to_outcome(self, version: OcppVersion, command: Command, payload: bytes) -> StationAnswer:
        del version, command
        return StationAnswer(outcome="accepted", response=msgspec.Raw(bytes(payload)))

    def to_outcome_of_error(
        self, version: OcppVersion, command: Command, code: str, description: str, details: bytes
    ) -> StationAnswer:
        del version, command
        return StationAnswer(
            outcome="rejected", response=msgspec.Raw(bytes(details)), error_code=code, error_description=description
        )


def fact(context: Context) -> Record:
    return StationSeen(id="fact", station=context.station, gateway=context.gateway, epoch=7, at=context.received_at)


class Done(list[Effect]):
    """What is to be done after one message, and what was heard of it."""

    def __init__(self, heard: FrameSummary, effects: list[Effect]) -> None:
        super().__init__(effects)
        self.heard = heard


class Conversation:
    """One session; every method moves it and returns the effects. `at_s` is the time since the start."""

    def __init__(self, identity: Identity = ME, limits: Limits = LIMITS, standing: Standing = ACCEPTED) -> None:
        self.identity = identity
        self.session = Session(identity, limits, FiveActions(), standing=standing)
        self.at_s = 0.0
        self.waiting: list[Waiting] = []
        self.session.on_opened(self.now)

    @property
    def now(self) -> Moment:
        return Moment(1_000.0 + self.at_s, START + dt.timedelta(seconds=self.at_s))

    def says(self, *frame: Any) -> Done:
        return self.hears(json.dumps(list(frame)))

    def hears(self, data: str | bytes) -> Done:
        heard, effects = self.session.receive(data, self.now)
        return Done(heard, self._noted(effects))

    def calls(self, action: str, message_id: str = "m1") -> Done:
        return self.says(2, message_id, action, {})

    def stored(self, waiting: Waiting | None = None) -> list[Effect]:
        return self.session.on_stored(waiting or self.waiting.pop(0), self.now)

    def decides(
        self, message_id: str = "m1", boot: str | None = None, *, of: dt.datetime | None = None
    ) -> list[Effect]:
        reply_to = ReplyTo(gateway="gw-0", epoch=7, message_id=message_id, received_at=of)
        decision: BootDecided | TransactionDecided = TransactionDecided(id="d", station="CP-1", reply_to=reply_to)
        if boot is not None:
            decision = BootDecided(id="d", station="CP-1", reply_to=reply_to, status=boot, interval_s=60)  # type: ignore[arg-type]
        return self.session.on_decision(decision, self.now)

    def commands(self, dispatch: CommandDispatched) -> list[Effect]:
        return self.session.on_command(dispatch, self.now)

    def passes(self, seconds: float) -> list[Effect]:
        """Time passes; the session is called when it asked for it, as the wheel does."""
        end, effects = self.at_s + seconds, list[Effect]()
        while self.session.due <= 1_000.0 + end:
            self.at_s = max(self.at_s, self.session.due - 1_000.0)
            effects += self.session.on_time(self.now)
        self.at_s = end
        return effects

    def closes(self, *, replaced: bool = False) -> list[Effect]:
        return self.session.on_closed(self.now, code=1006, reason="", replaced=replaced)

    def _noted(self, effects: list[Effect]) -> list[Effect]:
        self.waiting += [e.waiting for e in effects if isinstance(e, Publish) and e.waiting is not None]
        return effects


def dispatch(
    command_id: str = "c1", attempt: int = 1, command: Command | None = None, **members: Any
) -> CommandDispatched:
    members = {"epoch": 7, "expires_at": START + dt.timedelta(seconds=60), "timeout_s": 30.0} | members
    return CommandDispatched(
        id=f"{command_id}-{attempt}",
        command_id=command_id,
        station="CP-1",
        gateway="gw-0",
        attempt=attempt,
        command=command or Reset(),
        **members,
    )


def sent(effects: list[Effect]) -> list[Any]:
    """The frames written, decoded."""
    return [json.loads(effect.frame) for effect in effects if isinstance(effect, Write)]


def reports(effects: list[Effect]) -> list[DeliveryReported]:
    return [effect.record for effect in effects if isinstance(effect, Report)]


def published(effects: list[Effect]) -> list[Record]:
    return [record for effect in effects if isinstance(effect, Publish) for record in effect.records]
