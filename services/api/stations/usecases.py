"""Use cases of stations: find, provision, remove. Routes and pages call them."""

import asyncio
import secrets
from collections.abc import Mapping

import msgspec

from schemas.base import Record
from schemas.credentials import certificate_number, hash_password
from schemas.ids import folded
from schemas.operators import DEFAULT_TENANT
from schemas.stations import REF_STATIONS, STATION_STATES, StationChanged, StationProvisioned, StationRemoved
from services.api.ports import Ports
from services.api.stations.checks import evses, station_id, time_zone, usable_password
from services.api.stations.rows import (
    ProvisionStation,
)
from services.api.stations.views import StationDetails, details_of, never_seen, provisioned, station_of
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.problems import invalid, not_found
from services.runtime.process.outage import Outage

SALT_BYTES = 16

Names = Mapping[str, str]


async def save_station(
    ports: Ports,
    station: str,
    data: ProvisionStation,
    *,
    given: Condition = WHATEVER,
    dry_run: bool = False,
    names: Names | None = None,
) -> StationProvisioned:
    """Have the operator's word on a station stand; `dry_run`: only check it. `names`: those of all stations, where the caller has them.

    Raises Problem, Outage.
    """
    zone, new_hash = time_zone(data.time_zone), await _new_hash(data, dry_run=dry_run)

    async def made(before: Record | None) -> StationProvisioned:
        password_hash = before.password_hash if isinstance(before, StationProvisioned) else ""
        if not isinstance(before, StationProvisioned):
            _require_new_id(names_of(ports) if names is None else names, station)
        return StationProvisioned(
            station=station,
            registration=data.registration,
            password_hash=password_hash if new_hash is None else new_hash,
            credential_needed=data.credential_needed,
            site=data.site,
            time_zone=zone,
            labels=data.labels,
            tenant=_tenant(ports, data, before),
            heartbeat_interval_s=data.heartbeat_interval_s,
            evses=evses(data.evses),
            min_security_profile=data.min_security_profile,
            certificates=tuple(map(certificate_number, data.certificates)),
            expired_certificate=data.expired_certificate,
            provisioned_at=ports.clock(),
            provisioned_by=ports.principal.name,
        )

    return await changed(ports, REF_STATIONS, station, made, given=given, dry_run=dry_run)


def names_of(ports: Ports) -> Names:
    """How each provisioned station is spelled, by its folded id."""
    provisioned = ports.reference.all(REF_STATIONS).items()
    return {folded(name): name for name, record in provisioned if isinstance(record, StationProvisioned)}


def _tenant(ports: Ports, data: ProvisionStation, before: Record | None) -> str:
    """Whose the station is from now on."""
    if not isinstance(data.tenant, msgspec.UnsetType):
        return data.tenant
    if isinstance(before, StationProvisioned):
        return before.tenant
    own = ports.principal.scope.tenants
    return own[0] if len(own) == 1 else DEFAULT_TENANT


def _require_new_id(names: Names, station: str) -> None:
    """Raises Problem where no station may be called so, or where one is that differs only in the case of letters."""
    other = names.get(folded(station_id(station)), station)
    if other != station:
        raise invalid("station", f"this station is provisioned as {other}: ids are compared without case")


async def _new_hash(data: ProvisionStation, *, dry_run: bool) -> str | None:
    """The hash of a new password, empty for none; None where the one there is stays. A dry run has no hash to show but another one."""
    if data.password is None:
        return ""
    if isinstance(data.password, msgspec.UnsetType):
        return None
    password = usable_password(data.password)
    if dry_run:
        return "new"
    # in a thread: the hash is slow on purpose
    return await asyncio.to_thread(hash_password, password, secrets.token_bytes(SALT_BYTES))


async def remove_station(ports: Ports, station: str, *, given: Condition = WHATEVER) -> None:
    """Forget what was provisioned of a station. Raises Problem, Outage."""

    async def made(_: Record | None) -> StationRemoved:
        if await find_station(ports, station) is None:
            raise not_found(f"No station {station!r} has connected or been provisioned.")
        return StationRemoved(station=station, removed_at=ports.clock(), removed_by=ports.principal.name)

    await changed(ports, REF_STATIONS, station, made, given=given)


async def find_station(ports: Ports, station: str) -> StationDetails | None:
    """The station as it is now, with its provisioning; None for an unknown or removed station.

    One that others were told of a moment ago is known here too: what is on Kafka now is read before it is said to be unknown.
    """
    if ports.reference.get(STATION_STATES, station) is None:
        await ports.reference.caught_up()
    record = ports.reference.get(REF_STATIONS, station)
    assert record is None or isinstance(record, StationProvisioned | StationRemoved)
    try:
        current = await current_state(ports, station)
    except Outage:
        if not isinstance(record, StationProvisioned):
            raise
        current = (
            None  # provisioned, and no service has spoken of it since Kafka remembers: it can be asked all the same
        )
    if current is None:
        return never_seen(record) if isinstance(record, StationProvisioned) else None
    found = provisioned(current, record)
    return None if found.removed and not found.connected else found


async def current_state(ports: Ports, station: str) -> StationDetails | None:
    """The station's state without what is provisioned: live, or from the history. Raises Outage."""
    live = ports.reference.get(STATION_STATES, station)
    if isinstance(live, StationChanged):
        return station_of(live)
    row = await ports.reads.station(station)
    return None if row is None else details_of(row)


async def known_station(ports: Ports, station: str) -> StationDetails:
    """The station as it is now. Raises Problem: 404 for one that has neither connected nor been provisioned."""
    found = await find_station(ports, station)
    if found is None:
        raise not_found(f"No station {station!r} has connected or been provisioned.")
    return found
