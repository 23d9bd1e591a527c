"""What a simulated station answers alike in every version, once it has read what it is asked. PURE."""

from typing import Any

import msgspec

from loadtest.intents import (
    InstallFirmware,
    Intent,
    LimitPower,
    Reply,
    SetAvailability,
    StartCharging,
    StopCharging,
    Tell,
    View,
    watts,
)
from loadtest.messages import Payload


class Request(msgspec.Struct, frozen=True, rename="camel"):
    """The members of a request that the simulation looks at; others are let pass."""


def status(word: str, *intents: Intent) -> Reply:
    """An answer of one word, and what is then done."""
    return Reply(payload={"status": word}, intents=intents)


def started(view: View, evse: int | None, token: str, *, remote_start_id: int | None = None) -> Reply:
    """A driver is let in where there is room."""
    bay = view.free_bay(evse)
    if bay is None:
        return status("Rejected")
    return status("Accepted", StartCharging(evse=bay.evse, token=token, remote_start_id=remote_start_id))


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


def told(view: View, what: str, evse: int | None) -> Reply:
    """A message that the station has, of an EVSE that it has."""
    match what:
        case "BootNotification" | "Heartbeat" | "StatusNotification" | "MeterValues":
            known = not evse or view.bay(evse) is not None
            return status("Accepted", Tell(what=what, evse=evse or None)) if known else status("Rejected")
    return status("NotImplemented")


def echoed(view: View, vendor_id: str, echo: Payload) -> Reply:
    """A DataTransfer of the station's own vendor comes back."""
    return Reply(payload={"status": "Accepted", **echo}) if vendor_id == view.vendor else status("UnknownVendorId")


def limited(evse: int, schedule: Any) -> Reply:
    """The first period of a charging schedule caps an EVSE, or with 0 all."""
    first = schedule.charging_schedule_period[0]
    limit_w = watts(first.limit, schedule.charging_rate_unit, first.number_phases)
    return status("Accepted", LimitPower(evse=evse, limit_w=limit_w))


def installed(view: View, location: str, request_id: int) -> Reply:
    """A numbered update; L01.FR.24: one that is under way gives way."""
    word = "AcceptedCanceled" if view.updating else "Accepted"
    return status(word, InstallFirmware(location=location, request_id=request_id))
