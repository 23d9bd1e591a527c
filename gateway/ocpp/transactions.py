"""Transactions: who answers starts, events, stops and meter values, and how; remote start and stop."""

import datetime as dt
from typing import Any

import msgspec

from gateway.late import LateStatus, StatusOf
from gateway.ocpp.authorization import (
    ORDER_21,
    ORDER_201,
    id_tag_decided,
    id_token_decided,
    refuse_undecided,
    transaction_limit,
)
from gateway.ocpp.rows import (
    EMPTY,
    Answer,
    Call,
    Capability,
    Draft,
    Inbound,
    Invalid,
    LateAnswer,
    Outbound,
    Said,
    Unsupported,
    empty_answer,
    exact,
    present,
    spelled,
    stored,
)
from gateway.ocpp.spelling import words
from gateway.ocpp.spelling.alike import alike
from gateway.ocpp.spelling.outcomes import transaction_status
from gateway.ocpp.spelling.profiles import SpellProfile, profile_16, profile_21, profile_201
from gateway.ocpp.spelling.tariffs import with_updated_text
from gateway.ocpp.spelling.transactions import (
    EVENT_MEMBERS_2X,
    METERED_MEMBERS_2X,
    METERED_MEMBERS_16,
    START_MEMBERS_16,
    STOP_MEMBERS_16,
    event_2x,
    metered_2x,
    metered_16,
    started_16,
    stopped_16,
)
from schemas.authorization import AuthorizationDecided
from schemas.base import Record
from schemas.chargingprofiles import profile_id_of
from schemas.startnumbers import token_key_of, transaction_number
from schemas.transactions import (
    FallbackAnswered,
    RemoteStart,
    RemoteStop,
    TransactionDecided,
    TransactionReported,
)
from schemas.transactionstatus import GetTransactionStatus

# -- answers ----------------------------------------------------------------------------------------------------------


Decision = AuthorizationDecided | TransactionDecided


def start_decided_16(decision: AuthorizationDecided, at: dt.datetime) -> bytes:
    """1.6 StartTransaction.conf: the id is an integer in 1.6."""
    return msgspec.json.encode(
        {"idTagInfo": id_tag_decided(decision, at), "transactionId": int(decision.transaction_id)}
    )


def stop_decided_16(decision: Decision, at: dt.datetime) -> bytes:
    """1.6 StopTransaction.conf: idTagInfo is sent only where a token was sent."""
    if isinstance(decision, TransactionDecided):
        return EMPTY
    return msgspec.json.encode({"idTagInfo": id_tag_decided(decision, at)})


def event_decided_201(decision: Decision, _: dt.datetime) -> bytes:
    """2.0.1 TransactionEventResponse: no limit, and totalCost SHALL only be sent when charging has ended."""
    if isinstance(decision, AuthorizationDecided):
        return msgspec.json.encode({"idTokenInfo": id_token_decided(decision, ORDER_201)})
    if decision.total_cost is None or decision.running:
        return EMPTY
    return msgspec.json.encode({"totalCost": exact(decision.total_cost)})


def event_decided_21(decision: Decision, _: dt.datetime) -> bytes:
    """2.1 TransactionEventResponse: idTokenInfo only where a token was sent, cost and limit (E16.FR.02) where there are any."""
    limit = transaction_limit(decision.limit)
    if isinstance(decision, AuthorizationDecided):
        info = id_token_decided(decision, ORDER_21)
        return msgspec.json.encode(present(idTokenInfo=info, transactionLimit=limit))
    cost = None if decision.total_cost is None else exact(decision.total_cost)
    return msgspec.json.encode(present(totalCost=cost, transactionLimit=limit))


def event_undecided(wire: Any, call: Call) -> Said:
    """Refuse an event whose token needs a decision; acknowledge all others."""
    ended = words.event(wire.eventType, wire.transactionInfo.stoppedReason, wire.seqNo) == "Ended"
    return EMPTY if wire.idToken is None or ended else refuse_undecided(wire, call)


def start_late_16(records: tuple[Record, ...], call: Call, status_of: StatusOf, at: dt.datetime) -> LateAnswer | None:
    """1.6 StartTransaction: the id is derived from the start, so the service `transactions` assigns the same."""
    fact = _transaction_of(records)
    if fact is None:
        return None
    number = transaction_number(fact)
    status = status_of(token_key_of(fact), at)
    payload = msgspec.json.encode({"idTagInfo": {"status": status}, "transactionId": int(number)})
    return LateAnswer(payload, (_fallback_record(call, number, status, at),))


def event_late_2x(records: tuple[Record, ...], call: Call, status_of: StatusOf, at: dt.datetime) -> LateAnswer | None:
    """2.x TransactionEvent with a token to authorize."""
    fact = _transaction_of(records)
    if fact is None or fact.token is None or fact.event == "Ended":
        return None
    status = status_of(token_key_of(fact), at)
    payload = msgspec.json.encode({"idTokenInfo": {"status": status}})
    return LateAnswer(payload, (_fallback_record(call, fact.transaction_id or "", status, at),))


