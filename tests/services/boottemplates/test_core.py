"""Boot templates: what runs after which boot, in which order, and what ends a run (B01, K07; 1.6, 4.2 and 5.16)."""

from datetime import timedelta

import pytest

from schemas.base import Poison
from schemas.boottemplates import BootTemplateRemoved
from schemas.states.boottemplates import StationBoots
from schemas.stations import StationSeen
from services.boottemplates.core import BOOTS_MOST, GONE, LOOPING, PARKED, SETTLING_S, delay, due, initial, step
from tests.services.boottemplates.stations import (
    SPREAD_S,
    STATION,
    Fleet,
    default_profile,
    ordered,
    setting,
    station,
    template,
)
from tests.services.moments import at

A, B, C = setting("A"), setting("B"), setting("C")


def test_nothing_is_sent_where_no_template_is_enabled() -> None:
    there = Fleet(template(enabled=False))
    there.boots()
    there.passes(3600)

    assert (there.heard, there.runs, due(there.state)) == ([], [], None)


@pytest.mark.usecase("K07", "1.6:5.16a")
def test_a_default_profile_is_placed_after_a_boot_and_again_after_each_further_one() -> None:
    there = Fleet(template("limits", default_profile()))
    there.boots()
    there.passes(600)
    there.boots(7000)
    there.passes(600)

    assert there.heard == [default_profile(), default_profile()]
    assert list(there.statuses().values()) == ["done", "done"]


def test_commands_leave_one_at_a_time_each_after_the_outcome_of_the_one_before() -> None:
    there = Fleet(template("t", A, B))
    there.boots()
    there.passes(100, answering=False)
    assert [each.command for each in there.waiting] == [A]

    there.settles()

    assert [each.command for each in there.waiting] == [B]
    there.settles()
    assert (there.last.status, [each.status for each in there.last.steps]) == ("done", ["accepted", "accepted"])


def test_the_first_command_waits_for_the_stations_own_time_after_the_boot() -> None:
    there = Fleet(template("t", A))
    there.boots(10)

    assert due(there.state) == at(10) + delay(STATION, SPREAD_S)
    there.passes(SETTLING_S / 2)
    assert there.waiting == []


def test_a_fleet_that_boots_at_once_is_spread_and_each_station_has_the_same_time_again() -> None:
    delays = [delay(f"STATION-{number}", 600) for number in range(1_000)]

    assert delays == [delay(f"STATION-{number}", 600) for number in range(1_000)]
    tenths = [
        sum(lower <= (each.total_seconds() - SETTLING_S) < lower + 60 for each in delays) for lower in range(0, 600, 60)
    ]
    assert sum(tenths) == 1_000
    assert min(tenths) > 60
    assert delay(STATION, 0) == timedelta(seconds=SETTLING_S)


def test_several_templates_run_by_priority_then_by_name() -> None:
    there = Fleet(template("b", B), template("a", A), template("z", C, priority=10))
    there.boots()
    there.passes(600)

    assert there.heard == [C, A, B]
    assert [each.template for each in there.runs if each.status == "done"] == ["z", "a", "b"]


@pytest.mark.parametrize(
    "criterion",
    [
        {"vendor": "Other"},
        {"firmware": "1.3*"},
        {"versions": ("2.1",)},
        {"sites": ("hamburg",)},
        {"labels": {"a": "b"}},
    ],
)
def test_a_template_for_other_stations_does_not_run(criterion) -> None:
    there = Fleet(template("t", A, stations=criterion))
    there.boots()
    there.passes(600)

    assert there.heard == []


@pytest.mark.parametrize(("reason", "heard"), [("PowerUp", [A]), ("Watchdog", []), ("", [])])
def test_a_template_for_boot_reasons_runs_after_boots_for_these_alone(reason, heard) -> None:
    there = Fleet(template("t", A, reasons=("PowerUp",)))
    there.boots(version="2.1", boot_reason=reason)
    there.passes(600)

    assert there.heard == heard


def test_a_station_that_is_pending_gets_nothing_until_it_boots_and_is_accepted() -> None:
    there = Fleet(template("t", A))
    there.boots(registration="Pending")
    there.passes(600)
    there.reads(station(there.now, booted=0))  # accepted by an operator; the station hears of it at its next boot
    there.passes(600)
    assert there.heard == []

    there.boots()
    there.passes(600)

    assert there.heard == [A]


