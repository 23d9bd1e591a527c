"""DER controls: what each record makes of them, and what is remembered no longer."""

import pytest

from schemas.base import Poison
from schemas.der import DERAlarmReported, control_id_of
from services.der.core import FORGOTTEN_AFTER, due
from services.der.learning import KEPT_AT_MOST
from tests.services.der.records import (
    HOUR,
    STATION,
    Station,
    a_setting,
    cleared,
    control,
    read,
    reported,
    settled,
    turned,
)
from tests.services.moments import at

DAY = FORGOTTEN_AFTER.total_seconds()


@pytest.mark.usecase("R04")
def test_a_control_is_requested_then_accepted() -> None:
    station = Station(a_setting(), settled())

    assert [(one.status, one.revision) for one in station.said] == [("requested", 1), ("accepted", 2)]
    assert (station.one.requested_by, station.one.control.settings.priority) == ("operator", 1)


def test_a_control_without_an_id_has_one_of_its_command() -> None:
    assert Station(a_setting(number="")).one.control.control_id == control_id_of("s1")


def test_a_refusal_has_the_stations_word() -> None:
    station = Station(a_setting(), settled(outcome="unsupported", detail="NotSupported"))

    assert (station.one.status, station.one.detail, station.one.ended_at) == ("refused", "NotSupported", at(1))


@pytest.mark.usecase("R04.FR.03", "R04.FR.08")
def test_what_is_superseded_is_known_by_the_answer() -> None:
    station = Station(a_setting(), settled(), a_setting("s2", number="b"), settled("s2", superseded=["a"], seconds=2))
    assert {name: one.control.is_superseded for name, one in station.controls.items()} == {"a": True, "b": False}

    for record in (a_setting("s3", number="c", priority=9), settled("s3", superseded=["c"], seconds=3)):
        station.reads(record)
    assert (station.controls["c"].status, station.controls["c"].control.is_superseded) == ("accepted", True)


@pytest.mark.usecase("R04.FR.20", "R04.FR.21", "R04.FR.22")
def test_a_start_and_an_end_are_known_by_the_station() -> None:
    station = Station(
        *(a_setting(default=False), settled(), a_setting("s2", number="b", default=False), settled("s2")),
        turned("b", instead=("a",)),
    )
    assert (station.controls["b"].running, station.controls["b"].running_since) == (True, at(69))
    assert station.controls["a"].control.is_superseded

    station.reads(turned("b", started=False, seconds=80))
    assert (station.controls["b"].running, station.controls["b"].running_since) == (False, None)


@pytest.mark.usecase("R04.FR.10")
def test_a_scheduled_control_expires_though_nobody_says_so() -> None:
    station = Station(a_setting(default=False, starts=60, lasts=HOUR), settled())
    station.comes_to(60 + HOUR)

    assert (station.one.status, station.one.ended_at) == ("expired", at(60 + HOUR))


def test_a_control_of_another_system_is_known_once_it_is_reported() -> None:
    station = Station(read(), settled("g1", seconds=61), reported(control("x", is_superseded=True)))

    assert (station.one.status, station.one.control.is_superseded, station.one.requested_at) == ("accepted", True, None)
    assert station.one.verified_at == at(62)


def test_alarms_are_nothing_to_a_control() -> None:
    alarm = DERAlarmReported(id="a", station=STATION, control_type="FreqWatt", at=at(0), received_at=at(0))
    station = Station(a_setting(), settled())
    before = station.state

    assert station.reads(alarm) == []
    assert station.state is before


def test_too_many_controls_are_put_aside() -> None:
    station = Station(*(a_setting(f"s{n}", number=f"n{n}") for n in range(KEPT_AT_MOST)))

    with pytest.raises(Poison):
        station.reads(a_setting("s-more", number="more"))


def test_what_has_ended_is_forgotten_a_day_later_and_what_is_there_never() -> None:
    station = Station(
        *(a_setting(), settled(), a_setting("s2", number="b"), settled("s2")),
        *(cleared(control_id="a"), settled("c1", seconds=61)),
    )

    station.comes_to(61 + DAY)

    assert [one.control.control_id for one in station.state.kept] == ["b"]
    assert (station.state.asked, station.state.answers) == ((), ())
    assert due(station.state) is None


def test_a_repeat_changes_nothing() -> None:
    records = (
        *(a_setting(), settled(), read(), settled("g1", seconds=61), reported(control("a"), control("x"))),
        *(turned("x"), cleared(seconds=80), settled("c1", seconds=81)),
    )
    station = Station(*records)
    before, said = station.state, len(station.said)

    for record in records:
        station.reads(record)

    assert (station.state, len(station.said)) == (before, said)
