"""Translation: OCPP payloads to records, commands to OCPP payloads, by the rows of every noun."""

import datetime as dt
from collections.abc import Mapping
from functools import cache

import msgspec

from gateway.ocpp.authorization import AUTHORIZATION
from gateway.ocpp.billing import BILLING
from gateway.ocpp.commands import RAW_COMMANDS
from gateway.ocpp.configuration import CONFIGURATION
from gateway.ocpp.datatransfer import DATA_TRANSFERS
from gateway.ocpp.facts import FACTS
from gateway.ocpp.firmware import FIRMWARE
from gateway.ocpp.rows import (
    Answer,
    Answered,
    Call,
    Context,
    Inbound,
    Invalid,
    Outbound,
    OutboundCall,
    Received,
    Refusal,
    Unsupported,
)
from gateway.ocpp.spelling.errors import refusal, refused
from gateway.ocpp.spelling.outcomes import of_code
from gateway.ocpp.stations import STATIONS
from gateway.ocpp.transactions import TRANSACTIONS
from schemas.base import OcppVersion, Record, null
from schemas.commands import Command
from schemas.stations import BootDecided
from schemas.wire import Fault, Violation, decode, decoder, sendable, verdict

__all__ = [
    "CAPABILITIES",
    "Answer",
    "Answered",
    "Context",
    "Fault",
    "Invalid",
    "OutboundCall",
    "Received",
    "Refusal",
    "Unsupported",
    "answer",
    "boot_status",
    "receivable",
    "receive",
    "refusal",
    "to_call",
    "to_outcome",
    "to_outcome_of_error",
    "unregistered",
]

CAPABILITIES = (
    STATIONS,
    AUTHORIZATION,
    TRANSACTIONS,
    DATA_TRANSFERS,
    CONFIGURATION,
    BILLING,
    FIRMWARE,
    RAW_COMMANDS,
    FACTS,
)

_INBOUND: Mapping[tuple[OcppVersion, str], Inbound] = {
    (version, row.action): row for capability in CAPABILITIES for row in capability.inbound for version in row.to
}
_OUTBOUND: Mapping[type[msgspec.Struct], Outbound] = {
    row.command: row for capability in CAPABILITIES for row in capability.outbound
}


# -- from stations ----------------------------------------------------------------------------------------------------


@cache
def receivable(version: OcppVersion) -> frozenset[str]:
    """The actions a station may send in a version: all of them have a row."""
    return frozenset(action for other, action in _INBOUND if other == version)


def receive(version: OcppVersion, action: str, message_id: str, payload: bytes, context: Context) -> Received | Refusal:
    """A station's CALL or SEND as records, with how it is answered; or why it is refused."""
    row = _INBOUND.get((version, action))
    if row is None:
        return _unreceivable(version, action)
    wire = decode(decoder(version, action, "request"), payload)
    if isinstance(wire, Violation):
        return refused(version, wire)
    call = Call(version=version, action=action, message_id=message_id, payload=payload, context=context)
    return Received(
        answer=row.answer,
        records=row.to[version](wire, call),
        result=row.result(call),
        fallback=row.fallback(wire, call),
        boots=row.boots,
    )


def _unreceivable(version: OcppVersion, action: str) -> Refusal:
    if action in sendable(version):
        return refusal(version, Fault.NOT_SUPPORTED, f"{action} is sent by a CSMS, not by a station")
    return refusal(version, Fault.NOT_IMPLEMENTED, f"OCPP {version} has no action {action[:64]}")


def answer(version: OcppVersion, action: str, decision: Record, now: dt.datetime) -> bytes:
    """The payload that answers a DECIDED CALL."""
    return _INBOUND[version, action].decide[version](decision, now)


def boot_status(decision: Record) -> str:
    """The registration status that a decision on a boot says: Accepted, Pending or Rejected."""
    assert isinstance(decision, BootDecided)
    return decision.status


_ANSWERED_UNREGISTERED: frozenset[OcppVersion] = frozenset({"1.6"})
_ASKED_FOR = frozenset({"NotifyReport", "NotifyMonitoringReport"})


def unregistered(version: OcppVersion, action: str) -> Refusal | None:
    """What a station is told that talks before its registration is accepted; None where it is answered as always.

    2.x refuses it (B02.FR.09, B03.FR.07), but for the reports that a CSMS may ask of a pending station (B02.FR.11). 1.6 only
    says that it should not talk (4.2), and such stations do.
    """
    if version in _ANSWERED_UNREGISTERED or action in _ASKED_FOR:
        return None
    return refusal(version, Fault.SECURITY, "the station's registration is not accepted")


# -- to stations ------------------------------------------------------------------------------------------------------


def to_call(version: OcppVersion, command: Command, command_id: str) -> OutboundCall | Unsupported | Invalid:
    """The CALL that carries out a command in a version."""
    spell = _OUTBOUND[type(command)].to.get(version)
    if spell is None:
        return Unsupported(reason=f"OCPP {version} has no {type(command).__name__}")
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


def to_outcome(version: OcppVersion, command: Command, payload: bytes) -> Answered:
    """What a CALLRESULT means for the command, even one that breaks its schema."""
    outcome, remark = _OUTBOUND[type(command)].outcome[version](payload)
    return Answered(outcome=outcome, response=msgspec.Raw(bytes(payload)), error_description=remark)


def to_outcome_of_error(
    version: OcppVersion, command: Command, code: str, description: str, details: bytes
) -> Answered:
    """What a CALLERROR means for the command: the same in every version, whatever the spelling of its code.

    The error's details, where the station gives any, are its response.
    """
    response = msgspec.Raw(bytes(details)) if bytes(details) not in (b"", b"{}") else null()
    return Answered(outcome=of_code(code), response=response, error_code=code, error_description=description)
