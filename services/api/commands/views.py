"""Views: live records as the same rows that the history gives, so that callers see one form. PURE."""

from typing import Any

import msgspec

from schemas.commands import Command, CommandRequested, CommandSettled
from schemas.reports import ENDED
from schemas.secrets import mask_command
from services.api.commands.rows import CommandView
from services.api.live.memory import Remembered

PENDING = "pending"


def action_of(view: CommandView) -> str:
    """The command's name; of a raw one its action."""
    if view.command == "RawCall" and isinstance(view.arguments, dict):
        return str(view.arguments.get("action", "RawCall"))
    return view.command


def is_over(view: CommandView) -> bool:
    """The command has its outcome, and the answer in parts that it asks for has ended."""
    return view.outcome != PENDING and (view.report is None or view.report.status in ENDED)


def command_name(command: Command) -> str:
    """The name by which a command is asked for."""
    return str(command.__struct_config__.tag)


def arguments_of(command: Command) -> dict[str, Any]:
    """A command's arguments as its caller gave them, its passwords and keys masked."""
    arguments: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(mask_command(command)))
    del arguments["command"]
    return arguments


def command_of(remembered: Remembered) -> CommandView:
    """A recent command as a row. Members of the request are empty where only the outcome is known."""
    settled = remembered.settled
    if remembered.request is not None:
        view = requested(remembered.request)
        if remembered.cancelled_at is not None:
            view = msgspec.structs.replace(view, cancel_requested_at=remembered.cancelled_at)
        return with_outcome(view, settled)
    assert settled is not None, "a command is remembered for its request or its outcome"
    return with_outcome(_unheard(settled), settled)


def _unheard(settled: CommandSettled) -> CommandView:
    return CommandView(
        command_id=settled.command_id,
        station=settled.station,
        command="",
        arguments=None,
        outcome=PENDING,
        response=None,
        error_code="",
        detail="",
        items=(),
        reboot_required=False,
        sent=None,
        priority=None,
        when_offline="",
        requested_by="",
        requested_at=None,
        expires_at=None,
        cancel_requested_at=None,
        settled_at=None,
    )


def with_outcome(view: CommandView, settled: CommandSettled | None) -> CommandView:
    """The command with its outcome, where there is one."""
    if settled is None:
        return view
    return msgspec.structs.replace(
        view,
        outcome=settled.outcome,
        response=msgspec.json.decode(settled.response),
        error_code=settled.error_code,
        detail=settled.detail,
        items=settled.items,
        reboot_required=settled.reboot_required,
        sent=settled.sent,
        settled_at=settled.settled_at,
    )


def requested(request: CommandRequested) -> CommandView:
    """A command that was just asked for, as a row."""
    return CommandView(
        command_id=request.id,
        station=request.station,
        command=command_name(request.command),
        arguments=arguments_of(request.command),
        outcome=PENDING,
        response=None,
        error_code="",
        detail="",
        items=(),
        reboot_required=False,
        sent=None,
        priority=request.priority,
        when_offline=request.when_offline,
        requested_by=request.requested_by,
        requested_at=request.requested_at,
        expires_at=request.expires_at,
        cancel_requested_at=None,
        settled_at=None,
    )
