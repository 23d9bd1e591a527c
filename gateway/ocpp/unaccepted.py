"""Unaccepted: the records and answers for messages of a station whose registration is Pending or Rejected. PURE.

Every message is stored, but no token is authorized and none is taken over into a session. A start is stored as a plain fact and
opens no session. An end or a reading of a provisioned station still ends or feeds its session, without its token. Messages of a
station that is not provisioned are stored as plain facts only. No certificate is signed, unless a pending station that is provisioned
was triggered to ask for it.

2.x gets SecurityError (B02.FR.09, B03.FR.07), except for messages that the CSMS triggered. 1.6 has no such answer: a token is Invalid
there, everything else is answered as usual (4.2: such a station should be silent).
"""

from collections.abc import Callable, Mapping

import msgspec
from msgspec.structs import replace

from gateway.ocpp.rows import EMPTY, V16, Answer, Call, Received, Said
from gateway.ocpp.spelling.errors import refusal
from schemas.authorization import AuthorizationRequested, ContractPresented
from schemas.base import Record, derived_id
from schemas.commands import Command, RawCall
from schemas.facts import FactReported
from schemas.secrets import mask_json
from schemas.signing import TRIGGERS, SignatureAsked
from schemas.stationcommands import TriggerMessage
from schemas.stations import RegistrationStatus
from schemas.transactions import MeterValuesReported, TransactionReported
from schemas.wire import Fault

SIGNING = frozenset({*TRIGGERS.values(), "SignCombinedCertificate"})
"""Triggers of SignCertificate."""

ASKED_FOR = frozenset({"NotifyReport", "NotifyMonitoringReport"})
"""Reports that a CSMS may request from a pending station (B02.FR.02)."""


STARTS_AND_STOPS = frozenset(
    {"RemoteStartTransaction", "RemoteStopTransaction", "RequestStartTransaction", "RequestStopTransaction"}
)


def why_not_sent(action: str, registration: RegistrationStatus) -> str:
    """Why a CALL of ours may not go to a station of that registration; empty where it may.

    Nothing is sent to a rejected one (B03.FR.03; 1.6, 4.2), no start or stop to a pending one (B02.FR.05; 1.6, 4.2).
    """
    if registration == "Rejected":
        return "the station's registration is Rejected: nothing may be sent to it"
    if registration == "Pending" and action in STARTS_AND_STOPS:
        return f"the station's registration is Pending: no {action} may be sent to it"
    return ""


def triggered(command: Command) -> str:
    """The message that a command triggers, by TriggerMessage or as a raw call; empty where it triggers none."""
    if isinstance(command, TriggerMessage):
        return command.requested_message
    if isinstance(command, RawCall) and command.action == "TriggerMessage":
        try:
            return msgspec.json.decode(command.payload, type=_Trigger).requestedMessage
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return ""  # it is not sent: its payload is not valid
    return ""


class _Trigger(msgspec.Struct):
    requestedMessage: str = ""  # noqa: N815 as on the wire


def unaccepted(call: Call, received: Received, *, provisioned: bool, triggers: tuple[str, ...] | None) -> Received:
    """The records and the answer of a message while its station is not accepted.

    `provisioned`: an operator provisioned the station. `triggers`: the messages that were triggered; None where the station is
    rejected.
    """
    if provisioned and triggers is not None and _asks_to_sign(received, triggers):
        return received
    records = _records_to_keep(call, received.records, provisioned=provisioned)
    answer = Answer.STORED if records or received.answer is Answer.STORED else Answer.LOCAL
    return Received(answer=answer, records=records, result=_answer_to(call, received, triggers=triggers))


def _asks_to_sign(received: Received, triggers: tuple[str, ...]) -> bool:
    """Whether the station asks for a certificate because it was triggered: that is decided as ever (B02.FR.02, A02)."""
    return bool(SIGNING & set(triggers)) and any(isinstance(record, SignatureAsked) for record in received.records)


def _records_to_keep(call: Call, records: tuple[Record, ...], *, provisioned: bool) -> tuple[Record, ...]:
    kept: list[Record] = []
    for record in records:
        match record:
            case AuthorizationRequested() | ContractPresented():
                pass  # a request, no fact
            case TransactionReported() if provisioned and record.event != "Started":
                kept.append(replace(record, token=None))
            case MeterValuesReported() if provisioned:
                kept.append(record)
            case SignatureAsked():  # no certificate is made for it
                kept.append(_fact(call, record.deviations))
            case TransactionReported() | MeterValuesReported():
                kept.append(_fact(call, record.deviations))
            case _:
                kept.append(record)
    return tuple(kept)


def _fact(call: Call, deviations: tuple[str, ...]) -> FactReported:
    return FactReported(
        id=call.id("unaccepted"),
        station=call.context.station,
        noun="unaccepted",
        version=call.version,
        action=call.action,
        payload=mask_json(call.payload),
        deviations=deviations,
        received_at=call.context.received_at,
    )


def _answer_to(call: Call, received: Received, *, triggers: tuple[str, ...] | None) -> Said:
    if call.version == V16:
        answer = _ANSWERS_16.get(call.action)
        # the fallback of a message that is inside a DataTransfer says no, in its own words
        return answer(call) if answer else received.result or received.fallback
    if triggers is not None and (call.action in triggers or call.action in ASKED_FOR):
        return EMPTY if received.answer is Answer.DECIDED else received.result
    return refusal(call.version, Fault.SECURITY, "the station's registration is not accepted")


_INVALID = {"status": "Invalid"}


def _start_answer_16(call: Call) -> bytes:
    # A number that no session has, and the same when the start is repeated.
    number = int(derived_id(call.context.station, bytes(call.payload).hex())[:8], 16) % (2**31 - 1) + 1
    return msgspec.json.encode({"idTagInfo": _INVALID, "transactionId": number})


_ANSWERS_16: Mapping[str, Callable[[Call], bytes]] = {
    "Authorize": lambda _: msgspec.json.encode({"idTagInfo": _INVALID}),
    "StartTransaction": _start_answer_16,
    "StopTransaction": lambda _: EMPTY,
    "SignCertificate": lambda _: msgspec.json.encode({"status": "Rejected"}),
}
