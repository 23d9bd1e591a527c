"""Translate: turns OCPP payloads into records and commands into OCPP payloads, by the rows of every noun."""

import datetime as dt
import re
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

import msgspec
from msgspec.structs import replace

from gateway.ocpp.authorization import AUTHORIZATION
from gateway.ocpp.batteries import BATTERIES
from gateway.ocpp.billing import BILLING
from gateway.ocpp.certificates import CERTIFICATES
from gateway.ocpp.chargingneeds import CHARGING_NEEDS
from gateway.ocpp.chargingprofiles import CHARGING_PROFILES
from gateway.ocpp.commands import RAW_COMMANDS
from gateway.ocpp.configuration import CONFIGURATION
from gateway.ocpp.customers import CUSTOMERS
from gateway.ocpp.datatransfer import DATA_TRANSFERS
from gateway.ocpp.der import DER
from gateway.ocpp.deviations import (
    bent_message,
    deviations_of,
    lenient_records,
    mending_deviations,
    missing_need,
    quarantine_record,
    with_deviations,
    with_leftovers,
    with_sound_payload,
)
from gateway.ocpp.devicemodel import DEVICEMODEL
from gateway.ocpp.diagnostics import DIAGNOSTICS
from gateway.ocpp.displays import DISPLAYS
from gateway.ocpp.facts import FACTS
from gateway.ocpp.firmware import FIRMWARE
from gateway.ocpp.iso15118 import ISO15118
from gateway.ocpp.locallists import LOCAL_LISTS
from gateway.ocpp.monitoring import MONITORING
from gateway.ocpp.payments import PAYMENTS
from gateway.ocpp.reservations import RESERVATIONS
from gateway.ocpp.rows import (
    V201,
    Answer,
    Call,
    Context,
    Inbound,
    Invalid,
    Outbound,
    OutboundCall,
    Part,
    Received,
    Refusal,
    Said,
    StationAnswer,
    Translate,
    Unsupported,
)
from gateway.ocpp.security import SECURITY
from gateway.ocpp.spelling.clockreading import reads_only_times, update_clock
from gateway.ocpp.spelling.errors import SINCE_21, refusal, refused, unknown_type, unreadable_id
from gateway.ocpp.spelling.outcomes import by_status, of_code
from gateway.ocpp.spelling.plugandcharge import REJECTED, Inner, wrapped
from gateway.ocpp.spelling.splitting import joined, unfinished
from gateway.ocpp.stations import STATIONS
from gateway.ocpp.stationtariffs import STATION_TARIFFS
from gateway.ocpp.transactions import TRANSACTIONS
from gateway.ocpp.unaccepted import triggered, unaccepted, why_not_sent
from schemas.authorization import AuthorizationDecided
from schemas.base import OcppVersion, Record, null
from schemas.commands import Command
from schemas.deviations import Bend, Deviation
from schemas.iso15118 import CertificateStatusDecided, ContractCertificateDecided
from schemas.limits import NO_LIMITS, StationLimits
from schemas.signing import SigningDecided
from schemas.stations import BootDecided, RegistrationStatus
from schemas.wire import Decoder, Fault, Violation, decode, lenient, receiver, sendable, verdict
from schemas.wire.leftovers import uncarried

__all__ = [
    "CAPABILITIES",
    "Answer",
    "Context",
    "Fault",
    "Invalid",
    "OutboundCall",
    "Part",
    "Received",
    "Refusal",
    "StationAnswer",
    "Unsupported",
    "answer",
    "boot_status",
    "has_sends",
    "is_sent",
    "joined",
    "receivable",
    "receive",
    "refusal",
    "to_call",
    "to_calls",
    "to_outcome",
    "to_outcome_of_error",
    "triggered",
    "unaccepted",
    "unfinished",
    "unknown_type",
    "unreadable_id",
    "why_not_sent",
]

CAPABILITIES = (
    STATIONS,
    AUTHORIZATION,
    TRANSACTIONS,
    DATA_TRANSFERS,
    CONFIGURATION,
    DEVICEMODEL,
    MONITORING,
    BILLING,
    FIRMWARE,
    RESERVATIONS,
    LOCAL_LISTS,
    DIAGNOSTICS,
    DISPLAYS,
    STATION_TARIFFS,
    PAYMENTS,
    CUSTOMERS,
    CHARGING_PROFILES,
    CHARGING_NEEDS,
    CERTIFICATES,
    ISO15118,
    SECURITY,
    DER,
    BATTERIES,
    RAW_COMMANDS,
    FACTS,
)

_INBOUND: Mapping[tuple[OcppVersion, str], Inbound] = {
    (version, row.action): row for capability in CAPABILITIES for row in capability.inbound for version in row.to
}
_OUTBOUND: Mapping[type[msgspec.Struct], Outbound] = {
    row.command: row for capability in CAPABILITIES for row in capability.outbound
}


