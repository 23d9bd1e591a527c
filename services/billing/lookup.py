"""Lookup: what reference data say of a session: where it charged, and by which tariff. PURE."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from schemas.base import Record
from schemas.stations import StationProvisioned
from schemas.tariffs import Tariff, TariffAssigned, TariffUnassigned
from schemas.topics import REF_STATIONS, REF_TARIFF_ASSIGNMENTS, REF_TARIFFS
from schemas.transactions import SessionChanged
from services.billing.issuing import Site
from services.billing.localtime import zone_of
from services.billing.tariff import Place, first_valid, targets, versions_of

References = Mapping[str, Mapping[str, Record]]
"""The newest record of each key, by the topic's name."""

REFERENCES = (REF_STATIONS, REF_TARIFFS, REF_TARIFF_ASSIGNMENTS)
"""The reference topics that billing looks things up in."""


def site_of(references: References, station: str, default: ZoneInfo) -> Site:
    """Where a station stands; what nobody provisioned stands at no site, in the default zone."""
    known = references[REF_STATIONS.name].get(station)
    if not isinstance(known, StationProvisioned):
        return Site("", default)
    return Site(known.site, zone_of(known.time_zone) or default)


def tariff_for(references: References, snapshot: SessionChanged, site: Site) -> Tariff | None:
    """The tariff of a session: of the most particular assignment that has one valid when it started (see `targets`).

    What was assigned then counts; for a session that had none then, what is assigned now.
    """
    place = Place(snapshot.station, site.name, snapshot.evse, snapshot.connector, snapshot.token)
    known = [references[REF_TARIFF_ASSIGNMENTS.name].get(target) for target in targets(place)]
    for tariffs in (*(_assigned_at(record, snapshot.started_at) for record in known), *map(_assigned_now, known)):
        found = first_valid(_provisioned(references, tariffs), snapshot.started_at) if tariffs else None
        if found is not None:
            return found
    return None


def _assigned_now(record: Record | None) -> tuple[str, ...]:
    return record.tariffs if isinstance(record, TariffAssigned) else ()


def _assigned_at(record: Record | None, at: datetime) -> tuple[str, ...]:
    """What a target's record says of a moment; nothing where that was before all it tells of."""
    match record:
        case TariffAssigned() if record.assigned_at <= at:
            return record.tariffs
        case TariffAssigned() | TariffUnassigned():
            before = (earlier.tariffs for earlier in record.earlier if earlier.since <= at)
            return () if isinstance(record, TariffUnassigned) and record.removed_at <= at else next(before, ())
    return ()


def version_of(references: References, tariff: str, version: int | None) -> Tariff | None:
    """One version of a tariff; None where it is not known any more."""
    return next(
        (known for known in versions_of(references[REF_TARIFFS.name].get(tariff)) if known.version == version), None
    )


def _provisioned(references: References, tariffs: tuple[str, ...]) -> Iterator[Record | None]:
    return (references[REF_TARIFFS.name].get(tariff) for tariff in tariffs)
