"""How a station spells itself in OCPP 2.0.1 and 2.1. PURE."""

from datetime import datetime

import msgspec

from loadtest.ocpp.contracts import is_contract
from loadtest.ocpp.messages import (
    AnyFact,
    Authorized,
    ConnectorState,
    Ended,
    Identity,
    LimitSet,
    Measured,
    Message,
    ModeChanged,
    Payload,
    Sample,
    StartAnswer,
    Started,
    StateChanged,
    StopReason,
    TariffChanged,
    Transaction,
    present,
    sampled_values,
    stamp,
)
from loadtest.ocpp.payments21 import is_payment

_STATUS: dict[ConnectorState, str] = {
    "Available": "Available",
    "Preparing": "Occupied",
    "Charging": "Occupied",
    "SuspendedEV": "Occupied",
    "SuspendedEVSE": "Occupied",
    "Finishing": "Occupied",
    "Reserved": "Reserved",
    "Unavailable": "Unavailable",
    "Faulted": "Faulted",
}

_STOPPED: dict[StopReason, str] = {
    "HardReset": "ImmediateReset",
    "SoftReset": "ImmediateReset",
    "UnlockCommand": "Remote",
}

_STOP_TRIGGER: dict[StopReason, str] = {
    "Local": "StopAuthorized",
    "EVDisconnected": "EVDeparted",
    "Remote": "RemoteStop",
    "DeAuthorized": "Deauthorized",
    "HardReset": "ResetCommand",
    "SoftReset": "ResetCommand",
    "UnlockCommand": "UnlockCommand",
    "Other": "AbnormalCondition",
    "EnergyLimitReached": "EnergyLimitReached",
    "TimeLimitReached": "TimeLimitReached",
    "SOCLimitReached": "SoCLimitReached",
}


class _TokenInfo(msgspec.Struct):
    status: str


class _Answer(msgspec.Struct, rename="camel"):
    id_token_info: _TokenInfo | None = None


class Ocpp2x:
    """EVSE n has one connector; the station chooses the transaction ids. The messages of charging are the same in 2.0.1 and 2.1."""

    chooses_transaction_id: bool = True
    starts_when_plugged: bool = True

    def __init__(self, version: str) -> None:
        self.version = version
        self.subprotocol = f"ocpp{version}"

    def boot(self, identity: Identity, reason: str) -> Message:
        """BootNotification (B01)."""
        station = {
            "serialNumber": identity.serial_number,
            "model": identity.model,
            "vendorName": identity.vendor,
            "firmwareVersion": identity.firmware,
        }
        return Message("BootNotification", {"reason": reason, "chargingStation": station})

    def heartbeat(self) -> Message:
        """Heartbeat (G02)."""
        return Message("Heartbeat", {})

    def connector_word(self, state: ConnectorState) -> str:
        """The connector's status: whether a car is there. TransactionEvent reports the rest."""
        return _STATUS[state]

    def status(self, evse: int, state: ConnectorState, at: datetime) -> Message:
        """StatusNotification (G01)."""
        return Message(
            "StatusNotification",
            {"timestamp": stamp(at), "connectorStatus": _STATUS[state], "evseId": evse, "connectorId": 1},
        )

    def authorize(self, token: str) -> Message:
        """Authorize (C01)."""
        return Message("Authorize", {"idToken": _id_token(token)})

    def meter_values(self, evse: int, sample: Sample) -> Message:
        """MeterValues of no transaction (J01)."""
        return Message("MeterValues", {"evseId": evse, "meterValue": [_meter_value(sample)]})

    def firmware_status(self, status: str, request_id: int | None) -> Message:
        """FirmwareStatusNotification (L01)."""
        return Message("FirmwareStatusNotification", present({"status": status, "requestId": request_id}))

    def log_status(self, status: str, request_id: int | None) -> Message:
        """LogStatusNotification (N01)."""
        return Message("LogStatusNotification", present({"status": status, "requestId": request_id}))

    def reservation_expired(self, reservation_id: int) -> Message | None:
        """ReservationStatusUpdate (H04)."""
        payload: Payload = {"reservationId": reservation_id, "reservationUpdateStatus": "Expired"}
        return Message("ReservationStatusUpdate", payload)

    def fact(self, fact: AnyFact, transaction: Transaction) -> Message | None:
        """TransactionEvent (E01-E12), its members in the order of the specification's table."""
        kind, trigger, state, sample = _members_of(fact)
        stopped = _STOPPED.get(fact.reason, fact.reason) if isinstance(fact, Ended) else None
        has_token = (isinstance(fact, Started) and fact.authorized) or isinstance(fact, Authorized | Ended)
        reservation_id = fact.reservation_id if isinstance(fact, Started | Authorized) else None
        info = {"transactionId": transaction.transaction_id, "chargingState": state, "stoppedReason": stopped}
        info["tariffId"] = fact.tariff_id
        if isinstance(fact, LimitSet):
            info["transactionLimit"] = fact.limit  # type: ignore[assignment]  # an object among texts
        if isinstance(fact, ModeChanged):
            info["operationMode"] = fact.mode
        if isinstance(fact, Started):
            info["remoteStartId"] = transaction.remote_start_id  # type: ignore[assignment]  # the one number of them
        return Message(
            "TransactionEvent",
            present(
                {
                    "eventType": kind,
                    "timestamp": stamp(fact.at),
                    "triggerReason": trigger,
                    "seqNo": fact.seq_no,
                    "offline": True if fact.offline else None,
                    "transactionInfo": present(dict(info)),
                    "reservationId": reservation_id,
                    "evse": {"id": transaction.evse, "connectorId": 1},
                    "idToken": _id_token(transaction.token) if has_token else None,
                    "meterValue": None if sample is None else [_meter_value(sample)],
                    "costDetails": fact.cost_details if isinstance(fact, Ended) else None,
                }
            ),
        )

    def authorized(self, payload: bytes) -> bool:
        """Whether the token was accepted."""
        info = msgspec.json.decode(payload, type=_Answer).id_token_info
        return info is not None and info.status == "Accepted"

    def started(self, payload: bytes) -> StartAnswer:
        """An answer without idTokenInfo raises no objection."""
        info = msgspec.json.decode(payload, type=_Answer).id_token_info
        return StartAnswer(transaction_id=None, accepted=info is None or info.status == "Accepted")


