"""Stations: keeps a snapshot of each station (connection, boot, connectors, provisioning), and decides on boots."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.base import Poison, Record, derived_id
from schemas.commands import CredentialReported
from schemas.operators import DEFAULT_TENANT
from schemas.states.stations import CredentialState, StationState
from schemas.stations import (
    MAX_CONNECTORS,
    REGISTRATION_OF_UNKNOWN,
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
    StationsUnknown,
)
from services.stations.admissions import with_admission
from services.stations.credentials import apply_report, note_used, set_by_operator
from services.stations.errors import error_events
from services.stations.profiles import allowed, raised

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""The time of a snapshot that was never published."""

SEEN_AFTER = timedelta(minutes=5)
"""A snapshot with only a later last-seen time is published at most this often."""

LATE_AT_MOST = timedelta(days=1)
"""A status older than this at its arrival is not late: the station's clock is wrong."""

SNAPSHOT_STEP = timedelta(milliseconds=1)
"""Least time between snapshots of one station, so that projections which order them by time never tie."""


CERTIFIED = 3
"""The security profile of a connection with a client certificate that is the station's."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The policy for boots. `unknown_certified`: of unknown stations with a client certificate; None: as of others."""

    unknown: StationsUnknown = "park"
    unknown_certified: StationsUnknown | None = None
    heartbeat_interval_s: int = 300
    retry_interval_s: int = 60

    def of_unknown(self, now: StationChanged) -> RegistrationStatus:
        """What a station that nobody provisioned is, by its newest connection."""
        of_certified = self.unknown_certified if now.security_profile == CERTIFIED else None
        return REGISTRATION_OF_UNKNOWN[of_certified or self.unknown]


def initial(key: str) -> StationState:
    """The state of a new station."""
    return StationState(now=StationChanged(id="", station=key, revision=0, changed_at=NEVER))


def due(state: StationState) -> datetime | None:
    """None: this service has no due times."""
    return None


def step(  # noqa: PLR0911 a flat match over the records
    state: StationState, record: Record, policy: Policy
) -> tuple[StationState, list[Record]]:
    """Apply one record; publish the station when it changed, and answer a boot, also a repeated one."""
    match record:
        case StationConnected():
            return _publish(state, _connect(state, record), record.id, record.at)
        case StationDisconnected():
            return _publish(state, _disconnect(state, record), record.id, record.at)
        case StationSeen():
            seen = _see(state, record.gateway, record.epoch, record.at)
            return _publish(state, seen, record.id, record.at)
        case ConnectorStatusReported():
            after, outputs = _publish(state, _set_status(state, record), record.id, record.received_at)
            return after, [*outputs, *error_events(state.now, after.now, record)]
        case StationBooted():
            after, outputs = _publish(state, _boot(state, record, policy), record.id, record.received_at)
            return after, [*outputs, _decide_boot(after, record, policy)]
        case StationProvisioned():
            cause = derived_id(record.station, "provisioned", record.provisioned_at.isoformat())
            return _publish(state, _provision(state, record), cause, record.provisioned_at)
        case CredentialReported():
            after = replace(state, credentials=apply_report(state.credentials, record))
            return _publish(state, after, record.id, record.at)
        case StationRemoved():
            cause = derived_id(record.station, "removed", record.removed_at.isoformat())
            return _publish(state, _remove(state, record, policy), cause, record.removed_at)
    raise Poison(f"stations has no use for a {type(record).__name__}")


# -- connections ------------------------------------------------------------------------------------------------------


def _connect(state: StationState, record: StationConnected) -> StationState:
    if record.epoch <= state.now.epoch:
        return state
    after = _now(
        state,
        connected=True,
        gateway=record.gateway,
        epoch=record.epoch,
        version=record.version,
        remote_address=record.remote_address,
        removed=False,
        credential=record.credential,
        connected_at=record.at,
        seen_at=_latest(state.now.seen_at, record.at),
        security_profile=record.security_profile,
    )
    return replace(
        after,
        credentials=note_used(after.credentials, record.credential, record.at),
        highest_profile=raised(state.highest_profile, record.security_profile),
    )


def _disconnect(state: StationState, record: StationDisconnected) -> StationState:
    newer = record.epoch > state.now.epoch
    if not newer and not (record.epoch == state.now.epoch and state.now.connected):
        return state
    return _now(state, connected=False, gateway=record.gateway, epoch=record.epoch, disconnected_at=record.at)


def _see(state: StationState, gateway: str, epoch: int, at: datetime) -> StationState:
    """The station has sent something; on an unknown connection this shows that the connection exists."""
    if epoch > state.now.epoch:
        shown: dict[str, Any] = {
            "security_profile": None,
            "removed": False,
            "connected_at": at,
        }  # what it proved is not known
        state = _now(state, connected=True, gateway=gateway, epoch=epoch, **shown)
    return _now(state, seen_at=_latest(state.now.seen_at, at))


# -- boots ------------------------------------------------------------------------------------------------------------


def _boot(state: StationState, boot: StationBooted, policy: Policy) -> StationState:
    epoch = boot.reply_to.epoch
    seen = _see(state, boot.reply_to.gateway, epoch, boot.received_at)
    if state.now.booted_at is not None and (epoch, boot.received_at) <= (state.booted_epoch, state.now.booted_at):
        return seen  # older than the known boot, or a repeat
    before = seen.now
    booted = _now(
        seen,
        version=boot.version,
        vendor=boot.vendor,
        model=boot.model,
        serial_number=boot.serial_number,
        firmware_version=boot.firmware_version,
        registration=before.registration if before.provisioned else policy.of_unknown(before),
        removed=False,
        booted_at=boot.received_at,
        boot_reason=boot.reason,
    )
    return replace(booted, booted_epoch=epoch)