def _transaction_of(records: tuple[Record, ...]) -> TransactionReported | None:
    return next((record for record in records if isinstance(record, TransactionReported)), None)


def _fallback_record(call: Call, number: str, status: LateStatus, at: dt.datetime) -> FallbackAnswered:
    return FallbackAnswered(
        id=call.id("fallback"), station=call.context.station, transaction_id=number, status=status, at=at
    )


# -- commands ---------------------------------------------------------------------------------------------------------


def remote_start_16(command: RemoteStart, command_id: str) -> Draft | Unsupported | Invalid:
    """1.6 RemoteStartTransaction; a profile inside it has the purpose TxProfile and no transaction (5.16.2)."""
    profile = _profile(command, command_id, profile_16)
    if isinstance(profile, Unsupported | Invalid):
        return profile
    return Draft(
        "RemoteStartTransaction", present(connectorId=command.evse, idTag=command.token, chargingProfile=profile)
    )


def remote_start_201(command: RemoteStart, command_id: str) -> Draft | Unsupported | Invalid:
    """2.0.1 RequestStartTransaction (F01, F02)."""
    return _remote_start_2x(command, command_id, profile_201)


def remote_start_21(command: RemoteStart, command_id: str) -> Draft | Unsupported | Invalid:
    """2.1 RequestStartTransaction (F01, F02)."""
    return _remote_start_2x(command, command_id, profile_21)


def _remote_start_2x(command: RemoteStart, command_id: str, spell: SpellProfile) -> Draft | Unsupported | Invalid:
    profile = _profile(command, command_id, spell)
    if isinstance(profile, Unsupported | Invalid):
        return profile
    return Draft(
        "RequestStartTransaction",
        present(
            evseId=command.evse,
            idToken={"idToken": command.token, "type": command.token_type},
            remoteStartId=command.start_id(command_id),
            chargingProfile=profile,
        ),
    )


def _profile(
    command: RemoteStart, command_id: str, spell: SpellProfile
) -> dict[str, Any] | Unsupported | Invalid | None:
    """The profile inside a start, its number derived from the command where nobody gave one (K05)."""
    if command.profile is None:
        return None
    number = command.profile.profile_id
    return spell(command.profile, profile_id_of(command_id) if number is None else number)


def remote_stop_16(command: RemoteStop, _: str) -> Draft | Invalid:
    """1.6 RemoteStopTransaction: the id is an integer in 1.6."""
    number = command.transaction_id
    if not (number.isascii() and number.removeprefix("-").isdigit()):
        return Invalid(description=f"transaction_id must be an integer in OCPP 1.6, is {number!r}")
    return Draft("RemoteStopTransaction", {"transactionId": int(number)})


TRANSACTIONS = Capability(
    inbound=(
        Inbound(
            action="StartTransaction",
            to=spelled(v16=started_16),
            answer=Answer.DECIDED,
            fallback=refuse_undecided,
            late=start_late_16,
            decide=spelled(v16=start_decided_16),
            carried=spelled(v16=START_MEMBERS_16),
            needs=spelled(v16="connectorId"),
        ),
        Inbound(
            action="StopTransaction",
            to=spelled(v16=stopped_16),
            answer=Answer.DECIDED,
            fallback=empty_answer,
            decide=spelled(v16=stop_decided_16),
            carried=spelled(v16=STOP_MEMBERS_16),
            needs=spelled(v16="transactionId|meterStop|idTag"),
        ),
        Inbound(
            action="TransactionEvent",
            to=spelled(v2x=event_2x),
            answer=Answer.DECIDED,
            fallback=event_undecided,
            late=event_late_2x,
            decide=spelled(v201=with_updated_text(event_decided_201), v21=with_updated_text(event_decided_21)),
            carried=spelled(v2x=EVENT_MEMBERS_2X),
            needs=spelled(v2x="transactionInfo.transactionId"),
        ),
        stored(
            "MeterValues",
            spelled(v16=metered_16, v2x=metered_2x),
            carried=spelled(v16=METERED_MEMBERS_16, v2x=METERED_MEMBERS_2X),
            needs=spelled(v16="connectorId|transactionId meterValue", v2x="meterValue"),
        ),
    ),
    outbound=(
        Outbound(
            command=RemoteStart,
            to=spelled(v16=remote_start_16, v201=remote_start_201, v21=remote_start_21),
        ),
        Outbound(
            command=RemoteStop,
            to=spelled(v16=remote_stop_16, v2x=alike("RequestStopTransaction")),
        ),
        Outbound(
            command=GetTransactionStatus,
            to=spelled(v2x=alike("GetTransactionStatus")),
            outcome=spelled(v2x=transaction_status),
        ),
    ),
)
