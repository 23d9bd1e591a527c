"""Tariff choice: which tariffs an assignment names, and which version of which tariff applies at a moment. PURE."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from schemas.authorization import IdToken
from schemas.base import Record
from schemas.tariffs import (
    DEFAULT_TARGET,
    Tariff,
    TariffAssigned,
    TariffProvisioned,
    TariffRemoved,
    TariffUnassigned,
    connector_target,
    site_target,
    station_target,
    token_target,
)


class Place(NamedTuple):
    """The token and place of a session."""

    station: str
    site: str = ""
    evse: int | None = None
    connector: int | None = None
    token: IdToken | None = None


def targets(place: Place) -> list[str]:
    """The assignment targets that apply to a session, the most specific first."""
    found = [token_target(place.token.value)] if place.token is not None and place.token.value.strip() else []
    if place.evse is not None:
        found.append(connector_target(place.station, place.evse, place.connector or 1))
    found.append(station_target(place.station))
    if place.site:
        found.append(site_target(place.site))
    return [*found, DEFAULT_TARGET]


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


def first_valid(candidates: Iterable[Record | None], started_at: dt.datetime) -> Tariff | None:
    """The first of several tariffs that is valid for a session that starts then."""
    versions = (version_at(candidate, started_at) for candidate in candidates)
    return next((version for version in versions if version is not None and is_valid_at(version, started_at)), None)


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
    assignments: Mapping[str, Record], tariffs: Mapping[str, Record], targets: Iterable[str], at: dt.datetime
) -> Tariff | None:
    """The tariff of a session that would start at `at`: of the first of these targets with one valid then, in its newest version."""
    for target in targets:
        for name in present_tariffs(assignments.get(target)):
            record = tariffs.get(name)
            if isinstance(record, TariffProvisioned) and is_valid_at(record.current, at):
                return record.current
    return None