def _decide_boot(state: StationState, boot: StationBooted, policy: Policy) -> BootDecided:
    """B01-B03: the provisioned registration, else the policy for unknown stations."""
    now = state.now
    status = now.registration if now.provisioned and now.registration else policy.of_unknown(now)
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


def _set_status(state: StationState, report: ConnectorStatusReported) -> StationState:
    state = _now(state, seen_at=_latest(state.now.seen_at, report.received_at))
    reported_state = _credible_state(report)
    current = next((c for c in state.now.connectors if _place(c) == _place(reported_state)), None)
    if current is not None and _older(reported_state, current):
        return state  # a late report of an older status
    if current is None and len(state.now.connectors) >= MAX_CONNECTORS:
        return state
    others = (c for c in state.now.connectors if c is not current)
    return _now(state, connectors=tuple(sorted((*others, reported_state), key=_place)))


def _credible_state(report: ConnectorStatusReported) -> ConnectorState:
    """The status with a credible time: a time in the future or more than a day ago comes from a wrong clock."""
    plausible = report.received_at - LATE_AT_MOST <= report.at <= report.received_at
    return ConnectorState(
        evse=report.evse,
        connector=report.connector if report.evse else 0,
        status=report.status,
        detail=report.detail,
        error_code=report.error_code,
        info=report.info,
        at=report.at if plausible else report.received_at,
        at_source=report.at_source if plausible else "gateway",
        received_at=report.received_at,
        vendor_id=report.vendor_id,
        vendor_error_code=report.vendor_error_code,
    )


def _place(connector: ConnectorState) -> tuple[int, int]:
    return connector.evse, connector.connector


def _older(one: ConnectorState, other: ConnectorState) -> bool:
    """Whether one status is before the other.

    If both have credible times of the station, these are compared in the coarser of their resolutions, so that whole seconds do not
    lose to microseconds of the same second; equal times are compared by arrival. Otherwise arrivals are compared.
    """
    arrivals = (one.received_at or one.at) < (other.received_at or other.at)
    if "gateway" in (one.at_source, other.at_source):
        return arrivals
    step = max(_step(one.at), _step(other.at))
    before, after = (at.replace(microsecond=at.microsecond // step * step) for at in (one.at, other.at))
    return before < after or (before == after and arrivals)


def _step(at: datetime) -> int:
    """The resolution of a clock in microseconds, as far as one of its times shows: seconds, milliseconds, or microseconds."""
    return next(step for step in (1_000_000, 1_000, 1) if at.microsecond % step == 0)


# -- provisioning -----------------------------------------------------------------------------------------------------


def _provision(state: StationState, record: StationProvisioned) -> StationState:
    if state.provisioned_at is not None and record.provisioned_at < state.provisioned_at:
        return state
    after = _now(
        state,
        provisioned=True,
        removed=False,
        registration=record.registration,
        site=record.site,
        labels=record.labels,
        tenant=record.tenant,
        heartbeat_interval_s=record.heartbeat_interval_s,
    )
    return replace(
        after,
        provisioned_at=record.provisioned_at,
        credentials=set_by_operator(state.credentials, record.password_hash, record.provisioned_at),
        highest_profile=allowed(state.highest_profile, record.min_security_profile),
    )


def _remove(state: StationState, record: StationRemoved, policy: Policy) -> StationState:
    provisioned_at = state.provisioned_at
    if provisioned_at is not None and (
        record.removed_at < provisioned_at or (record.removed_at == provisioned_at and not state.now.provisioned)
    ):
        return state  # older than the known provisioning, or a repeat: a station that reconnected since stays
    after = _now(
        state,
        provisioned=False,
        removed=True,
        registration=policy.of_unknown(state.now) if state.now.booted_at else None,
        site="",
        labels={},
        tenant=DEFAULT_TENANT,
        heartbeat_interval_s=None,
    )
    return replace(after, provisioned_at=record.removed_at, credentials=CredentialState(), highest_profile=0)


# -- snapshots --------------------------------------------------------------------------------------------------------


def _publish(before: StationState, after: StationState, cause: str, at: datetime) -> tuple[StationState, list[Record]]:
    """Publish the station if it changed significantly, or if its last-seen time is much later than the published one."""
    if after.now.credential_since != after.credentials.since:
        after = _now(after, credential_since=after.credentials.since)
    after, admissions = with_admission(after, cause, at)
    if _significant(before.now) == _significant(after.now) and not _seen_long_after(after):
        return after, admissions
    snapshot = replace(
        after.now,
        id=derived_id(cause, "station-changed"),
        revision=before.now.revision + 1,
        changed_at=max(at, before.now.changed_at + SNAPSHOT_STEP),
    )
    return replace(after, now=snapshot, published_seen_at=snapshot.seen_at), [*admissions, snapshot]


def _significant(now: StationChanged) -> StationChanged:
    """The snapshot without insignificant members: when it was last seen, and when a status was repeated."""
    timeless = tuple(replace(c, at=NEVER, received_at=None) for c in now.connectors)
    return replace(now, seen_at=None, connectors=timeless)


def _seen_long_after(state: StationState) -> bool:
    seen, published = state.now.seen_at, state.published_seen_at
    return seen is not None and (published is None or seen - published >= SEEN_AFTER)


def _now(state: StationState, **changes: Any) -> StationState:
    return replace(state, now=replace(state.now, **changes))


def _latest(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
