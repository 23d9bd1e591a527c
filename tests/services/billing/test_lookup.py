"""The site and the tariff of a session, by reference data."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from schemas.base import Record
from schemas.stations import REF_STATIONS, StationProvisioned
from schemas.tariffs import (
    REF_TARIFF_ASSIGNMENTS,
    REF_TARIFFS,
    EarlierAssignment,
    Scope,
    TariffAssigned,
    TariffProvisioned,
    TariffUnassigned,
    default_target,
    site_target,
)
from schemas.transactions import SessionChanged
from services.billing.issuing import Site
from services.billing.lookup import site_of, tariff_for, version_of
from tests.services.billing.building import component, tariff

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
UTC = ZoneInfo("UTC")
SITE = Site("berlin", ZoneInfo("Europe/Berlin"))
SESSION = SessionChanged(
    id="s", session="s", station="A", revision=1, transaction_id="1", status="ended", started_at=NOON, changed_at=NOON
)


def named(name: str) -> TariffProvisioned:
    current = tariff({"price_components": [component("ENERGY", "0.30")]}, label=name)
    return TariffProvisioned(tariff=name, current=current)


def assigned(
    target: str, scope: Scope, *tariffs: str, since: dt.datetime = NOON - DAY, **members: Any
) -> TariffAssigned:
    return TariffAssigned(target=target, scope=scope, tariffs=tariffs, assigned_at=since, **members)


def references(*records: Record, stations: tuple[StationProvisioned, ...] = ()) -> dict[str, dict[str, Record]]:
    return {
        REF_STATIONS.name: {station.station: station for station in stations},
        REF_TARIFFS.name: {name: named(name) for name in ("day", "night")},
        REF_TARIFF_ASSIGNMENTS.name: {record.target: record for record in records},  # type: ignore[attr-defined]
    }


def label(*records: Record) -> str:
    found = tariff_for(references(*records), SESSION, SITE)
    return found.label if found is not None else ""


def test_a_station_that_is_not_provisioned_has_the_default_zone() -> None:
    berlin = StationProvisioned(station="A", site="berlin", time_zone="Europe/Berlin", provisioned_at=NOON)

    assert site_of(references(stations=(berlin,)), "A", UTC) == SITE
    assert site_of(references(), "A", UTC) == Site("", UTC)


def test_the_most_specific_assignment_wins() -> None:
    assert label(assigned("site:berlin", "site", "day"), assigned("station:A", "station", "night")) == "night"
    assert label(assigned("default", "default", "day")) == "day"
    assert label() == ""


def test_a_tenants_site_and_its_default_have_tariffs_of_their_own() -> None:
    theirs = assigned(site_target("berlin", "acme"), "site", "night", tenant="acme")
    common = assigned("site:berlin", "site", "day")
    default = assigned(default_target("acme"), "default", "night", tenant="acme")

    def at(site: Site, *records: Record) -> str:
        found = tariff_for(references(*records), SESSION, site)
        return found.label if found is not None else ""

    acme = SITE._replace(tenant="acme")
    assert (at(acme, theirs, common), at(SITE, theirs, common)) == ("night", "day")
    assert (at(acme, default), at(SITE, default)) == ("night", "")


def test_an_assignment_without_a_known_tariff_is_passed_over() -> None:
    assert label(assigned("station:A", "station", "gone"), assigned("default", "default", "day")) == "day"


def test_what_was_assigned_at_the_start_counts_before_what_is_assigned_now() -> None:
    earlier = (EarlierAssignment(tariffs=("day",), since=NOON - DAY),)

    assert label(assigned("default", "default", "night", since=NOON + DAY, earlier=earlier)) == "day"
    assert label(TariffUnassigned(target="default", removed_at=NOON + DAY, earlier=earlier)) == "day"
    assert label(TariffUnassigned(target="default", removed_at=NOON, earlier=earlier)) == ""
    assert label(assigned("default", "default", "night", since=NOON + DAY)) == "night"


def test_a_version_is_found_as_long_as_it_is_kept() -> None:
    assert version_of(references(), "day", 1) == named("day").current
    assert version_of(references(), "day", 2) is None
