"""Use cases of logs: ask for one, find one, take its file in and give it out. Routes and pages call them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import msgspec

from schemas.base import derived_id
from schemas.diagnostics import OPEN, GetLog, LogFileStored, LogStatus, status_answered
from services.api.commands.bodies import Asking
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask_for, idempotent_id
from services.api.commands.views import PENDING
from services.api.diagnostics.rows import AskedLog, AskForLog, Log
from services.api.diagnostics.store import Files, TooLarge
from services.api.diagnostics.tickets import lets, ticket_of
from services.api.ports import Ports
from services.api.web.problems import Problem, not_found, not_published
from services.runtime.process.outage import Outage

NO_PLACE = (
    "This deployment has no place for files of stations: set api_files, api_public_url and secrets_key_file, or say with `location` where"
    " the station is to upload its log."
)

INVALID = "This address for uploads is not valid, or no longer."

UPLOADS = "/api/v1/uploads"

TAKEN_FOR = timedelta(days=7)
"""So long after its request a file is taken in: a station that was offline may be asked late, and be slow."""

LONGEST_NAME = 200


async def ask_for_log(ports: Ports, station: str, data: AskForLog, *, key: str | None = None) -> AskedLog:
    """Ask a station for a log and wait for its answer; `location` empty: to be uploaded here. Raises Problem, as `ask` does; Outage."""
    log = ports.new_id() if key is None else idempotent_id(station, key)
    command = GetLog(
        location=data.location or upload_url(ports, log),
        type=data.type,
        since=data.since,
        until=data.until,
        retries=data.retries,
        retry_interval_s=data.retry_interval_s,
    )
    travel = Asking(**{name: getattr(data, name) for name in Asking.__struct_fields__})
    command_view = await ask_for(ports, station, command, travel, id=log, repeatable=key is not None)
    earlier = await _find_log(ports, log)
    if earlier is None or earlier.status == "requested":  # the service may not have read the outcome yet
        earlier = _requested(command_view, data)
    return AskedLog(log=earlier, command=command_view)


def upload_url(ports: Ports, log: str) -> str:
    """Where a station uploads the file of a log, for a week. Raises Problem: 409 where the deployment has no place for files."""
    key = ports.config.upload_key
    if ports.files is None or not ports.config.public_url or not key:
        raise Problem(HTTPStatus.CONFLICT, NO_PLACE)
    return f"{ports.config.public_url.rstrip('/')}{UPLOADS}/{log}/{ticket_of(key, log)}"


async def known_log(ports: Ports, log: str) -> Log:
    """A log as it is now. Raises Problem: 404; Outage."""
    found = await ports.reads.log(log)
    if found is None:
        raise not_found(f"There is no log {log!r}.")
    return found


async def file_of(ports: Ports, log: str) -> tuple[Log, AsyncIterator[bytes]]:
    """A log and its file in parts. Raises Problem: 404; Outage."""
    found = await known_log(ports, log)
    parts = await ports.files.get(found.place) if ports.files is not None and found.place else None
    if parts is None:
        raise not_found(f"The file of this log is not here: the log is {found.status}.")
    return found, parts


async def take_in(ports: Ports, log: str, ticket: str, name: str, parts: AsyncIterator[bytes]) -> None:
    """Store what a station uploads, once. Raises Problem: 403, 404, 409, 413; Outage."""
    key, files = ports.config.upload_key, ports.files
    if files is None or not key or not lets(key, log, ticket):
        raise Problem(HTTPStatus.FORBIDDEN, INVALID)
    found = await known_log(ports, log)
    if ports.clock() > found.requested_at + TAKEN_FOR:
        raise Problem(HTTPStatus.FORBIDDEN, INVALID)
    if found.place:
        raise Problem(HTTPStatus.CONFLICT, "The file of this log was uploaded before.")
    await _store(ports, files, found, name[-LONGEST_NAME:] or found.file or log, parts)


async def _store(ports: Ports, files: Files, log: Log, name: str, parts: AsyncIterator[bytes]) -> None:
    place = f"logs/{derived_id(log.station)[:16]}/{log.log}/{ports.new_id()}"
    most = ports.config.upload_limit
    try:
        stored = await files.put(place, parts, most=most)
    except TooLarge as error:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A file may have {most} bytes.") from error
    record = LogFileStored(
        id=derived_id(log.log, stored.sha256, "stored"),
        station=log.station,
        log=log.log,
        name=name,
        place=place,
        size=stored.size,
        sha256=stored.sha256,
        stored_at=ports.clock(),
    )
    try:
        await ports.publisher.publish(record)
    except Outage as outage:
        raise not_published(outage, "file") from outage  # the station tries again, and gets another place


async def _find_log(ports: Ports, log: str) -> Log | None:
    try:
        return await ports.reads.log(log)
    except Outage:
        return None  # the command is known, and says what the log is


def _requested(command: CommandView, data: AskForLog) -> Log:
    """What the log is by its command alone, before the service has said it."""
    at = command.requested_at
    assert at is not None, "a command that was just sent has its request"
    status: LogStatus = "requested"
    if command.outcome != PENDING:
        status = status_answered(command.outcome, command.detail, sent=command.sent)
    return Log(
        log=command.command_id,
        station=command.station,
        type=data.type,
        status=status,
        detail=command.detail or command.error_code,
        file=_announced(command.response),
        place="",
        size=0,
        sha256="",
        requested_at=at,
        requested_by=command.requested_by,
        ended_at=None if status in OPEN else command.settled_at,
        changed_at=command.settled_at or at,
    )


def _announced(response: Any) -> str:
    names = msgspec.convert(response, dict[str, Any]) if isinstance(response, dict) else {}
    return str(names.get("filename") or names.get("fileName") or "")
