"""Translation: OCPP payloads to records, commands to OCPP payloads, by the rows of every noun."""

import datetime as dt

from gateway.ocpp.rows import (
    Answer,
    Answered,
    Context,
    Invalid,
    OutboundCall,
    Received,
    Refusal,
    Unsupported,
)
from schemas.base import OcppVersion, Record
from schemas.commands import Command
from schemas.wire import Fault

__all__ = [
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
    "receive",
    "refusal",
    "to_call",
    "to_outcome",
    "to_outcome_of_error",
]


def receive(version: OcppVersion, action: str, message_id: str, payload: bytes, context: Context) -> Received | Refusal:
    """A station's CALL or SEND as records, with how it is answered; or why it is refused."""
    raise NotImplementedError


def refusal(version: OcppVersion, fault: Fault, description: str) -> Refusal:
    """A CALLERROR for a fault, its code spelled for the version."""
    raise NotImplementedError


def answer(version: OcppVersion, action: str, decision: Record, now: dt.datetime) -> bytes:
    """The payload that answers a DECIDED CALL."""
    raise NotImplementedError


def boot_status(decision: Record) -> str:
    """The registration status that a decision on a boot says: Accepted, Pending or Rejected."""
    raise NotImplementedError


def to_call(version: OcppVersion, command: Command, command_id: str) -> OutboundCall | Unsupported | Invalid:
    """The CALL that carries out a command in a version."""
    raise NotImplementedError


def to_outcome(version: OcppVersion, command: Command, payload: bytes) -> Answered:
    """What a CALLRESULT means for the command, even one that breaks its schema."""
    raise NotImplementedError


def to_outcome_of_error(
    version: OcppVersion, command: Command, code: str, description: str, details: bytes
) -> Answered:
    """What a CALLERROR means for the command."""
    raise NotImplementedError
