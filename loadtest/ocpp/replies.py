"""What a simulated station answers alike in every version, once it has read what it is asked. PURE."""

from datetime import datetime

import msgspec

from loadtest.ocpp.intents import (
    AskToSign,
    CancelReservation,
    InstallFirmware,
    Intent,
    Reply,
    Reserve,
    SetAvailability,
    StartCharging,
    StopCharging,
    Tell,
    UploadLog,
    View,
)
from loadtest.ocpp.messages import Payload


class Request(msgspec.Struct, frozen=True, rename="camel"):
    """The members of a request that the simulation looks at; others are let pass."""


def status(word: str, *intents: Intent) -> Reply:
    """An answer of one word, and what is then done."""
    return Reply(payload={"status": word}, intents=intents)


def started(view: View, evse: int | None, token: str, *, remote_start_id: int | None = None) -> Reply:
    """A driver is let in where there is room."""
    bay = view.free_bay(evse, token)
    if bay is None:
        return status("Rejected")
    return status("Accepted", StartCharging(evse=bay.evse, token=token, remote_start_id=remote_start_id))


def reserved(view: View, evse: int | None, wanted: tuple[int, str, datetime]) -> Reply:
    """An EVSE is kept where one is free; else the word says why not (H01.FR.11 to FR.14; 1.6, 5.13)."""
    number, token, expires_at = wanted
    bays = [bay for bay in view.bays if evse in (None, bay.evse)]
    taken = {one.evse for one in view.reserved.values() if one.reservation_id != number}
    free = next((bay for bay in bays if bay.free and bay.evse not in taken), None)
    if free is not None:
        reserve = Reserve(evse=free.evse, reservation_id=number, token=token, expires_at=expires_at)
        return status("Accepted", reserve)
    states = {bay.state for bay in bays}
    return status(
        next((word for word in ("Faulted", "Unavailable") if states == {word}), "Occupied" if bays else "Rejected")
    )


def cancelled(view: View, number: int) -> Reply:
    """A reservation is given up where there is one (H02.FR.01)."""
    is_reserved = number in view.reserved
    return status("Accepted", CancelReservation(reservation_id=number)) if is_reserved else status("Rejected")


def stopped(view: View, transaction_id: str) -> Reply:
    """The transaction ends, where it runs here."""
    bay = view.charging(transaction_id)
    return status("Rejected") if bay is None else status("Accepted", StopCharging(evse=bay.evse, reason="Remote"))


def available(view: View, evse: int, *, operative: bool) -> Reply:
    """An EVSE, or with 0 the station, in or out of operation: once nothing runs there."""
    if evse and view.bay(evse) is None:
        return status("Rejected")
    busy = not operative and any(bay.transaction_id is not None for bay in view.bays if evse in (0, bay.evse))
    return status("Scheduled" if busy else "Accepted", SetAvailability(evse=evse, operative=operative))


def tell(view: View, what: str, evse: int | None) -> Reply:
    """A message that the station has, of an EVSE that it has."""
    match what:
        case "SignChargingStationCertificate":
            return status("Accepted", AskToSign())
        case "BootNotification" | "Heartbeat" | "StatusNotification" | "MeterValues":
            has_bay = not evse or view.bay(evse) is not None
            return status("Accepted", Tell(what=what, evse=evse or None)) if has_bay else status("Rejected")
    return status("NotImplemented")


def echoed(view: View, vendor_id: str, echo: Payload) -> Reply:
    """A DataTransfer of the station's own vendor comes back."""
    return Reply(payload={"status": "Accepted", **echo}) if vendor_id == view.vendor else status("UnknownVendorId")


def uploaded(view: View, location: str, log_type: str, request_id: int | None) -> Reply:
    """A log is uploaded under the name in the answer; N01.FR.12: a new request cancels an upload that is under way."""
    name = f"{log_type.lower()}.log"
    intent = UploadLog(location=location, name=name, request_id=request_id)
    if request_id is None:
        return Reply(payload={"fileName": name}, intents=(intent,))
    word = "AcceptedCanceled" if view.uploading else "Accepted"
    return Reply(payload={"status": word, "filename": name}, intents=(intent,))


def installed(view: View, location: str, request_id: int) -> Reply:
    """A numbered update; L01.FR.24: one that is under way gives way."""
    word = "AcceptedCanceled" if view.updating else "Accepted"
    return status(word, InstallFirmware(location=location, request_id=request_id))