def _members_of(  # noqa: PLR0911 a flat match over the facts
    fact: AnyFact,
) -> tuple[str, str, str, Sample | None]:
    """A fact's event type, trigger reason, charging state and sample."""
    match fact:
        case Started():
            return "Started", fact.trigger, "EVConnected", fact.sample
        case Authorized():
            return "Updated", "Authorized", "EVConnected", None
        case StateChanged():
            return "Updated", "ChargingStateChanged", fact.state, fact.sample
        case TariffChanged():
            return "Updated", "TariffChanged", "Charging", fact.sample
        case ModeChanged():
            return "Updated", "OperationModeChanged", "Charging", fact.sample
        case LimitSet():
            return "Updated", "LimitSet", "Charging", fact.sample
        case Measured():
            return "Updated", "MeterValuePeriodic", _state_of(fact.sample), fact.sample
        case Ended():
            return (
                "Ended",
                _STOP_TRIGGER[fact.reason],
                "Idle" if fact.reason == "EVDisconnected" else "EVConnected",
                fact.sample,
            )


def _state_of(sample: Sample) -> str:
    if sample.power_w or sample.export_power_w:
        return "Charging"
    return "SuspendedEVSE" if sample.paused else "SuspendedEV"


def _id_token(token: str) -> Payload:
    kind = "DirectPayment" if is_payment(token) else "eMAID" if is_contract(token) else "ISO14443"
    return {"idToken": token, "type": kind}


def _meter_value(sample: Sample) -> Payload:
    def one(value: str, measurand: str, unit: str, phase: str | None, location: str | None) -> Payload:
        return present(
            {
                "value": float(value) if "." in value else int(value),
                "context": sample.context,
                "measurand": measurand,
                "phase": phase,
                "location": location,
                "unitOfMeasure": {"unit": unit} if unit != "Wh" else None,  # Wh is the default
            }
        )

    return {"timestamp": stamp(sample.at), "sampledValue": sampled_values(sample, one)}
