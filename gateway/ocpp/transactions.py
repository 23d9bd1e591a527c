"""Transactions: starts, events, stops and meter values of all versions in one vocabulary; remote start and stop."""

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec

from gateway.ocpp.authorization import id_tag_info, id_token, id_token_info, undecided
from gateway.ocpp.quantities import meter_values_2x, meter_values_16
from gateway.ocpp.rows import (
    EMPTY,
    V16,
    V21,
    V201,
    Answer,
    Call,
    Capability,
    Draft,
    Inbound,
    Invalid,
    Outbound,
    Said,
    exact,
    present,
    stored,
)
from gateway.ocpp.spelling.moments import moment
from gateway.ocpp.spelling.outcomes import by_status
from schemas.authorization import AuthorizationDecided, IdToken
from schemas.base import Record, derived_id
from schemas.transactions import (
    MeterValuesReported,
    RemoteStart,
    RemoteStop,
    TransactionDecided,
    TransactionReported,
)

# -- facts ------------------------------------------------------------------------------------------------------------

# 1.6 Reason -> 2.x ReasonEnumType and, where 2.x tells the cause apart, TriggerReasonEnumType. All others are the same word.
_REASONS_16 = {
    "HardReset": ("ImmediateReset", "ResetCommand"),
    "SoftReset": ("ImmediateReset", "ResetCommand"),
    "UnlockCommand": ("Other", "UnlockCommand"),
}


