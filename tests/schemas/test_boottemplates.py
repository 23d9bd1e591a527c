"""Which stations a template is for, in which order templates run, and what is sent again under the same number."""

import datetime as dt

import pytest
from msgspec.structs import replace

from schemas.boottemplates import (
    BootStations,
    BootTemplate,
    BootTemplateProvisioned,
    BootTemplateRemoved,
    Traits,
    in_order,
    misfit,
    misfit_of,
    misfit_of_boot,
    numbered,
    provisioned,
    traits_of,
)
from schemas.chargingschedules import ChargingProfile, ChargingSchedule, SchedulePeriod
from schemas.displays import SetDisplayMessage
from schemas.profilecommands import SetChargingProfile
from schemas.stationcommands import ClearCache
from schemas.stations import StationChanged

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
HAS = Traits(
    station="DE-BER-0001",
    version="2.0.1",
    vendor="Acme GmbH",
    model="Post 2",
    firmware_version="1.2.3",
    site="berlin",
    labels={"owner": "city", "power": "22"},
)


@pytest.mark.parametrize(
    "criteria",
    [
        {},
        {"versions": ("1.6", "2.0.1")},
        {"vendor": "acme*", "model": "Post ?"},
        {"firmware": "1.2.*"},
        {"firmware": "1.2.3"},
        {"station": "DE-*"},
        {"sites": ("hamburg", "berlin")},
        {"labels": {"owner": "city", "power": "22"}},
    ],
)
def test_a_station_fits_where_every_criterion_that_is_given_does(criteria) -> None:
    assert misfit(BootStations(**criteria), HAS) == ""


@pytest.mark.parametrize(
    ("criteria", "why"),
    [
        ({"versions": ("1.6", "2.1")}, "Its OCPP version is 2.0.1, not 1.6 or 2.1."),
        ({"vendor": "Acme"}, "Its vendor is Acme GmbH, not Acme."),
        ({"model": "Post ??"}, "Its model is Post 2, not Post ??."),
        ({"vendor": "acme*", "firmware": "1.3*"}, "Its firmware is 1.2.3, not 1.3*."),
        ({"station": "FR-*"}, "Its id is DE-BER-0001, not FR-*."),
        ({"sites": ("hamburg",)}, "It stands at berlin, not at hamburg."),
        ({"labels": {"owner": "city", "power": "11"}}, "Its label power is not 11."),
        ({"labels": {"colour": "red"}}, "Its label colour is not red."),
    ],
)
def test_the_criterion_that_a_station_does_not_meet_is_named(criteria, why: str) -> None:
    assert misfit(BootStations(**criteria), HAS) == why


def test_a_station_of_which_nothing_is_known_fits_only_what_asks_for_nothing() -> None:
    assert misfit(BootStations(), Traits(station="NEW")) == ""
    assert "not known" in misfit(BootStations(versions=("1.6",)), Traits(station="NEW"))
    assert "not known" in misfit(BootStations(vendor="Acme"), Traits(station="NEW"))
    assert "no site" in misfit(BootStations(sites=("berlin",)), Traits(station="NEW"))


def test_reasons_of_boots_are_a_criterion_that_stations_without_one_do_not_meet() -> None:
    template = provisioned_as(BootTemplate(reasons=("PowerUp", "Watchdog")))

    assert misfit_of_boot(template, HAS, "PowerUp") == ""
    assert "RemoteReset, not for PowerUp or Watchdog" in misfit_of_boot(template, HAS, "RemoteReset")
    assert "no stated reason" in misfit_of_boot(template, HAS, "")
    assert misfit_of_boot(provisioned_as(BootTemplate()), HAS, "") == ""


def test_a_template_of_a_tenant_is_for_its_own_stations() -> None:
    own = replace(HAS, tenant="acme")

    assert misfit_of(provisioned_as(BootTemplate(), tenant="acme"), own) == ""
    assert misfit_of(provisioned_as(BootTemplate()), own) == ""
    assert "another tenant" in misfit_of(provisioned_as(BootTemplate(), tenant="umbrella"), own)
    assert "another tenant" in misfit_of_boot(provisioned_as(BootTemplate(), tenant="acme"), HAS, "PowerUp")


def provisioned_as(content: BootTemplate, tenant: str = "") -> BootTemplateProvisioned:
    return BootTemplateProvisioned(template="t", revision=1, content=content, provisioned_at=NOON, tenant=tenant)


def test_what_criteria_are_compared_with_is_the_snapshot() -> None:
    station = StationChanged(
        id="1", revision=1, changed_at=NOON, **{name: getattr(HAS, name) for name in Traits.__struct_fields__}
    )

    assert traits_of(station) == HAS


def test_templates_run_by_priority_then_by_name_and_removed_ones_do_not() -> None:
    def template(name: str, priority: int) -> BootTemplateProvisioned:
        content = BootTemplate(priority=priority)
        return BootTemplateProvisioned(template=name, revision=1, content=content, provisioned_at=NOON)

    b, a, first = template("b", 50), template("a", 50), template("z", 0)
    gone = BootTemplateRemoved(template="gone", last_revision=1, removed_at=NOON)

    assert in_order([b, a, first]) == [first, a, b]
    assert provisioned({"b": b, "gone": gone, "a": a}) == [a, b]


def test_profiles_and_messages_have_numbers_of_their_own_that_stay_the_same() -> None:
    schedule = ChargingSchedule(unit="A", periods=(SchedulePeriod(limit=16),))
    profile = SetChargingProfile(
        evse=0, profile=ChargingProfile(purpose="TxDefaultProfile", kind="Relative", schedules=(schedule,))
    )
    commands = (profile, profile, SetDisplayMessage(text="Hello"), ClearCache())

    once, again = numbered("defaults", commands), numbered("defaults", commands)

    assert once == again
    numbers = [once[0].profile.profile_id, once[1].profile.profile_id, once[2].message_id]  # type: ignore[union-attr]
    assert None not in numbers
    assert len(set(numbers)) == 3
    assert numbered("others", commands)[0] != once[0]
    assert numbered("others", once) == once
