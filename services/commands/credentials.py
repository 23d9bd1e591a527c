"""Credentials: reports on commands that set another password for the station's connection. PURE."""

from collections.abc import Sequence
from typing import Literal

from schemas.base import Record, derived_id
from schemas.commands import CommandRequested, CommandSettled, CredentialReported
from schemas.secrets import secret_of
from schemas.states.commands import CommandQueue, WaitingCommand

Status = Literal["asked", "changed", "unchanged", "unknown"]

NOT_TAKEN = frozenset({"rejected", "unsupported", "expired", "cancelled"})
"""Outcomes with which the station has not received or not accepted the password."""


def report_asked(request: CommandRequested) -> list[Record]:
    """Report that the station may receive a new password from now on."""
    if not request.credential_hash:
        return []
    return [
        CredentialReported(
            id=derived_id(request.id, "credential", "asked"),
            station=request.station,
            command_id=request.id,
            password_hash=request.credential_hash,
            status="asked",
            at=request.requested_at,
        )
    ]


def report_settled(queues: Sequence[CommandQueue], outputs: Sequence[Record]) -> list[Record]:
    """Report the results of passwords whose commands these outputs settle. `queues`: those that still contain the commands."""
    settled = [record for record in outputs if isinstance(record, CommandSettled)]
    if not settled:
        return []
    pending = {command.id: command for queue in queues for command in _pending(queue) if command.credential_hash}
    return [_report(pending[end.command_id], end) for end in settled if end.command_id in pending]


def _pending(queue: CommandQueue) -> tuple[WaitingCommand, ...]:
    return queue.waiting if queue.outstanding is None else (*queue.waiting, queue.outstanding.waiting)


def _report(command: WaitingCommand, end: CommandSettled) -> CredentialReported:
    return CredentialReported(
        id=derived_id(end.id, "credential"),
        station=end.station,
        command_id=command.id,
        password_hash=command.credential_hash,
        status=_status(command, end),
        at=end.settled_at,
    )


def _status(command: WaitingCommand, end: CommandSettled) -> Status:
    """A01.FR.03: Accepted means changed. A01.FR.04: others mean unchanged; unknown where it needs a reboot or the answer is unclear."""
    word = _item_status(command, end)
    if word:
        return "changed" if word == "Accepted" else "unknown" if word == "RebootRequired" else "unchanged"
    if end.outcome == "accepted":
        return "unknown" if end.reboot_required else "changed"
    if end.sent is False:
        return "unchanged"
    if end.outcome not in NOT_TAKEN or (end.error_code and bytes(end.response) == b"null"):
        return "unknown"
    return "unchanged"


def _item_status(command: WaitingCommand, end: CommandSettled) -> str:
    """The station's status for the password setting, where its answer has one for each item; else empty."""
    change = secret_of(command.command, "1.6") or secret_of(command.command, "2.1")
    if change is None:
        return ""
    statuses = (item.status for item in end.items if item.name.casefold() == change.item.casefold())
    return next(statuses, "")
