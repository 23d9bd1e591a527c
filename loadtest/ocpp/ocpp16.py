"""How a station spells itself in OCPP 1.6J. PURE."""

from datetime import datetime

import msgspec

from loadtest.ocpp.messages import (
    AnyFact,
    ConnectorState,
    Ended,
    Identity,
    Measured,
    Message,
    Payload,
    Sample,
    StartAnswer,
    Started,
    Transaction,
    present,
    sampled_values,
    stamp,
)


class _TokenInfo(msgspec.Struct):
    status: str


class _Authorized(msgspec.Struct, rename="camel"):
    id_tag_info: _TokenInfo


class _Started(_Authorized, rename="camel"):
    transaction_id: int


class Ocpp16:
    """Connector n is EVSE n; the CSMS numbers the transactions."""

    version: str = "1.6"
    subprotocol: str = "ocpp1.6"
    chooses_transaction_id: bool = False
    starts_when_plugged: bool = False

    def boot(self, identity: Identity, reason: str) -> Message:
        """Build a BootNotification (section 4.2); in 1.6 it has no reason."""
        return Message(
            "BootNotification",
            {
                "chargePointVendor": identity.vendor,
                "chargePointModel": identity.model,
                "chargePointSerialNumber": identity.serial_number,
                "firmwareVersion": identity.firmware,
            },
        )

    def heartbeat(self) -> Message:
        """Heartbeat (section 4.6)."""
        return Message("Heartbeat", {})

    def connector_word(self, state: ConnectorState) -> str:
        """Told apart finely."""
        return state

    def status(self, evse: int, state: ConnectorState, at: datetime) -> Message:
        """StatusNotification (section 4.9)."""
        error = "GroundFailure" if state == "Faulted" else "NoError"
        payload = {"connectorId": evse, "errorCode": error, "status": state, "timestamp": stamp(at)}
        if state == "Faulted":
            payload |= {"vendorId": "com.example.stations", "vendorErrorCode": "RCD-3", "info": "earth leakage"}
        return Message("StatusNotification", payload)

    def authorize(self, token: str) -> Message:
        """Authorize (section 4.1)."""
        return Message("Authorize", {"idTag": token})

    def meter_values(self, evse: int, sample: Sample) -> Message:
        """MeterValues of no transaction (section 4.7)."""
        return _meter_values(evse, None, sample)

    def firmware_status(self, status: str, request_id: int | None) -> Message:
        """FirmwareStatusNotification (section 4.5); that of the security extension where the update has a number."""
        if request_id is None:
            return Message("FirmwareStatusNotification", {"status": status})
        return Message("SignedFirmwareStatusNotification", {"status": status, "requestId": request_id})

    def log_status(self, status: str, request_id: int | None) -> Message:
        """DiagnosticsStatusNotification (section 4.4); LogStatusNotification of the security extension where the log has a number."""
        if request_id is None:
            word = "UploadFailed" if status == "UploadFailure" else status
            return Message("DiagnosticsStatusNotification", {"status": word})
        return Message("LogStatusNotification", {"status": status, "requestId": request_id})

    def reservation_expired(self, reservation_id: int) -> Message | None:
        """1.6 says it by the connector's StatusNotification alone (section 5.13)."""
        return None

    def fact(self, fact: AnyFact, transaction: Transaction) -> Message | None:
        """Build the StartTransaction, MeterValues or StopTransaction of a fact; for other facts 1.6 has StatusNotification only."""
        match fact:
            case Started():
                return Message(
                    "StartTransaction",
                    present(
                        {
                            "connectorId": transaction.evse,
                            "idTag": transaction.token,
                            "meterStart": fact.sample.register_wh,
                            "reservationId": fact.reservation_id,
                            "timestamp": stamp(fact.at),
                        }
                    ),
                )
            case Measured():
                return _meter_values(transaction.evse, transaction.transaction_id, fact.sample)
            case Ended():
                return Message(
                    "StopTransaction",
                    {
                        "idTag": transaction.token,
                        "meterStop": fact.sample.register_wh,
                        "timestamp": stamp(fact.at),
                        "transactionId": int(transaction.transaction_id or 0),
                        "reason": fact.reason,
                    },
                )
            case _:
                return None

    def authorized(self, payload: bytes) -> bool:
        """Whether Authorize was answered with Accepted."""
        return msgspec.json.decode(payload, type=_Authorized).id_tag_info.status == "Accepted"

    def started(self, payload: bytes) -> StartAnswer:
        """The transaction's number and the token's status."""
        answer = msgspec.json.decode(payload, type=_Started)
        return StartAnswer(transaction_id=str(answer.transaction_id), accepted=answer.id_tag_info.status == "Accepted")


def _meter_values(evse: int, transaction_id: str | None, sample: Sample) -> Message:
    def one(value: str, measurand: str, unit: str, phase: str | None, location: str | None) -> Payload:
        return present(
            {
                "value": value,
                "context": sample.context,
                "measurand": measurand,
                "phase": phase,
                "location": location,
                "unit": unit,
            }
        )

    return Message(
        "MeterValues",
        present(
            {
                "connectorId": evse,
                "transactionId": None if transaction_id is None else int(transaction_id),
                "meterValue": [{"timestamp": stamp(sample.at), "sampledValue": sampled_values(sample, one)}],
            }
        ),
    )
