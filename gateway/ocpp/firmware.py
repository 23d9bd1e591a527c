"""Firmware: update commands, signed or not, and the status notifications of stations (L01, L02)."""

from typing import Any, get_args

from gateway.ocpp.facts import fact
from gateway.ocpp.rows import (
    Call,
    Capability,
    Draft,
    Judged,
    Outbound,
    Unsupported,
    carries,
    present,
    spelled,
    stored,
)
from gateway.ocpp.spelling.alike import alike
from gateway.ocpp.spelling.moments import rfc3339
from gateway.ocpp.spelling.outcomes import NO_STATUS, by_answer, by_status
from schemas.base import Record, derived_id
from schemas.firmware import FirmwareStatus, FirmwareStatusReported, PublishFirmware, UnpublishFirmware, UpdateFirmware
from schemas.reports import request_id_of

STATUSES = frozenset(get_args(FirmwareStatus))

# -- progress ---------------------------------------------------------------------------------------------------------


def status_16(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 FirmwareStatusNotification: there is one update at a time, and it has no number."""
    return _status(wire, call, None, "")


def status_signed(wire: Any, call: Call) -> tuple[Record, ...]:
    """1.6 SignedFirmwareStatusNotification and 2.0.1 FirmwareStatusNotification."""
    return _status(wire, call, wire.requestId, "")


def status_21(wire: Any, call: Call) -> tuple[Record, ...]:
    """2.1 FirmwareStatusNotification has a status info with the cause of a failure."""
    info = wire.statusInfo
    words = [] if info is None else [word for word in (info.reasonCode, info.additionalInfo) if word]
    return _status(wire, call, wire.requestId, ": ".join(words))


def _status(wire: Any, call: Call, request_id: int | None, detail: str) -> tuple[Record, ...]:
    if wire.status not in STATUSES:
        return fact(call, "firmware")  # an unknown status: stored as a plain fact
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
    """The request id of an update without one: derived from its command, so that a repeat has the same."""
    return int(derived_id(command_id, "firmware-request")[:8], 16) % (2**31 - 1) + 1


def taken_16(payload: bytes) -> Judged:
    """1.6 UpdateFirmware.conf has no status: any answer accepts the update. SignedUpdateFirmware.conf has one.

    A refused certificate has a status of its own (L01.FR.21, L01.FR.22), which `by_status` puts into the remark.
    """
    judged = by_status(payload)
    return Judged(outcome="accepted") if judged.remark == NO_STATUS else judged


def publish_2x(command: PublishFirmware, command_id: str) -> Draft:
    """2.x PublishFirmware (L03)."""
    return Draft(
        "PublishFirmware",
        present(
            location=command.location,
            retries=command.retries,
            checksum=command.checksum,
            requestId=request_id_of(command_id),
            retryInterval=command.retry_interval_s,
        ),
    )


FIRMWARE = Capability(
    inbound=(
        stored(
            "FirmwareStatusNotification",
            spelled(v16=status_16, v201=status_signed, v21=status_21),
            carried=spelled(
                v16=carries("status"),
                v201=carries("status requestId"),
                v21=carries("status requestId statusInfo.reasonCode statusInfo.additionalInfo"),
            ),
        ),
        stored(
            "SignedFirmwareStatusNotification",
            spelled(v16=status_signed),
            carried=spelled(v16=carries("status requestId")),
        ),
    ),
    outbound=(
        Outbound(
            command=UpdateFirmware,
            to=spelled(v16=update_16, v2x=update_2x),
            outcome=spelled(v16=taken_16),
        ),
        Outbound(command=PublishFirmware, to=spelled(v2x=publish_2x)),
        Outbound(
            command=UnpublishFirmware,
            to=spelled(v2x=alike("UnpublishFirmware")),
            outcome=spelled(v2x=by_answer),
        ),
    ),
)
