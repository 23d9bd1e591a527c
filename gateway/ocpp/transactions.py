"""Transactions: translates starts, events, stops and meter values of all versions to one vocabulary; remote start and stop."""

import datetime as dt
from typing import Any

import msgspec

from gateway.late import LateStatus, StatusOf
from gateway.ocpp.authorization import (
    LIMIT_SAID,
    ORDER_21,
    ORDER_201,
    TOKEN,
    id_tag_decided,
    id_token,
    id_token_decided,
    refuse_undecided,
    said_limit,
    transaction_limit,
)
from gateway.ocpp.quantities import METERED_2X, METERED_16, meter_values_2x, meter_values_16, register_wh
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
    carries,
    empty_answer,
    exact,
    present,
    spelled,
    stored,
)
from gateway.ocpp.spelling import words
from gateway.ocpp.spelling.alike import alike
from gateway.ocpp.spelling.costs import station_cost
from gateway.ocpp.spelling.moments import merge_deviations, moment, offset_s
from gateway.ocpp.spelling.outcomes import transaction_status
from gateway.ocpp.spelling.profiles import SpellProfile, profile_16, profile_21, profile_201
from gateway.ocpp.spelling.tariffs import with_updated_text
from schemas.authorization import AuthorizationDecided, IdToken
from schemas.base import Record
from schemas.chargingprofiles import profile_id_of
from schemas.startnumbers import token_key_of, transaction_number
from schemas.transactions import (
    FallbackAnswered,
    MeterValuesReported,
    RemoteStart,
    RemoteStop,
    TransactionDecided,
    TransactionReported,
)
from schemas.transactionstatus import GetTransactionStatus

# -- facts ------------------------------------------------------------------------------------------------------------


def started_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 StartTransaction: Started, without an id, which the CSMS assigns. Read leniently it may lack token or register."""
    time = moment(wire.timestamp, call.context)
    meter_wh, raised = register_wh(wire.meterStart, call.context)
    return (
        TransactionReported(
            id=call.id("transaction"),
            station=call.context.station,
            event="Started",
            evse=wire.connectorId,
            connector=1,
            token=None if wire.idTag is None else IdToken(value=wire.idTag),
            reservation_id=wire.reservationId,
            meter_wh=meter_wh,
            at=time.at,
            at_source=time.source,
            deviations=merge_deviations(time.deviations, raised),
            clock_offset_s=offset_s(time.deviations, call.context),
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def stopped_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 StopTransaction: Ended. No reason means Local; transaction ids that were never assigned (0, -1) are kept."""
    time = moment(wire.timestamp, call.context)
    measured = meter_values_16(wire.transactionData, call.context)
    meter_wh, raised = register_wh(wire.meterStop, call.context)
    deviations = merge_deviations(time.deviations, measured.deviations, raised)
    reason, trigger, detail = words.stopped_16(wire.reason or "Local")
    return (
        TransactionReported(
            id=call.id("transaction"),
            station=call.context.station,
            event="Ended",
            transaction_id=None if wire.transactionId is None else str(wire.transactionId),
            token=IdToken(value=wire.idTag) if wire.idTag else None,
            trigger=trigger,
            stopped_reason=reason,
            stopped_detail=detail,
            meter_wh=meter_wh,
            meter_values=measured.values,
            at=time.at,
            at_source=time.source,
            deviations=deviations,
            clock_offset_s=offset_s(deviations, call.context),
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
        ),
    )


