"""Views: live records as the same rows that the history gives, so that callers see one form. PURE."""

from typing import Any

import msgspec

from schemas.commands import Command, CommandRequested, CommandSettled
from schemas.stations import StationChanged, StationProvisioned, StationRemoved
from schemas.transactions import SessionChanged
from services.api.memory import Remembered
from services.api.readmodel import CommandView, Session, Station

PENDING = "pending"


class StationDetails(Station, frozen=True, kw_only=True):
    """A station as it is now, with what the operator provisioned; the password itself is never told."""

    has_password: bool = False
    time_zone: str = ""


class ConnectorChange(msgspec.Struct, frozen=True, kw_only=True):
    """A connector whose status has changed."""

    station: str
    evse: int
    connector: int
    status: str
    detail: str
    error_code: str
    at: Any


def station_of(changed: StationChanged) -> StationDetails:
    """A station's state as a row."""
    return msgspec.convert(changed, StationDetails, from_attributes=True)


def details_of(row: Station) -> StationDetails:
    """A row of the history with room for what is provisioned."""
    return msgspec.convert(row, StationDetails, from_attributes=True)


def provisioned(station: StationDetails, known: StationProvisioned | StationRemoved | None) -> StationDetails:
    """The station with the newest reference data laid over it: callers read their own writes."""
    match known:
        case StationProvisioned():
            return msgspec.structs.replace(
                station,
                provisioned=True,
                removed=False,
                registration=known.registration,
                site=known.site,
                time_zone=known.time_zone,
                labels=known.labels,
                heartbeat_interval_s=known.heartbeat_interval_s,
                has_password=bool(known.password_hash),
            )
        case StationRemoved():
            return msgspec.structs.replace(station, provisioned=False, removed=True, has_password=False)
    return station


def never_seen(known: StationProvisioned) -> StationDetails:
    """A station that is provisioned and that no service has spoken of yet."""
    nothing = StationChanged(id="", station=known.station, revision=0, changed_at=known.provisioned_at)
    return provisioned(station_of(nothing), known)


def connector_changes(before: StationChanged | None, after: StationChanged) -> list[ConnectorChange]:
    """The connectors that differ between two states of a station."""
    known = set(before.connectors) if before is not None else set()
    return [
        ConnectorChange(
            station=after.station,
            evse=connector.evse,
            connector=connector.connector,
            status=connector.status,
            detail=connector.detail,
            error_code=connector.error_code,
            at=connector.at,
        )
        for connector in after.connectors
        if connector not in known
    ]


def session_of(changed: SessionChanged) -> Session:
    """A session's state as a row."""
    fields = {name: getattr(changed, name) for name in Session.__struct_fields__ if name not in {"token", "token_type"}}
    token = changed.token
    return Session(**fields, token=token.value if token else None, token_type=token.type if token else "")


def command_name(command: Command) -> str:
    """The name by which a command is asked for."""
    return str(command.__struct_config__.tag)


def arguments_of(command: Command) -> dict[str, Any]:
    """A command's arguments as its caller gave them."""
    arguments: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(command))
    del arguments["command"]
    return arguments


def command_of(remembered: Remembered) -> CommandView:
    """A recent command as a row; empty members where only its outcome was heard."""
    settled = remembered.settled
    if remembered.request is not None:
        return with_outcome(requested(remembered.request), settled)
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
        priority=None,
        when_offline="",
        requested_by="",
        requested_at=None,
        expires_at=None,
        cancel_requested_at=None,
        settled_at=None,
    )


def with_outcome(view: CommandView, settled: CommandSettled | None) -> CommandView:
    """The command with an outcome that was heard since."""
    if settled is None:
        return view
    return msgspec.structs.replace(
        view,
        outcome=settled.outcome,
        response=msgspec.json.decode(settled.response),
        error_code=settled.error_code,
        detail=settled.detail,
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
        priority=request.priority,
        when_offline=request.when_offline,
        requested_by=request.requested_by,
        requested_at=request.requested_at,
        expires_at=request.expires_at,
        cancel_requested_at=None,
        settled_at=None,
    )
