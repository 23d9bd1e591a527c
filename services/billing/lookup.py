"""Lookup: finds the site and the tariff of a session in reference data. PURE."""

from collections.abc import Iterator, Mapping
from zoneinfo import ZoneInfo

from schemas.base import Record
from schemas.flows import flow
from schemas.stations import REF_STATIONS, StationProvisioned, tenant_of
from schemas.tariffchoice import Place, first_valid, present_tariffs, targets, tariffs_at, versions_of
from schemas.tariffs import REF_TARIFF_ASSIGNMENTS, REF_TARIFFS, Tariff
from schemas.transactions import SessionChanged
from services.billing.issuing import Site
from services.billing.localtime import zone_of

References = Mapping[str, Mapping[str, Record]]
"""The newest record of each key, by the topic's name."""

REFERENCES = flow("billing").references
"""The reference topics of billing."""


def site_of(references: References, station: str, default: ZoneInfo) -> Site:
    """The site of a station; one that is not provisioned has no site and the default zone."""
    station_record = references[REF_STATIONS.name].get(station)
    if not isinstance(station_record, StationProvisioned):
        return Site("", default, tenant_of(station_record))
    return Site(station_record.site, zone_of(station_record.time_zone) or default, station_record.tenant)


def tariff_for(references: References, snapshot: SessionChanged, site: Site) -> Tariff | None:
    """The tariff of a session: of the most specific assignment with a tariff valid at its start (see `targets`).

    Assignments at its start count; if there was none, the present ones.
    """
    place = Place(snapshot.station, site.name, snapshot.evse, snapshot.connector, snapshot.token, site.tenant)
    assignments = [references[REF_TARIFF_ASSIGNMENTS.name].get(target) for target in targets(place)]
    for tariffs in (
        *(tariffs_at(record, snapshot.started_at) for record in assignments),
        *map(present_tariffs, assignments),
    ):
        found = _records_of(references, tariffs)
        tariff = first_valid(found, snapshot.started_at, site.tenant) if tariffs else None
        if tariff is not None:
            return tariff
    return None


def version_of(references: References, tariff: str, version: int | None) -> Tariff | None:
    """One version of a tariff; None where it is not kept any more."""
    return next(
        (each for each in versions_of(references[REF_TARIFFS.name].get(tariff)) if each.version == version), None
    )


def _records_of(references: References, tariffs: tuple[str, ...]) -> Iterator[Record | None]:
    return (references[REF_TARIFFS.name].get(tariff) for tariff in tariffs)