def started_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 StartTransaction: Started, without an id, which the CSMS gives."""
    at, source = moment(wire.timestamp, call.context.received_at)
    return (
        TransactionReported(
            id=call.id("transaction"),
            station=call.context.station,
            event="Started",
            evse=wire.connectorId,
            connector=1,
            token=IdToken(value=wire.idTag),
            reservation_id=wire.reservationId,
            meter_wh=Decimal(wire.meterStart),
            at=at,
            at_source=source,
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def stopped_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 StopTransaction: Ended. No reason means Local; transaction ids that nobody gave (0, -1) are kept as they came."""
    at, source = moment(wire.timestamp, call.context.received_at)
    reason = wire.reason or "Local"
    stopped_reason, trigger = _REASONS_16.get(reason, (reason, ""))
    return (
        TransactionReported(
            id=call.id("transaction"),
            station=call.context.station,
            event="Ended",
            transaction_id=str(wire.transactionId),
            token=IdToken(value=wire.idTag) if wire.idTag else None,
            trigger=trigger,
            stopped_reason=stopped_reason,
            meter_wh=Decimal(wire.meterStop),
            meter_values=meter_values_16(wire.transactionData, call.context.received_at),
            at=at,
            at_source=source,
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def event_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x TransactionEvent (E01-E15). An Ended without a reason means Local (TransactionType.stoppedReason)."""
    at, source = moment(wire.timestamp, call.context.received_at)
    transaction, evse = wire.transactionInfo, wire.evse
    return (
        TransactionReported(
            id=call.id("transaction"),
            station=call.context.station,
            event=wire.eventType,
            transaction_id=transaction.transactionId,
            seq_no=wire.seqNo,
            evse=evse.id if evse else None,
            connector=evse.connectorId if evse else None,
            token=id_token(wire.idToken) if wire.idToken else None,
            trigger=wire.triggerReason,
            charging_state=transaction.chargingState or "",
            stopped_reason=transaction.stoppedReason or ("Local" if wire.eventType == "Ended" else ""),
            offline=wire.offline or False,
            remote_start_id=transaction.remoteStartId,
            reservation_id=wire.reservationId,
            meter_values=meter_values_2x(wire.meterValue, call.context.received_at),
            at=at,
            at_source=source,
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def metered_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 MeterValues, with or without a transaction, known or not."""
    return (
        MeterValuesReported(
            id=call.id("meter-values"),
            station=call.context.station,
            evse=wire.connectorId,
            transaction_id=None if wire.transactionId is None else str(wire.transactionId),
            meter_values=meter_values_16(wire.meterValue, call.context.received_at),
            received_at=call.context.received_at,
        ),
    )


def metered_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x MeterValues (J01): of no transaction."""
    return (
        MeterValuesReported(
            id=call.id("meter-values"),
            station=call.context.station,
            evse=wire.evseId,
            meter_values=meter_values_2x(wire.meterValue, call.context.received_at),
            received_at=call.context.received_at,
        ),
    )


# -- answers ----------------------------------------------------------------------------------------------------------

Decision = AuthorizationDecided | TransactionDecided


def start_decided_16(decision: AuthorizationDecided, _: dt.datetime) -> bytes:
    """1.6 StartTransaction.conf: the id is an integer in 1.6."""
    return msgspec.json.encode(
        {"idTagInfo": id_tag_info(decision), "transactionId": int(decision.transaction_id)},
    )


def stop_decided_16(decision: Decision, _: dt.datetime) -> bytes:
    """1.6 StopTransaction.conf: a token is told of only where one was asked about."""
    if isinstance(decision, TransactionDecided):
        return EMPTY
    return msgspec.json.encode({"idTagInfo": id_tag_info(decision)})


def event_decided_201(decision: Decision, at: dt.datetime) -> bytes:
    """2.0.1 TransactionEventResponse: as in 2.1, but totalCost SHALL only be sent when charging has ended."""
    if isinstance(decision, TransactionDecided) and decision.running:
        return EMPTY
    return event_decided_21(decision, at)


def event_decided_21(decision: Decision, _: dt.datetime) -> bytes:
    """2.1 TransactionEventResponse: a token is told of only where one was asked about, the cost where it is known."""
    if isinstance(decision, AuthorizationDecided):
        return msgspec.json.encode({"idTokenInfo": id_token_info(decision)})
    if decision.total_cost is None:
        return EMPTY
    return msgspec.json.encode({"totalCost": exact(decision.total_cost)})


def kept(_: Any, __: Call) -> bytes:
    """An empty answer: the fact is durable, and that is all the station needs to know."""
    return EMPTY


def event_undecided(wire: Any, call: Call) -> Said:
    """A token that wants to charge waits for a decision; all else is kept."""
    return EMPTY if wire.idToken is None or wire.eventType == "Ended" else undecided(wire, call)


# -- commands ---------------------------------------------------------------------------------------------------------


def remote_start_16(command: RemoteStart, _: str) -> Draft:
    """1.6 RemoteStartTransaction."""
    return Draft("RemoteStartTransaction", present(connectorId=command.evse, idTag=command.token))


def remote_start_2x(command: RemoteStart, command_id: str) -> Draft:
    """2.x RequestStartTransaction (F01, F02)."""
    number = command.remote_start_id
    return Draft(
        "RequestStartTransaction",
        present(
            evseId=command.evse,
            idToken={"idToken": command.token, "type": command.token_type},
            remoteStartId=remote_start_id(command_id) if number is None else number,
        ),
    )


def remote_start_id(command_id: str) -> int:
    """The remoteStartId of a command: positive, 31 bits, the same for the same command."""
    return int(derived_id(command_id, "remote-start")[:8], 16) % (2**31 - 1) + 1


def remote_stop_16(command: RemoteStop, _: str) -> Draft | Invalid:
    """1.6 RemoteStopTransaction: the id is an integer in 1.6."""
    number = command.transaction_id
    if not (number.isascii() and number.removeprefix("-").isdigit()):
        return Invalid(description=f"transaction_id must be an integer in OCPP 1.6, is {number!r}")
    return Draft("RemoteStopTransaction", {"transactionId": int(number)})


def remote_stop_2x(command: RemoteStop, _: str) -> Draft:
    """2.x RequestStopTransaction (F03)."""
    return Draft("RequestStopTransaction", {"transactionId": command.transaction_id})


_BY_STATUS = {V16: by_status, V201: by_status, V21: by_status}

TRANSACTIONS = Capability(
    inbound=(
        Inbound(
            action="StartTransaction",
            to={V16: started_16},
            answer=Answer.DECIDED,
            fallback=undecided,
            decide={V16: start_decided_16},
        ),
        Inbound(
            action="StopTransaction",
            to={V16: stopped_16},
            answer=Answer.DECIDED,
            fallback=kept,
            decide={V16: stop_decided_16},
        ),
        Inbound(
            action="TransactionEvent",
            to={V201: event_2x, V21: event_2x},
            answer=Answer.DECIDED,
            fallback=event_undecided,
            decide={V201: event_decided_201, V21: event_decided_21},
        ),
        stored("MeterValues", {V16: metered_16, V201: metered_2x, V21: metered_2x}),
    ),
    outbound=(
        Outbound(
            command=RemoteStart,
            to={V16: remote_start_16, V201: remote_start_2x, V21: remote_start_2x},
            outcome=_BY_STATUS,
        ),
        Outbound(
            command=RemoteStop,
            to={V16: remote_stop_16, V201: remote_stop_2x, V21: remote_stop_2x},
            outcome=_BY_STATUS,
        ),
    ),
)