INNER: Mapping[type[msgspec.Struct], str] = {
    AuthorizationDecided: "Authorize",
    CertificateStatusDecided: "GetCertificateStatus",
    ContractCertificateDecided: "Get15118EVCertificate",
    SigningDecided: "SignCertificate",
}
"""The message of 2.0.1 inside a DataTransfer that a decision answers (Plug & Charge in 1.6)."""


# -- from stations ----------------------------------------------------------------------------------------------------


@cache
def receivable(version: OcppVersion) -> frozenset[str]:
    """The actions a station may send in a version."""
    return frozenset(action for other, action in _INBOUND if other == version)


def has_sends(version: OcppVersion) -> bool:
    """Whether the version has the message types CALLRESULTERROR (5) and SEND (6)."""
    return version in SINCE_21


def is_sent(version: OcppVersion, action: str) -> bool:
    """Whether stations of the version send this action by SEND, which is not answered."""
    row = _INBOUND.get((version, action))
    return row is not None and row.send and has_sends(version)


def receive(version: OcppVersion, action: str, message_id: str, payload: bytes, context: Context) -> Received | Refusal:
    """A station's CALL or SEND as records, with how it is answered; or why it is refused."""
    plan = _PLANS.get((version, action)) or _plan(version, action)
    if plan is None:
        return _refuse_action(version, action)
    call = Call(version=version, action=action, message_id=message_id, payload=payload, context=context)
    wire = decode(plan.decoder, payload)
    if type(wire) is Violation:
        return _receive_leniently(plan.row, call, wire)
    if plan.row.inside is not None and (inner := plan.row.inside(version, wire)) is not None:
        return _receive_inner(inner, call)
    records = _read_records(plan, wire, call)
    if context.mended:
        records = with_deviations(records, mending_deviations(context))
    deviations = deviations_of(records[0]) if records else ()
    if deviations or (plan.rest is not None and plan.rest.search(bytes(payload))):
        records = _with_leftovers(plan.row, records, deviations, call)
    return _build_received(plan.row, wire, call, records, deviations)


def _receive_inner(inner: Inner, call: Call) -> Received:
    """A message of 2.0.1 inside a DataTransfer of 1.6: its records, and its answers inside those of the DataTransfer."""
    received = receive(V201, inner.action, call.message_id, inner.payload, call.context)
    assert isinstance(received, Received), "each of these actions leaves records"
    return replace(received, result=_wrapped(received.result), fallback=_wrapped(received.fallback))


def _wrapped(said: Said) -> Said:
    return REJECTED if isinstance(said, Refusal) else None if said is None else wrapped(said)


def _read_records(plan: "_Plan", wire: Any, call: Call) -> tuple[Record, ...]:
    """The records of a valid message, its times corrected by the offset of the station's clock.

    The message updates the clock first, unless the clock is right already: then it affects only the messages after it, if at all.
    """
    clock = call.context.clock
    if clock is None or not clock.right or not plan.times:
        update_clock(call.action, wire, call.context)
        return plan.translate(wire, call)
    clock.needs_check = False
    records = plan.translate(wire, call)
    if clock.needs_check:
        update_clock(call.action, wire, call.context)
    return records


class _Plan(msgspec.Struct, frozen=True):
    """How a message of one version is translated. `times`: it affects the clock by its times alone.

    `rest` finds members that its record does not carry; None where it carries all.
    """

    row: Inbound
    translate: Translate
    decoder: Decoder
    times: bool
    rest: re.Pattern[bytes] | None


_PLANS: dict[tuple[OcppVersion, str], _Plan] = {}


def _plan(version: OcppVersion, action: str) -> _Plan | None:
    """Make the plan of a message that is received for the first time; None where the version has no such message."""
    row = _INBOUND.get((version, action))
    if row is None:
        return None
    names = uncarried(version, action, row.carried[version]) if row.carried else ()
    rest = re.compile(b"|".join(map(re.escape, names))) if names else None
    times = reads_only_times(action)
    plan = _PLANS[version, action] = _Plan(row, row.to[version], receiver(version, action), times, rest)
    return plan


def _with_leftovers(
    row: Inbound, records: tuple[Record, ...], deviations: tuple[str, ...], call: Call
) -> tuple[Record, ...]:
    """The records of a valid message with members that they do not carry, or whose times have deviations."""
    if row.carried:
        records = with_leftovers(records, row, call)
    return (*records, bent_message(records[0], (), call)) if deviations else records


def _build_received(
    row: Inbound, wire: Any, call: Call, records: tuple[Record, ...], deviations: tuple[str, ...]
) -> Received:
    return Received(
        answer=row.answer,
        records=records,
        result=row.answered[call.version](wire, call) if row.answered else row.result(call),
        fallback=row.fallback(wire, call),
        boots=row.boots,
        deviations=deviations,
        late=partial(row.late, records, call) if row.late is not None else None,
        security_event=row.security_event(records[0]) if row.security_event is not None and records else None,
    )