def test_a_station_that_was_pending_for_long_gets_what_there_is_once_it_is_accepted() -> None:
    there = Fleet(template("t", A))
    for boot in range(0, 1800, 60):
        there.boots(boot, registration="Pending")

    there.boots(1800)
    there.passes(600)

    assert (there.heard, there.last.status) == ([A], "done")


def test_a_template_that_runs_once_runs_again_only_when_its_commands_have_changed() -> None:
    there = Fleet(template("t", A, every_boot=False))
    for boot in (0, 4000, 8000):
        there.boots(boot)
        there.passes(600)
    assert there.heard == [A]

    there.templates["t"] = template("t", B, every_boot=False, revision=2)
    there.passes(4000)
    assert there.heard == [A]  # not before a boot
    there.boots()
    there.passes(600)

    assert there.heard == [A, B]


def test_a_boot_during_a_run_starts_the_run_anew() -> None:
    there = Fleet(template("t", A, B))
    there.boots()
    there.passes(100, answering=False)
    there.settles()
    first = there.last.run

    there.boots()
    there.waiting.clear()
    there.passes(600)

    assert there.heard == [A, A, B]
    assert there.statuses()[first] == "replaced"
    assert (there.last.status, there.last.run != first) == ("done", True)


@pytest.mark.parametrize(("registration", "why"), [("Accepted", GONE), ("Pending", PARKED)])
def test_a_run_that_a_boot_ends_without_another_one_is_dropped_with_the_reason(registration, why) -> None:
    there = Fleet(template("t", A, B))
    there.boots()
    there.passes(100, answering=False)
    there.templates["t"] = template("t", A, B, enabled=False)

    there.boots(registration=registration)
    there.waiting.clear()
    there.passes(600)

    assert (there.last.status, there.last.why, there.heard) == ("dropped", why, [])


def test_a_template_that_changes_or_goes_does_not_disturb_a_run_under_way() -> None:
    there = Fleet(template("t", A, B))
    there.boots()
    there.passes(100, answering=False)
    there.templates["t"] = BootTemplateRemoved(template="t", last_revision=1, removed_at=at(5))

    there.passes(600)

    assert there.heard == [A, B]
    assert there.last.status == "done"


def test_a_template_that_is_switched_off_before_its_turn_does_not_run() -> None:
    there = Fleet(template("t", A))
    there.boots()
    there.templates["t"] = template("t", A, enabled=False)
    there.passes(600)

    assert (there.heard, there.runs, due(there.state)) == ([], [], None)


def test_what_a_snapshot_says_of_an_old_boot_starts_nothing() -> None:
    there = Fleet(template("t", A))
    there.reads(station(3600, booted=0))
    there.passes(600)

    assert there.heard == []


def test_statuses_of_connectors_change_nothing() -> None:
    there = Fleet(template("t", A))
    there.boots()
    before = there.state
    there.reads(station(5, booted=0))

    assert there.state is before


def test_an_older_snapshot_that_is_read_again_changes_nothing() -> None:
    there = Fleet(template("t", A))
    there.boots()
    there.reads(station(5, booted=0, connected=False), station(9, booted=0))
    before = there.state
    there.reads(station(5, booted=0, connected=False))

    assert there.state is before


def test_a_station_that_boots_again_and_again_is_left_alone_until_it_stays_up() -> None:
    there = Fleet(template("t", A))
    for boot in range(BOOTS_MOST + 2):
        there.boots(boot * 300)
        there.passes(200)
    assert len(there.heard) == BOOTS_MOST - 1
    assert (there.last.status, there.last.why) == ("dropped", LOOPING)

    there.boots(3 * 3600)
    there.passes(600)

    assert len(there.heard) == BOOTS_MOST


def test_what_waits_at_a_station_that_is_removed_is_dropped() -> None:
    there = Fleet(template("t", A, B))
    there.boots()
    there.passes(100, answering=False)
    there.reads(ordered("t", there.now))
    there.reads(station(there.now, booted=0, removed=True, connected=False, registration=None))
    there.passes(3600)

    assert set(there.statuses().values()) == {"dropped"}
    assert (there.state.running, there.state.queue, due(there.state)) == (None, (), None)


def test_a_record_of_another_kind_is_poison() -> None:
    seen = StationSeen(id="1", station=STATION, gateway="gw", epoch=1, at=at(0))
    with pytest.raises(Poison):
        step(initial(STATION), seen, references=Fleet().references, spread_s=0)
    assert initial(STATION) == StationBoots(station=STATION)
