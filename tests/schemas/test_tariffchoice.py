"""Of several versions and assignments of tariffs, the one that applies at a moment is found."""

import datetime as dt

from msgspec.structs import replace

from schemas.authorization import IdToken
from schemas.tariffchoice import (
    Place,
    first_valid,
    is_valid_at,
    present_tariff,
    present_tariffs,
    targets,
    tariffs_at,
    version_at,
)
from schemas.tariffs import (
    REF_TARIFF_ASSIGNMENTS,
    REF_TARIFFS,
    EarlierAssignment,
    TariffAssigned,
    TariffProvisioned,
    TariffRemoved,
    TariffUnassigned,
)
from tests.services.billing.building import component, tariff

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
KWH = {"price_components": [component("ENERGY", "0.30")]}


def test_the_most_specific_target_comes_first() -> None:
    place = Place("A", "berlin", 1, None, IdToken(value="card"))

    assert targets(place) == [
        *("token:CARD", "connector:A/1/1", "station:A"),
        *("tenant:default/site:berlin", "site:berlin", "tenant:default/default", "default"),
    ]
    assert targets(Place("A", tenant="acme")) == ["station:A", "tenant:acme/default", "default"]


def test_a_session_is_rated_by_the_version_at_its_start() -> None:
    old, new = (replace(tariff(KWH), version=n, provisioned_at=NOON + n * DAY) for n in (1, 2))
    record = TariffProvisioned(tariff="t", current=new, earlier=(old,))

    assert [version_at(record, NOON + days * DAY) for days in (0, 1, 2)] == [old, old, new]


def test_a_removed_tariff_rates_sessions_that_started_before() -> None:
    removed = TariffRemoved(tariff="t", last_version=1, removed_at=NOON, earlier=(tariff(KWH),))

    assert version_at(removed, NOON - DAY) == tariff(KWH)
    assert version_at(removed, NOON) is None


def test_the_first_tariff_that_is_valid_then_is_chosen() -> None:
    over = TariffProvisioned(tariff="a", current=tariff(KWH, end_date_time=NOON))
    valid = TariffProvisioned(tariff="b", current=tariff(KWH, start_date_time=NOON, label="b"))

    assert first_valid([None, over, valid], NOON, "default") == valid.current
    assert is_valid_at(over.current, NOON - DAY)
    assert first_valid([over], NOON, "default") is None


def test_the_tariffs_of_a_target_are_those_of_its_assignment_at_the_time() -> None:
    earlier = (EarlierAssignment(tariffs=("old",), since=NOON - DAY),)
    assigned = TariffAssigned(target="t", scope="station", tariffs=("new",), assigned_at=NOON, earlier=earlier)
    gone = TariffUnassigned(target="t", removed_at=NOON, earlier=earlier)

    assert [tariffs_at(assigned, NOON + days * DAY) for days in (-2, -1, 0)] == [(), ("old",), ("new",)]
    assert [tariffs_at(gone, NOON + days * DAY) for days in (-1, 0)] == [("old",), ()]
    assert [present_tariffs(each) for each in (assigned, gone, None)] == [("new",), (), ()]


def test_who_starts_now_has_the_first_valid_tariff_of_the_most_specific_target() -> None:
    later = replace(tariff(KWH), tariff="later", start_date_time=NOON + DAY)
    usual = replace(tariff(KWH), tariff="usual")
    tariffs = {each.tariff: TariffProvisioned(tariff=each.tariff, current=each) for each in (later, usual)}
    assigned = TariffAssigned(target="t", scope="station", tariffs=("later", "usual", "gone"), assigned_at=NOON)

    references = {REF_TARIFF_ASSIGNMENTS.name: {"t": assigned}, REF_TARIFFS.name: tariffs}

    assert present_tariff(references, ["none", "t"], NOON, tenant="default") == usual
    assert present_tariff(references, ["none", "t"], NOON + DAY, tenant="default") == later
    assert present_tariff({**references, REF_TARIFFS.name: {}}, ["t"], NOON, tenant="default") is None


def test_a_tariff_of_a_tenant_applies_at_its_own_stations_and_nowhere_else() -> None:
    own, common = (replace(tariff(KWH), tariff=name, tenant=whose) for name, whose in (("own", "acme"), ("common", "")))
    records = {each.tariff: TariffProvisioned(tariff=each.tariff, current=each) for each in (own, common)}
    assigned = TariffAssigned(target="t", scope="station", tariffs=("own", "common"), assigned_at=NOON)
    references = {REF_TARIFF_ASSIGNMENTS.name: {"t": assigned}, REF_TARIFFS.name: records}

    assert records["own"].tenant == "acme"
    for tenant, wanted in (("acme", own), ("umbrella", common)):
        assert present_tariff(references, ["t"], NOON, tenant=tenant) == wanted
        assert first_valid(records.values(), NOON, tenant) == wanted