def _receive_leniently(row: Inbound, call: Call, strictly: Violation) -> Received | Refusal:
    """Read a message that breaks its schema again, leniently; where it lacks what its fact needs, refuse it and quarantine it."""
    bent = strictly if call.context.strict else lenient.read(call.version, call.action, call.payload)
    violation = bent if isinstance(bent, Violation) else missing_need(row, bent, call, strictly)
    if violation is not None or isinstance(bent, Violation):
        refusal = refused(call.version, violation or strictly)
        if row.answer is Answer.LOCAL:
            return refusal
        record = quarantine_record(call, refusal)
        return Received(answer=Answer.STORED, records=(record,), result=refusal, refused=refusal.code)
    rules = {bend.rule for bend in bent.bends}
    mends = tuple(Bend(rule) for rule in mending_deviations(call.context) if rule not in rules)
    bent = replace(bent, bends=(*mends, *bent.bends))
    if not bent.bends:
        bent = replace(bent, bends=(Bend(Deviation.UNREADABLE_MEMBER, strictly.path),))
    call = with_sound_payload(call, bent)
    update_clock(call.action, bent.wire, call.context)
    records = row.to[call.version](bent.wire, call)
    if not records:
        every_rule = tuple(sorted({bend.rule for bend in bent.bends}))
        return _build_received(row, bent.wire, call, (), every_rule)
    records = lenient_records(records, row, bent, call)
    return _build_received(row, bent.wire, call, records, deviations_of(records[0]))


def _refuse_action(version: OcppVersion, action: str) -> Refusal:
    if action in sendable(version):
        return refusal(version, Fault.NOT_SUPPORTED, f"{action} is sent by a CSMS, not by a station")
    return refusal(version, Fault.NOT_IMPLEMENTED, f"OCPP {version} has no action {action[:64]}")


def answer(version: OcppVersion, action: str, decision: Record, now: dt.datetime) -> bytes:
    """The payload that answers a DECIDED CALL."""
    row = _INBOUND[version, action]
    if row.inside is not None and (inner := INNER.get(type(decision))) is not None:
        return wrapped(answer(V201, inner, decision, now))
    return row.decide[version](decision, now)


def boot_status(decision: Record) -> RegistrationStatus:
    """The registration status in a decision on a boot: Accepted, Pending or Rejected."""
    assert isinstance(decision, BootDecided)
    return decision.status


# -- to stations ------------------------------------------------------------------------------------------------------


def to_call(version: OcppVersion, command: Command, command_id: str) -> OutboundCall | Unsupported | Invalid:
    """The CALL that carries out a command in a version."""
    spell = _OUTBOUND[type(command)].to.get(version)
    if spell is None:
        return Unsupported(reason=f"OCPP {version} has no {type(command).__name__}")
    if faults := tuple(command.faults()):
        return Invalid(description="; ".join(f"{fault.member} {fault.detail}" for fault in faults))
    draft = spell(command, command_id)
    if isinstance(draft, Unsupported | Invalid):
        return draft
    if draft.action not in sendable(version):
        return Invalid(description=f"{draft.action} is no action that a CSMS may send in OCPP {version}")
    payload = msgspec.json.encode(draft.members)
    violation = verdict(version, draft.action, "request", payload)
    if violation is not None:
        return Invalid(description=violation.description)
    return OutboundCall(action=draft.action, payload=payload)


def to_calls(
    version: OcppVersion, command: Command, command_id: str, limits: StationLimits = NO_LIMITS
) -> tuple[Part, ...] | Unsupported | Invalid:
    """The CALLs that carry out a command in a version, one after the other: one, unless the station takes only so much in one."""
    row = _OUTBOUND[type(command)]
    if reason := row.forbidden(command, limits):
        return Invalid(description=reason)
    split = row.split.get(version)
    parts: list[Part] = []
    for each in split(command, limits) if split is not None else (command,):
        call = to_call(version, each, command_id)
        if not isinstance(call, OutboundCall):
            return call
        parts.append(Part(command=each, call=call))
    return tuple(parts)


def to_outcome(version: OcppVersion, command: Command, payload: bytes) -> StationAnswer:
    """Interpret a CALLRESULT to the command, even one that breaks its schema."""
    row = _OUTBOUND[type(command)]
    payload = row.opened[version](payload) if version in row.opened else payload
    judged = row.outcome.get(version, by_status)(payload)
    return StationAnswer(
        outcome=judged.outcome,
        response=msgspec.Raw(bytes(payload)),
        error_description=judged.remark,
        items=judged.items,
        reboot_required=judged.reboot_required,
    )


def to_outcome_of_error(
    version: OcppVersion, command: Command, code: str, description: str, details: bytes
) -> StationAnswer:
    """Interpret a CALLERROR to the command, the same in every version and spelling of its code.

    The details of the error, if any, are the response.
    """
    response = msgspec.Raw(bytes(details)) if bytes(details) not in (b"", b"{}") else null()
    return StationAnswer(outcome=of_code(code), response=response, error_code=code, error_description=description)
