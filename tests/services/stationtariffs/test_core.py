"""A station's default tariffs are brought to what is assigned, kept there, and left alone where nobody wants them managed."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from schemas.base import Due, Poison
from schemas.commands import CommandRequested
from schemas.stationtariffs import ClearTariffs, SetDefaultTariff
from schemas.tarifftranslation import StationTariff, station_tariff
from services.stationtariffs.core import due
from tests.services.billing.building import component
from tests.services.billing.building import tariff as tariff_of
from tests.services.moments import at
from tests.services.stationtariffs.stations import (
    SITES,
    STATION,
    Managed,
    read,
    references,
    settled,
    station,
    tariff,
    variable,
)

A, B = tariff("a"), tariff("b", "0.60")


def name_of(one) -> str:
    made = station_tariff(one)
    assert isinstance(made, StationTariff)
    return made.tariff_id


@pytest.mark.usecase("I07", "I09")
def test_the_assigned_tariff_is_set_and_verified_by_the_stations_own_word() -> None:
    managed = Managed(references({"a": A}, site="a"))
    managed.goes_on()

    assert managed.heard == ["GetTariffs", "SetDefaultTariff", "GetTariffs"]
    assert managed.charger.tariffs == {1: name_of(A), 2: name_of(A)}
    assert (managed.now.status, managed.now.installed[0].evses) == ("in-step", (1, 2))
    assert [one.tariff for one in managed.now.wanted] == ["a"]


@pytest.mark.usecase("I07")
def test_an_evse_with_a_tariff_of_its_own_gets_it_after_that_of_the_station() -> None:
    managed = Managed(references({"a": A, "b": B}, site="a", second="b"))
    managed.goes_on()

    assert managed.charger.tariffs == {1: name_of(A), 2: name_of(B)}
    assert managed.now.status == "in-step"
    assert [(one.evse, one.tariff) for one in managed.now.wanted] == [(0, "a"), (2, "b")]


def test_another_assignment_replaces_what_was_set() -> None:
    managed = Managed(references({"a": A, "b": B}, site="a", second="b"))
    managed.goes_on()
    managed.references = references({"a": A, "b": B}, site="a", station="b")
    managed.goes_on()

    assert managed.charger.tariffs == {1: name_of(B), 2: name_of(B)}
    assert managed.now.status == "in-step"


@pytest.mark.usecase("I10")
def test_a_station_without_an_assigned_tariff_keeps_none() -> None:
    managed = Managed(references({"a": A}, site="a"))
    managed.goes_on()
    managed.references = references({"a": A})
    managed.goes_on()

    assert managed.charger.tariffs == {}
    assert any(isinstance(each, ClearTariffs) for each in managed.charger.heard)
    assert (managed.now.status, managed.now.wanted) == ("in-step", ())


def test_another_version_of_a_tariff_is_set_under_another_id() -> None:
    managed = Managed(references({"a": A}, site="a"))
    managed.goes_on()
    newer = replace(tariff("a", "0.50"), version=2)
    managed.references = references({"a": newer}, site="a")
    managed.goes_on()

    assert set(managed.charger.tariffs.values()) == {name_of(newer)}


def test_when_the_validity_of_a_tariff_begins_the_station_gets_it() -> None:
    later = replace(B, start_date_time=at(7_200))
    managed = Managed(references({"a": A, "b": later}, site="b a"))
    managed.goes_on(3_600)
    assert set(managed.charger.tariffs.values()) == {name_of(A)}

    managed.goes_on(7_300)

    assert set(managed.charger.tariffs.values()) == {name_of(later)}


@pytest.mark.parametrize("changes", [{"version": "2.0.1"}, {"site": "oslo"}, {"site": ""}])
def test_other_stations_are_left_alone(changes) -> None:
    managed = Managed(references({"a": A}, site="a", station="a"), station(**changes))
    managed.goes_on()

    assert managed.heard == []
    assert managed.said == []


def test_a_station_that_is_not_managed_is_known_by_what_somebody_reads() -> None:
    managed = Managed(references({"a": A}, site="a"), station(site="oslo"))
    managed.reads(settled("g1", seconds=5, **read({1: "theirs"})))
    managed.goes_on()

    assert (managed.now.status, [one.tariff_id for one in managed.now.installed]) == ("unmanaged", ["theirs"])
    assert managed.heard == []


def test_what_somebody_else_changed_is_read_and_set_again() -> None:
    managed = Managed(references({"a": A}, site="a"))
    managed.goes_on()
    managed.charger.tariffs = {1: "theirs", 2: name_of(A)}
    managed.reads(settled("s1", seconds=100, command="SetDefaultTariff"))
    managed.goes_on()

    assert managed.charger.tariffs == {1: name_of(A), 2: name_of(A)}


def test_after_a_boot_the_station_is_asked_anew() -> None:
    managed = Managed(references({"a": A}, site="a"))
    managed.goes_on()
    managed.charger.tariffs = {}
    managed.reads(station(seconds=1_000, booted=1_000))
    managed.goes_on()

    assert managed.charger.tariffs == {1: name_of(A), 2: name_of(A)}


@pytest.mark.usecase("I07", "I07.FR.02", "I07.FR.03")
@pytest.mark.parametrize("word", ["TooManyElements", "ConditionNotSupported", "Rejected"])
def test_a_station_that_refuses_is_left_in_peace_until_its_assignment_changes(word) -> None:
    managed = Managed(references({"a": A, "b": B}, site="a"))
    managed.charger.refuses = word
    managed.goes_on()

    assert managed.heard.count("SetDefaultTariff") == 3
    assert (managed.now.status, word in managed.now.why) == ("refused", True)

    managed.charger.refuses = ""
    managed.references = references({"a": A, "b": B}, site="b")
    managed.goes_on()
    assert managed.now.status == "in-step"


def test_a_station_that_loses_what_it_accepts_does_not_get_it_for_ever() -> None:
    managed = Managed(references({"a": A}, site="a"))
    managed.charger.forgets = True
    managed.goes_on(86_400)

    assert managed.heard.count("SetDefaultTariff") <= 4
    assert managed.now.status == "refused"


@pytest.mark.usecase("I07", "I07.FR.01")
def test_a_station_that_computes_no_costs_is_asked_once() -> None:
    managed = Managed(references({"a": A}, site="a"))
    managed.charger.refuses = "NotSupported"
    managed.goes_on()

    assert managed.heard.count("SetDefaultTariff") == 1
    assert managed.now.status == "unsupported"


def test_reading_by_hand_has_a_refusing_station_tried_again() -> None:
    managed = Managed(references({"a": A}, site="a"))
    managed.charger.refuses = "NotSupported"
    managed.goes_on()
    managed.charger.refuses = ""
    managed.reads(settled("g1", seconds=500, **read({})))
    managed.goes_on()

    assert managed.now.status == "in-step"


def test_what_cannot_be_said_is_not_sent_and_said_by_name() -> None:
    stepped = tariff_of({"price_components": [component("TIME", "1", step_size=60)]}, tariff="a")
    managed = Managed(references({"a": stepped}, site="a"))
    managed.goes_on()

    assert "SetDefaultTariff" not in managed.heard
    assert managed.now.status == "inexpressible"
    assert managed.now.why.startswith("a: elements[0].price_components[0].step_size")


@pytest.mark.usecase("I07", "I07.FR.02", "I07.FR.03")
@pytest.mark.parametrize(("name", "value"), [("ConditionsSupported", "false"), ("MaxElements", "1")])
def test_what_the_station_says_it_cannot_have_is_not_sent(name, value) -> None:
    by_day = {"price_components": [component("ENERGY", "1")], "restrictions": {"start_time": "08:00"}}
    two = tariff_of(by_day, {"price_components": [component("ENERGY", "2")]}, tariff="a")
    managed = Managed(references({"a": two}, site="a"), station(), variable(name, value))
    managed.goes_on()

    assert "SetDefaultTariff" not in managed.heard
    assert (managed.now.status, name in managed.now.why) == ("inexpressible", True)


def test_a_command_without_an_outcome_is_given_up_and_the_station_asked_what_it_has() -> None:
    managed = Managed(references({"a": A}, site="a"))
    managed.answers = False
    managed.goes_on(400)
    assert managed.state.sending is None or managed.state.asked == 2

    managed.answers = True
    managed.goes_on()
    assert managed.now.status == "in-step"


def test_a_due_while_nothing_is_due_changes_nothing() -> None:
    managed = Managed(references({"a": A}, site="a"))
    managed.goes_on()
    before = managed.state

    assert managed.reads(Due(key=STATION, at=at(5_000), sent_at=at(5_000))) == []
    assert managed.state == before


def test_a_repeated_outcome_changes_nothing() -> None:
    managed = Managed(references({"a": A}, site="a"))
    request = next(
        each for each in managed.reads(Due(key=STATION, at=at(0), sent_at=at(0))) if isinstance(each, CommandRequested)
    )
    outcome = settled(request.id, seconds=1, **read({}))
    managed.reads(outcome)
    before = managed.state

    managed.reads(outcome)
    assert replace(managed.state, foreign=()) == replace(before, foreign=())


def test_nothing_is_due_at_a_station_that_is_away() -> None:
    managed = Managed(references({"a": A}, site="a"), station(connected=False))

    assert due(managed.state, references=managed.references, sites=SITES) is None
    assert managed.now.status == "out-of-step"
    managed.reads(station(seconds=60))
    assert due(managed.state, references=managed.references, sites=SITES) == at(60)


def test_what_no_other_record_is_for_is_put_aside() -> None:
    managed = Managed(references({}))
    with pytest.raises(Poison):
        managed.reads(SetDefaultTariff)  # type: ignore[arg-type]


def test_a_failure_is_waited_for_longer_each_time() -> None:
    managed = Managed(references({"a": A}, site="a"))
    managed.charger.refuses = "Rejected"
    managed.goes_on(30)
    first = managed.state.not_before
    managed.goes_on(90)

    assert first is not None
    assert managed.state.not_before is not None
    assert managed.state.not_before - first > timedelta(seconds=60)
