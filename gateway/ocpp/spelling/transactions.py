"""Facts of transactions: starts, events, stops and meter values of all versions in one vocabulary, and the members that they carry."""

from typing import Any

from gateway.ocpp.authorization import LIMIT_SAID, TOKEN, id_token, said_limit
from gateway.ocpp.quantities import METERED_2X, METERED_16, meter_values_2x, meter_values_16, register_wh
from gateway.ocpp.rows import Call, carries
from gateway.ocpp.spelling import words
from gateway.ocpp.spelling.costs import station_cost
from gateway.ocpp.spelling.moments import merge_deviations, moment, offset_s
from schemas.authorization import IdToken
from schemas.base import Record
from schemas.transactions import MeterValuesReported, TransactionReported

START_MEMBERS_16 = carries("connectorId idTag meterStart reservationId timestamp")
METERED_MEMBERS_16 = carries("connectorId transactionId", meterValue=METERED_16)
METERED_MEMBERS_2X = carries("evseId", meterValue=METERED_2X)
STOP_MEMBERS_16 = carries("idTag meterStop timestamp transactionId reason", transactionData=METERED_16)
EVENT_MEMBERS_2X = (
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
