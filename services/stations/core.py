"""Stations: which are known, whether they are connected, what their connectors say, and what a boot is answered."""

from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import msgspec
from msgspec.structs import replace

from schemas.base import Poison, Record, derived_id
from schemas.stations import (
    MAX_CONNECTORS,
    BootDecided,
    ConnectorState,
    ConnectorStatusReported,
    RegistrationStatus,
    StationBooted,
    StationChanged,
    StationConnected,
    StationDisconnected,
    StationProvisioned,
    StationRemoved,
    StationSeen,
    StationState,
)

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of a snapshot that was never published."""

SEEN_AFTER = timedelta(minutes=5)
"""A snapshot that would tell nothing new but a later last-seen time is published at most so often."""

LATE_AT_MOST = timedelta(days=1)
"""A status older than this when it comes is no late report: the station's clock is wrong."""

SNAPSHOT_STEP = timedelta(milliseconds=1)
"""Snapshots of one station are at least so far apart, so that projections that order them by time never tie."""

UNKNOWN: dict[str, RegistrationStatus] = {"accept": "Accepted", "park": "Pending", "refuse": "Rejected"}
"""What a station that nobody provisioned is told, by policy."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """What the deployment says about boots."""

    unknown: Literal["accept", "park", "refuse"] = "park"
    heartbeat_interval_s: int = 300
    retry_interval_s: int = 60


def initial(key: str) -> StationState:
    """A station nobody has heard of."""
    return StationState(now=StationChanged(id="", station=key, revision=0, changed_at=NEVER))


def due(state: StationState) -> datetime | None:
    """Stations never wait for a moment in time."""
    return None


def step(  # noqa: PLR0911 a flat match over the records
    state: StationState, record: Record, policy: Policy
) -> tuple[StationState, list[Record]]:
    """Apply one record; publish the station when it changed, and answer a boot, also a repeated one."""
    match record:
        case StationConnected():
            return _published(state, _connected(state, record), record.id, record.at)
        case StationDisconnected():
            return _published(state, _disconnected(state, record), record.id, record.at)
        case StationSeen():
            heard = _heard(state, record.gateway, record.epoch, record.at)
            return _published(state, heard, record.id, record.at)
        case ConnectorStatusReported():
            return _published(state, _status_reported(state, record), record.id, record.received_at)
        case StationBooted():
            after, outputs = _published(state, _booted(state, record, policy), record.id, record.received_at)
            return after, [*outputs, _decided(after, record, policy)]
        case StationProvisioned():
            cause = derived_id(record.station, "provisioned", record.provisioned_at.isoformat())
            return _published(state, _provisioned(state, record), cause, record.provisioned_at)
        case StationRemoved():
            cause = derived_id(record.station, "removed", record.removed_at.isoformat())
            return _published(state, _removed(state, record, policy), cause, record.removed_at)
    raise Poison(f"stations has no use for a {type(record).__name__}")


# -- connections ------------------------------------------------------------------------------------------------------


def _connected(state: StationState, record: StationConnected) -> StationState:
    if record.epoch <= state.now.epoch:
        return state
    return _now(
        state,
        connected=True,
        gateway=record.gateway,
        epoch=record.epoch,
        version=record.version,
        remote_address=record.remote_address,
        removed=False,
        connected_at=record.at,
        seen_at=_latest(state.now.seen_at, record.at),
    )


def _disconnected(state: StationState, record: StationDisconnected) -> StationState:
    newer = record.epoch > state.now.epoch
    if not newer and not (record.epoch == state.now.epoch and state.now.connected):
        return state
    return _now(state, connected=False, gateway=record.gateway, epoch=record.epoch, disconnected_at=record.at)


def _heard(state: StationState, gateway: str, epoch: int, at: datetime) -> StationState:
    """The station spoke; words on a connection we have not heard of tell that it stands."""
    if epoch > state.now.epoch:
        state = _now(state, connected=True, gateway=gateway, epoch=epoch, removed=False, connected_at=at)
    return _now(state, seen_at=_latest(state.now.seen_at, at))


# -- boots ------------------------------------------------------------------------------------------------------------


def _booted(state: StationState, boot: StationBooted, policy: Policy) -> StationState:
    epoch = boot.reply_to.epoch
    heard = _heard(state, boot.reply_to.gateway, epoch, boot.received_at)
    if state.now.booted_at is not None and (epoch, boot.received_at) <= (state.booted_epoch, state.now.booted_at):
        return heard  # older than the boot we know, or the same again
    known = heard.now
    booted = _now(
        heard,
        version=boot.version,
        vendor=boot.vendor,
        model=boot.model,
        serial_number=boot.serial_number,
        firmware_version=boot.firmware_version,
        registration=known.registration if known.provisioned else UNKNOWN[policy.unknown],
        removed=False,
        booted_at=boot.received_at,
    )
    return replace(booted, booted_epoch=epoch)


def _decided(state: StationState, boot: StationBooted, policy: Policy) -> BootDecided:
    """B01-B03: the provisioned registration wins, the policy for unknown stations says the rest."""
    now = state.now
    status = now.registration if now.provisioned and now.registration else UNKNOWN[policy.unknown]
    heartbeat_s = policy.heartbeat_interval_s if now.heartbeat_interval_s is None else now.heartbeat_interval_s
    return BootDecided(
        id=derived_id(boot.id, "boot-decided"),
        station=boot.station,
        reply_to=boot.reply_to,
        status=status,
        interval_s=heartbeat_s if status == "Accepted" else policy.retry_interval_s,
        reason="" if now.provisioned else "the station is not provisioned",
    )


# -- connectors -------------------------------------------------------------------------------------------------------


def _status_reported(state: StationState, report: ConnectorStatusReported) -> StationState:
    state = _now(state, seen_at=_latest(state.now.seen_at, report.received_at))
    told = _told(report)
    known = next((c for c in state.now.connectors if _place(c) == _place(told)), None)
    if known is not None and _order(told) < _order(known):
        return state  # a late report of an older status
    if known is None and len(state.now.connectors) >= MAX_CONNECTORS:
        return state
    others = (c for c in state.now.connectors if c is not known)
    return _now(state, connectors=tuple(sorted((*others, told), key=_place)))


def _told(report: ConnectorStatusReported) -> ConnectorState:
    """The status as believed: no status is of the future, and none is a day late; such times come from wrong clocks."""
    plausible = report.received_at - LATE_AT_MOST <= report.at <= report.received_at
    return ConnectorState(
        evse=report.evse,
        connector=report.connector if report.evse else 0,
        status=report.status,
        detail=report.detail,
        error_code=report.error_code,
        info=report.info,
        at=report.at if plausible else report.received_at,
        received_at=report.received_at,
    )


def _place(connector: ConnectorState) -> tuple[int, int]:
    return connector.evse, connector.connector


def _order(connector: ConnectorState) -> tuple[datetime, datetime]:
    """Stations with clocks of whole seconds report twice in one: then the order of arrival counts."""
    return connector.at, connector.received_at or connector.at


# -- provisioning -----------------------------------------------------------------------------------------------------


def _provisioned(state: StationState, record: StationProvisioned) -> StationState:
    if state.provisioned_at is not None and record.provisioned_at < state.provisioned_at:
        return state
    after = _now(
        state,
        provisioned=True,
        removed=False,
        registration=record.registration,
        site=record.site,
        labels=record.labels,
        heartbeat_interval_s=record.heartbeat_interval_s,
    )
    return replace(after, provisioned_at=record.provisioned_at)


def _removed(state: StationState, record: StationRemoved, policy: Policy) -> StationState:
    known_at = state.provisioned_at
    if known_at is not None and (
        record.removed_at < known_at or (record.removed_at == known_at and not state.now.provisioned)
    ):
        return state  # older than what we know, or the same again: a station that came back since stays
    after = _now(
        state,
        provisioned=False,
        removed=True,
        registration=UNKNOWN[policy.unknown] if state.now.booted_at else None,
        site="",
        labels={},
        heartbeat_interval_s=None,
    )
    return replace(after, provisioned_at=record.removed_at)


# -- snapshots --------------------------------------------------------------------------------------------------------


def _published(
    before: StationState, after: StationState, cause: str, at: datetime
) -> tuple[StationState, list[Record]]:
    """Publish the station if something that matters changed, or if it was last seen long after we last said so."""
    if _matter(before.now) == _matter(after.now) and not _seen_long_after(after):
        return after, []
    snapshot = replace(
        after.now,
        id=derived_id(cause, "station-changed"),
        revision=before.now.revision + 1,
        changed_at=max(at, before.now.changed_at + SNAPSHOT_STEP),
    )
    return replace(after, now=snapshot, published_seen_at=snapshot.seen_at), [snapshot]


def _matter(now: StationChanged) -> StationChanged:
    """The station without what may wait: when it was last seen, and when a status was repeated."""
    timeless = tuple(replace(c, at=NEVER, received_at=None) for c in now.connectors)
    return replace(now, seen_at=None, connectors=timeless)


def _seen_long_after(state: StationState) -> bool:
    seen, published = state.now.seen_at, state.published_seen_at
    return seen is not None and (published is None or seen - published >= SEEN_AFTER)


def _now(state: StationState, **changes: Any) -> StationState:
    return replace(state, now=replace(state.now, **changes))


def _latest(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