def event_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x TransactionEvent (E01-E15). An Ended without a reason means Local (TransactionType.stoppedReason).

    Read leniently it may lack optional members; a missing seqNo is 0, which gives no order.
    """
    time = moment(wire.timestamp, call.context)
    measured = meter_values_2x(wire.meterValue, call.context)
    cost, odd = station_cost(wire, call.context)
    deviations = merge_deviations(time.deviations, measured.deviations, odd)
    transaction, evse = wire.transactionInfo, wire.evse
    event = words.event(wire.eventType, transaction.stoppedReason, wire.seqNo)
    reason, detail = words.stopped_2x(transaction.stoppedReason or ("Local" if event == "Ended" else ""))
    return (
        TransactionReported(
            id=call.id("transaction"),
            station=call.context.station,
            event=event,
            transaction_id=transaction.transactionId,
            seq_no=wire.seqNo or 0,
            evse=evse.id if evse else None,
            connector=evse.connectorId if evse else None,
            token=id_token(wire.idToken) if wire.idToken else None,
            trigger=wire.triggerReason or "",
            charging_state=transaction.chargingState if transaction.chargingState in words.CHARGING_STATES else "",
            stopped_reason=reason,
            stopped_detail=detail,
            offline=wire.offline or False,
            remote_start_id=transaction.remoteStartId,
            reservation_id=wire.reservationId,
            phases_used=wire.numberOfPhasesUsed,
            cable_max_a=wire.cableMaxCurrent,
            time_spent_charging_s=transaction.timeSpentCharging,
            meter_values=measured.values,
            at=time.at,
            at_source=time.source,
            deviations=deviations,
            clock_offset_s=offset_s(deviations, call.context),
            reply_to=call.reply_to(),
            received_at=call.context.received_at,
            tariff_id=getattr(transaction, "tariffId", None) or "",
            station_cost=cost,
            limit=said_limit(getattr(transaction, "transactionLimit", None)),
            operation_mode=getattr(transaction, "operationMode", None) or "",
        ),
    )


def metered_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 MeterValues, with or without a transaction; without a connector, of the whole station."""
    measured = meter_values_16(wire.meterValue, call.context)
    return (
        MeterValuesReported(
            id=call.id("meter-values"),
            station=call.context.station,
            evse=wire.connectorId or 0,
            transaction_id=None if wire.transactionId is None else str(wire.transactionId),
            meter_values=measured.values,
            deviations=measured.deviations,
            clock_offset_s=offset_s(measured.deviations, call.context),
            received_at=call.context.received_at,
        ),
    )


def metered_2x(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.x MeterValues (J01): of no transaction."""
    measured = meter_values_2x(wire.meterValue, call.context)
    return (
        MeterValuesReported(
            id=call.id("meter-values"),
            station=call.context.station,
            evse=wire.evseId or 0,
            meter_values=measured.values,
            deviations=measured.deviations,
            clock_offset_s=offset_s(measured.deviations, call.context),
            received_at=call.context.received_at,
        ),
    )


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


_METERED_16 = carries("connectorId transactionId", meterValue=METERED_16)
_METERED_2X = carries("evseId", meterValue=METERED_2X)
_STOP_16 = carries("idTag meterStop timestamp transactionId reason", transactionData=METERED_16)
_EVENT_2X = (
    TOKEN
    | LIMIT_SAID
    | carries(
        "eventType timestamp triggerReason seqNo offline numberOfPhasesUsed cableMaxCurrent reservationId evse.id"
        " evse.connectorId transactionInfo.transactionId transactionInfo.chargingState transactionInfo.timeSpentCharging"
        " transactionInfo.stoppedReason transactionInfo.remoteStartId transactionInfo.tariffId"
        " transactionInfo.operationMode",
        meterValue=METERED_2X,
    )
)


TRANSACTIONS = Capability(
    inbound=(
        Inbound(
            action="StartTransaction",
            to=spelled(v16=started_16),
            answer=Answer.DECIDED,
            fallback=refuse_undecided,
            late=start_late_16,
            decide=spelled(v16=start_decided_16),
            carried=spelled(v16=carries("connectorId idTag meterStart reservationId timestamp")),
            needs=spelled(v16="connectorId"),
        ),
        Inbound(
            action="StopTransaction",
            to=spelled(v16=stopped_16),
            answer=Answer.DECIDED,
            fallback=empty_answer,
            decide=spelled(v16=stop_decided_16),
            carried=spelled(v16=_STOP_16),
            needs=spelled(v16="transactionId|meterStop|idTag"),
        ),
        Inbound(
            action="TransactionEvent",
            to=spelled(v2x=event_2x),
            answer=Answer.DECIDED,
            fallback=event_undecided,
            late=event_late_2x,
            decide=spelled(v201=with_updated_text(event_decided_201), v21=with_updated_text(event_decided_21)),
            carried=spelled(v2x=_EVENT_2X),
            needs=spelled(v2x="transactionInfo.transactionId"),
        ),
        stored(
            "MeterValues",
            spelled(v16=metered_16, v2x=metered_2x),
            carried=spelled(v16=_METERED_16, v2x=_METERED_2X),
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
