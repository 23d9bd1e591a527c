"""Commands as the API and the console read them. PURE."""

import datetime as dt
from typing import Any

import msgspec

from schemas.commands import ItemOutcome, Outcome
from services.api.reports.rows import Report


class CommandView(msgspec.Struct, frozen=True, kw_only=True):
    """A command with its outcome; `pending` until it is settled. `arguments` and `response` are JSON as it came.

    `items`: what the station said of each thing asked for, where its answer has one for each. `reboot_required`: what it accepted
    takes effect after a reboot. `sent`: whether the request reached the station's connection; null while it is pending, and
    where nobody knows.

    `report`: how far the answer in parts has come, where the command asks for one; null in lists.

    Members of the request are None or empty where only the outcome is known (the request is older than the history).
    """

    command_id: str
    station: str
    command: str
    arguments: Any
    outcome: Outcome | str
    response: Any
    error_code: str
    detail: str
    items: tuple[ItemOutcome, ...]
    reboot_required: bool
    sent: bool | None
    priority: int | None
    when_offline: str
    requested_by: str
    requested_at: dt.datetime | None
    expires_at: dt.datetime | None
    cancel_requested_at: dt.datetime | None
    settled_at: dt.datetime | None
    report: Report | None = None
