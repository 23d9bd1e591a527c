"""Tariff choice: which tariffs an assignment names, and which version of which tariff applies at a moment. PURE."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from schemas.authorization import IdToken
from schemas.base import Record
from schemas.operators import DEFAULT_TENANT, reaches
from schemas.tariffs import (
    DEFAULT_TARGET,
    REF_TARIFF_ASSIGNMENTS,
    REF_TARIFFS,
    Tariff,
    TariffAssigned,
    TariffProvisioned,
    TariffRemoved,
    TariffUnassigned,
    connector_target,
    default_target,
    site_target,
    station_target,
    token_target,
)


class Place(NamedTuple):
    """The token and place of a session; `tenant`: whose the station is."""

    station: str
    site: str = ""
    evse: int | None = None
    connector: int | None = None
    token: IdToken | None = None
    tenant: str = DEFAULT_TENANT


def targets(place: Place) -> list[str]:
    """The assignment targets that apply to a session, the most specific first."""
    found = [token_target(place.token.value)] if place.token is not None and place.token.value.strip() else []
    if place.evse is not None:
        found.append(connector_target(place.station, place.evse, place.connector or 1))
    found.append(station_target(place.station))
    if place.site:
        found += [site_target(place.site, place.tenant), site_target(place.site)]
    return [*found, default_target(place.tenant), DEFAULT_TARGET]


def versions_of(record: Record | None) -> tuple[Tariff, ...]:
    """The known versions of a tariff, the newest first."""
    match record:
        case TariffProvisioned():
            return (record.current, *record.earlier)
        case TariffRemoved():
            return record.earlier
    return ()


def version_at(record: Record | None, started_at: dt.datetime) -> Tariff | None:
    """The version in force at a start: the newest one of that time, or the oldest known; None where the tariff was removed before."""
    versions = versions_of(record)
    if not versions or (isinstance(record, TariffRemoved) and record.removed_at <= started_at):
        return None
    return next((version for version in versions if version.provisioned_at <= started_at), versions[-1])


def is_valid_at(tariff: Tariff, started_at: dt.datetime) -> bool:
    """Whether sessions that start then may be rated by it: from start_date_time until before end_date_time."""
    start, end = tariff.start_date_time, tariff.end_date_time
    return (start is None or start <= started_at) and (end is None or started_at < end)


def first_valid(candidates: Iterable[Record | None], started_at: dt.datetime, tenant: str) -> Tariff | None:
    """The first of several tariffs that is valid for a session that starts then at a station of the tenant."""
    versions = (version_at(candidate, started_at) for candidate in candidates)
    valid = (version for version in versions if version is not None and is_valid_at(version, started_at))
    return next((version for version in valid if reaches(version.tenant, tenant)), None)


def present_tariffs(record: Record | None) -> tuple[str, ...]:
    """The tariffs that are assigned to a target now, the first choice first; none where it has none of its own."""
    return record.tariffs if isinstance(record, TariffAssigned) else ()


def tariffs_at(record: Record | None, at: dt.datetime) -> tuple[str, ...]:
    """The tariffs assigned to a target at a moment; none before its first known assignment."""
    match record:
        case TariffAssigned() if record.assigned_at <= at:
            return record.tariffs
        case TariffAssigned() | TariffUnassigned():
            before = (earlier.tariffs for earlier in record.earlier if earlier.since <= at)
            return () if isinstance(record, TariffUnassigned) and record.removed_at <= at else next(before, ())
    return ()


def present_tariff(
    references: Mapping[str, Mapping[str, Record]], targets: Iterable[str], at: dt.datetime, *, tenant: str
) -> Tariff | None:
    """The tariff of a session that would start at `at` at a station of the tenant: of the first of these targets with one valid then, in
    its newest version. `references`: assignments and tariffs by their topics' names."""
    assignments, tariffs = references[REF_TARIFF_ASSIGNMENTS.name], references[REF_TARIFFS.name]
    for target in targets:
        for name in present_tariffs(assignments.get(target)):
            record = tariffs.get(name)
            if not isinstance(record, TariffProvisioned) or not reaches(record.tenant, tenant):
                continue
            if is_valid_at(record.current, at):
                return record.current
    return None
