"""Firmware: updates asked of stations, signed or not, and what stations tell of their progress (L01, L02)."""

from typing import Any

import msgspec

from gateway.ocpp.rows import V16, V21, V201, Call, Capability, Draft, Outbound, Unsupported, present, stored
from gateway.ocpp.spelling.moments import rfc3339
from gateway.ocpp.spelling.outcomes import by_status
from schemas.base import Record, derived_id
from schemas.commands import Outcome
from schemas.firmware import FirmwareStatusReported, UpdateFirmware

# -- progress ---------------------------------------------------------------------------------------------------------


def status_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 FirmwareStatusNotification: there is one update at a time, and it has no number."""
    return _status(wire, call, None, "")


def status_signed(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 SignedFirmwareStatusNotification and 2.0.1 FirmwareStatusNotification."""
    return _status(wire, call, wire.requestId, "")


def status_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 FirmwareStatusNotification says more of what went wrong."""
    info = wire.statusInfo
    words = [] if info is None else [word for word in (info.reasonCode, info.additionalInfo) if word]
    return _status(wire, call, wire.requestId, ": ".join(words))


def _status(wire: Any, call: Call, request_id: int | None, detail: str) -> tuple[Record, ...]:
    return (
        FirmwareStatusReported(
            id=call.id("firmware-status"),
            station=call.context.station,
            status=wire.status,
            request_id=request_id,
            detail=detail,
            received_at=call.context.received_at,
        ),
    )


# -- updates ----------------------------------------------------------------------------------------------------------


def update_16(command: UpdateFirmware, command_id: str) -> Draft | Unsupported:
    """1.6 UpdateFirmware; SignedUpdateFirmware of its security extension where the firmware is signed."""
    if command.signature:
        return Draft("SignedUpdateFirmware", _numbered(command, command_id))
    if command.install_at is not None:
        return Unsupported(
            reason="OCPP 1.6 UpdateFirmware has no time of installation: sign the firmware, or install at once"
        )
    return Draft(
        "UpdateFirmware",
        present(
            location=command.location,
            retries=command.retries,
            retrieveDate=rfc3339(command.retrieve_at),
            retryInterval=command.retry_interval_s,
        ),
    )


def update_2x(command: UpdateFirmware, command_id: str) -> Draft:
    """2.x UpdateFirmware (L01 signed, L02 not)."""
    return Draft("UpdateFirmware", _numbered(command, command_id))


def _numbered(command: UpdateFirmware, command_id: str) -> dict[str, Any]:
    firmware = present(
        location=command.location,
        retrieveDateTime=rfc3339(command.retrieve_at),
        installDateTime=None if command.install_at is None else rfc3339(command.install_at),
        signingCertificate=command.signing_certificate or None,
        signature=command.signature or None,
    )
    number = request_id(command_id) if command.request_id is None else command.request_id
    return present(retries=command.retries, retryInterval=command.retry_interval_s, requestId=number, firmware=firmware)


def request_id(command_id: str) -> int:
    """The number of an update whose caller gave none: from its command, so that a repeat has the same."""
    return int(derived_id(command_id, "firmware-request")[:8], 16) % (2**31 - 1) + 1


class _Answer(msgspec.Struct):
    status: Any = None


def taken_16(payload: bytes) -> tuple[Outcome, str]:
    """1.6 UpdateFirmware.conf has no status: any answer takes the update. SignedUpdateFirmware.conf has one."""
    try:
        answer = msgspec.json.decode(payload, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return "accepted", ""
    return ("accepted", "") if answer.status is None else taken_2x(payload)


def taken_2x(payload: bytes) -> tuple[Outcome, str]:
    """The status of the answer; a refused certificate is told by its word (L01.FR.21, L01.FR.22)."""
    outcome, remark = by_status(payload)
    if outcome == "rejected" and not remark:
        word = msgspec.json.decode(payload, type=_Answer).status
        return outcome, word if word in ("InvalidCertificate", "RevokedCertificate") else ""
    return outcome, remark


FIRMWARE = Capability(
    inbound=(
        stored("FirmwareStatusNotification", {V16: status_16, V201: status_signed, V21: status_21}),
        stored("SignedFirmwareStatusNotification", {V16: status_signed}),
    ),
    outbound=(
        Outbound(
            command=UpdateFirmware,
            to={V16: update_16, V201: update_2x, V21: update_2x},
            outcome={V16: taken_16, V201: taken_2x, V21: taken_2x},
        ),
    ),
)
