"""What a simulated OCPP 2.0.1 or 2.1 station answers to the CSMS. PURE."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from loadtest.ocpp import charging
from loadtest.ocpp.batteries21 import BATTERIES_21
from loadtest.ocpp.certificates import CERTIFICATES_2X
from loadtest.ocpp.customers2x import CUSTOMERS_2X
from loadtest.ocpp.der21 import DER_21
from loadtest.ocpp.devicemodel2x import DEVICEMODEL_2X
from loadtest.ocpp.displays2x import DISPLAYS_2X
from loadtest.ocpp.intents import (
    Reboot,
    Reply,
    Row,
    View,
)
from loadtest.ocpp.lists import LISTS_2X
from loadtest.ocpp.monitoring2x import MONITORING_2X
from loadtest.ocpp.replies import (
    Request,
    available,
    cancelled,
    echoed,
    installed,
    reserved,
    started,
    status,
    stopped,
    tell,
    uploaded,
)
from loadtest.ocpp.signing import SIGNING_2X


class _IdToken(Request, frozen=True, rename="camel"):
    id_token: str


class _Start(Request, frozen=True, rename="camel"):
    remote_start_id: int
    id_token: _IdToken
    evse_id: int | None = None


class _Stop(Request, frozen=True, rename="camel"):
    transaction_id: str


class _Transaction(Request, frozen=True, rename="camel"):
    transaction_id: str | None = None


class _Reset(Request, frozen=True, rename="camel"):
    type: Literal["Immediate", "OnIdle", "ImmediateAndResume"]
    evse_id: int | None = None


class _Unlock(Request, frozen=True, rename="camel"):
    evse_id: int
    connector_id: int


class _Evse(Request, frozen=True, rename="camel"):
    id: int


class _Availability(Request, frozen=True, rename="camel"):
    operational_status: Literal["Operative", "Inoperative"]
    evse: _Evse | None = None


class _Trigger(Request, frozen=True, rename="camel"):
    requested_message: str
    evse: _Evse | None = None


class _Vendor(Request, frozen=True, rename="camel"):
    vendor_id: str
    data: msgspec.Raw = msgspec.Raw(b"")


class _Cost(Request, frozen=True, rename="camel"):
    total_cost: float
    transaction_id: str


class _Firmware(Request, frozen=True, rename="camel"):
    location: str


class _Update(Request, frozen=True, rename="camel"):
    request_id: int
    firmware: _Firmware


class _Reserve(Request, frozen=True, rename="camel"):
    id: int
    expiry_date_time: datetime
    id_token: _IdToken
    evse_id: int | None = None


class _CancelReservation(Request, frozen=True, rename="camel"):
    reservation_id: int


class _LogParameters(Request, frozen=True, rename="camel"):
    remote_location: str


class _GetLog(Request, frozen=True, rename="camel"):
    log: _LogParameters
    log_type: str
    request_id: int


def _start(view: View, request: Any) -> Reply:
    return started(view, request.evse_id, request.id_token.id_token, remote_start_id=request.remote_start_id)


def _stop(view: View, request: Any) -> Reply:
    return stopped(view, request.transaction_id)


def _reset(view: View, request: Any) -> Reply:
    if request.evse_id is not None:
        return status("Rejected")  # B11.FR.10: this station cannot reset one EVSE
    running = any(bay.transaction_id is not None for bay in view.bays)
    when_idle = request.type == "OnIdle"
    boot_reason: Literal["ScheduledReset", "RemoteReset"] = "ScheduledReset" if when_idle and running else "RemoteReset"
    intent = Reboot(when_idle=when_idle, reason="HardReset", boot_reason=boot_reason)
    return status("Scheduled" if when_idle and running else "Accepted", intent)


def _unlock(view: View, request: Any) -> Reply:
    bay = view.bay(request.evse_id)
    if bay is None or request.connector_id != 1:
        return status("UnknownConnector")
    # F05.FR.02: an authorised transaction is not unlocked away.
    return status("Unlocked" if bay.transaction_id is None else "OngoingAuthorizedTransaction")


def _availability(view: View, request: Any) -> Reply:
    evse = 0 if request.evse is None else request.evse.id
    return available(view, evse, operative=request.operational_status == "Operative")


def _trigger(view: View, request: Any) -> Reply:
    return tell(view, request.requested_message, None if request.evse is None else request.evse.id)


def _data_transfer(view: View, request: Any) -> Reply:
    return echoed(view, request.vendor_id, {"data": request.data} if bytes(request.data) else {})


def _cost_updated(view: View, request: Any) -> Reply:
    return Reply(payload={})  # I02: the cost is shown to the driver, and there is nothing to say of that


def _update(view: View, request: Any) -> Reply:
    return installed(view, request.firmware.location, request.request_id)


def _reserve(view: View, request: Any) -> Reply:
    return reserved(view, request.evse_id, (request.id, request.id_token.id_token, request.expiry_date_time))


def _cancel_reservation(view: View, request: Any) -> Reply:
    return cancelled(view, request.reservation_id)


def _get_log(view: View, request: Any) -> Reply:
    return uploaded(view, request.log.remote_location, request.log_type, request.request_id)


def _clear_cache(view: View, request: Any) -> Reply:
    return status("Accepted")


def _transaction_status(view: View, request: Any) -> Reply:
    """E14: what still waits in the queue of this simulation is sent while it answers."""
    if request.transaction_id is None:
        return Reply(payload={"messagesInQueue": False})
    runs = view.charging(request.transaction_id) is not None
    return Reply(payload={"ongoingIndicator": runs, "messagesInQueue": False})


REPLIES_2X: Final[Mapping[str, Row]] = {
    "RequestStartTransaction": (_Start, _start),
    "RequestStopTransaction": (_Stop, _stop),
    "Reset": (_Reset, _reset),
    "UnlockConnector": (_Unlock, _unlock),
    "ChangeAvailability": (_Availability, _availability),
    "TriggerMessage": (_Trigger, _trigger),
    **SIGNING_2X,
    **DEVICEMODEL_2X,
    **MONITORING_2X,
    "DataTransfer": (_Vendor, _data_transfer),
    "ClearCache": (Request, _clear_cache),
    "GetTransactionStatus": (_Transaction, _transaction_status),
    "SetChargingProfile": (charging.Set2x, charging.set_2x),
    "ClearChargingProfile": (charging.Clear2x, charging.clear_2x),
    "GetChargingProfiles": (charging.Report, charging.report_2x),
    "GetCompositeSchedule": (charging.Composite2x, charging.composite_2x),
    "UsePriorityCharging": (charging.Priority, charging.priority_21),
    "UpdateDynamicSchedule": (charging.Update, charging.update_21),
    "NotifyAllowedEnergyTransfer": (charging.Transfer, charging.transfer_21),
    "AFRRSignal": (Request, charging.afrr_21),
    "CostUpdated": (_Cost, _cost_updated),
    "ReserveNow": (_Reserve, _reserve),
    "CancelReservation": (_CancelReservation, _cancel_reservation),
    "UpdateFirmware": (_Update, _update),
    "GetLog": (_GetLog, _get_log),
    **LISTS_2X,
    **DISPLAYS_2X,
    **CUSTOMERS_2X,
    **CERTIFICATES_2X,
    **DER_21,
    **BATTERIES_21,
}
