"""Facts: every message of stations that no noun acts on yet, kept whole on its noun's topic and answered as its spec demands."""

from collections.abc import Callable
from typing import Any

import msgspec

from gateway.ocpp.rows import EMPTY, V16, V21, V201, Call, Capability, Inbound, Said, stored
from gateway.ocpp.spelling.errors import refusal
from schemas.base import OcppVersion, Record
from schemas.facts import FactReported
from schemas.wire import Fault

ALL = (V16, V201, V21)
V2X = (V201, V21)


# -- answers ----------------------------------------------------------------------------------------------------------


def empty(_: Call) -> Said:
    """The response has no required members: kept, nothing more to say."""
    return EMPTY


def processed(_: Call) -> Said:
    """K17.FR.02, EVChargingSchedule: Accepted says that the message was processed, it approves nothing."""
    return b'{"status":"Accepted"}'


def cannot_process(_: Call) -> Said:
    """A02, SignCertificate: `status` says whether the CSMS can process the request, and there is no authority to sign by yet.

    Rejected and not a CALLERROR: stations with the 1.6 security extension ask right after boot, and some end the connection
    on any error.
    """
    return b'{"status":"Rejected"}'


def undecidable(call: Call) -> Said:
    """The response carries a decision that nobody takes yet."""
    return refusal(call.version, Fault.NOT_IMPLEMENTED, f"{call.action} is kept, but not acted on")


# -- rows -------------------------------------------------------------------------------------------------------------


def _fact(
    action: str, versions: tuple[OcppVersion, ...], *, noun: str, says: Callable[[Call], Said] = empty
) -> Inbound:
    def reported(_: Any, call: Call) -> tuple[Record, ...]:
        return (
            FactReported(
                id=call.id("fact"),
                station=call.context.station,
                noun=noun,
                version=call.version,
                action=call.action,
                payload=msgspec.Raw(bytes(call.payload)),
                received_at=call.context.received_at,
            ),
        )

    return stored(action, dict.fromkeys(versions, reported), result=says)


FACTS = Capability(
    inbound=(
        _fact("BatterySwap", (V21,), noun="batteries"),
        _fact("Get15118EVCertificate", V2X, noun="certificates", says=undecidable),
        _fact("GetCertificateChainStatus", (V21,), noun="certificates", says=undecidable),
        _fact("GetCertificateStatus", V2X, noun="certificates", says=undecidable),
        _fact("SignCertificate", ALL, noun="certificates", says=cannot_process),
        _fact("NotifyCustomerInformation", V2X, noun="customers"),
        _fact("NotifyDERAlarm", (V21,), noun="der"),
        _fact("NotifyDERStartStop", (V21,), noun="der"),
        _fact("ReportDERControl", (V21,), noun="der"),
        _fact("ClosePeriodicEventStream", (V21,), noun="devicemodel"),
        _fact("NotifyEvent", V2X, noun="devicemodel"),
        _fact("NotifyMonitoringReport", V2X, noun="devicemodel"),
        # A SEND: the session answers none. A station that makes a CALL of it gets the empty answer.
        _fact("NotifyPeriodicEventStream", (V21,), noun="devicemodel"),
        _fact("NotifyReport", V2X, noun="devicemodel"),
        _fact("OpenPeriodicEventStream", (V21,), noun="devicemodel", says=undecidable),
        _fact("DiagnosticsStatusNotification", (V16,), noun="diagnostics"),
        _fact("LogStatusNotification", ALL, noun="diagnostics"),
        _fact("NotifyDisplayMessages", V2X, noun="displays"),
        _fact("ClearedChargingLimit", V2X, noun="energy"),
        _fact("NotifyChargingLimit", V2X, noun="energy"),
        _fact("NotifyEVChargingNeeds", V2X, noun="energy", says=undecidable),
        _fact("NotifyEVChargingSchedule", V2X, noun="energy", says=processed),
        _fact("NotifyPriorityCharging", (V21,), noun="energy"),
        _fact("PullDynamicScheduleUpdate", (V21,), noun="energy", says=undecidable),
        _fact("ReportChargingProfiles", V2X, noun="energy"),
        _fact("PublishFirmwareStatusNotification", V2X, noun="firmware"),
        _fact("NotifySettlement", (V21,), noun="payments"),
        _fact("VatNumberValidation", (V21,), noun="payments", says=undecidable),
        _fact("ReservationStatusUpdate", V2X, noun="reservations"),
        _fact("SecurityEventNotification", ALL, noun="security"),
    ),
)
