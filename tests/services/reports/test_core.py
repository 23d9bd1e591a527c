"""What a report is, by its request, its outcome and the parts that came."""

import msgspec
import pytest

from schemas.commands import CommandCancelled
from schemas.states.reports import StationReports
from services.reports.core import FORGOTTEN_AFTER, PATIENCE, REMEMBERED
from tests.services.moments import at
from tests.services.reports.records import STATION, Station, asked, part, raw, settled

PATIENCE_S = PATIENCE.total_seconds()


def test_a_report_is_waited_for_until_its_last_part_has_come() -> None:
    station = Station(asked(), settled(), part(0), part(1))
    before = station.reports["c1"]

    station.reads(part(2, last=True, letters="xyz"))
    whole = station.reports["c1"]

    assert (before.status, before.message, before.request_id) == ("waiting", "NotifyReport", 7)
    assert (whole.status, whole.parts, whole.items, whole.missing) == ("whole", 3, 7, ())
    assert (whole.requested_by, whole.first_at, whole.last_at) == ("operator", at(2), at(2))
    assert whole.revision > before.revision


def test_a_part_that_is_missing_in_between_keeps_it_from_being_whole_until_it_comes() -> None:
    station = Station(asked(), settled(), part(0), part(2, last=True))
    early = station.reports["c1"].status

    station.reads(part(1, seconds=9))

    assert early == "waiting"
    assert (station.reports["c1"].status, station.reports["c1"].parts) == ("whole", 3)


def test_a_report_that_fell_silent_is_incomplete_and_says_which_parts_are_missing() -> None:
    station = Station(asked(), settled(), part(0), part(3, seconds=10))

    station.comes_to(10 + PATIENCE_S - 1)
    still = station.reports["c1"].status
    station.comes_to(10 + PATIENCE_S)

    assert still == "waiting"
    assert (station.reports["c1"].status, station.reports["c1"].missing) == ("incomplete", (1, 2))


def test_parts_that_come_after_it_was_given_up_still_make_it_whole() -> None:
    station = Station(asked(), settled(), part(0))
    station.comes_to(2 + PATIENCE_S)

    station.reads(part(1, last=True, seconds=9 + PATIENCE_S))

    assert station.reports["c1"].status == "whole"


def test_a_station_that_counts_from_one_lacks_no_part() -> None:
    assert Station(asked(), part(1), part(2, last=True)).reports["c1"].status == "whole"


def test_a_part_that_is_sent_again_counts_once() -> None:
    station = Station(asked(), part(0), part(0, seconds=40), part(1, last=True, seconds=41))

    assert (station.reports["c1"].parts, station.reports["c1"].items) == (2, 4)


@pytest.mark.parametrize("word", ["EmptyResultSet", "NoProfiles", "Unknown"])
def test_where_the_station_has_nothing_to_report_no_part_is_waited_for(word: str) -> None:
    report = Station(asked(), settled(detail=word)).reports["c1"]

    assert (report.status, report.detail) == ("empty", word)


@pytest.mark.parametrize("outcome", ["rejected", "unsupported", "timed_out", "disconnected", "expired", "cancelled"])
def test_a_request_that_was_not_accepted_brings_no_report(outcome: str) -> None:
    report = Station(asked(), settled(outcome=outcome, detail="Busy")).reports["c1"]

    assert (report.status, report.detail) == ("refused", "Busy")


def test_parts_prove_that_a_station_reports_whatever_became_of_the_answer() -> None:
    station = Station(asked(), settled(outcome="timed_out"), part(0, last=True, seconds=50))

    assert station.reports["c1"].status == "whole"


def test_a_request_id_that_is_used_again_begins_another_report() -> None:
    station = Station(
        asked("c1"), settled("c1"), part(0, last=True),
        asked("c2", seconds=100), settled("c2", seconds=101), part(0, seconds=102), part(1, last=True, seconds=103),
    )  # fmt: skip

    assert {name: (one.status, one.parts) for name, one in station.reports.items()} == {
        "c1": ("whole", 1),
        "c2": ("whole", 2),
    }


def test_commands_that_ask_for_no_parts_and_their_outcomes_leave_nothing() -> None:
    station = Station(
        raw("c1", "ClearCache", msgspec.Raw(b"{}")),
        raw("c2", "GetBaseReport", msgspec.Raw(b'{"requestId":"seven"}')),
        settled("c3", command="Reset"),
        CommandCancelled(id="x", station=STATION, command_id="c1", requested_at=at(3)),
    )

    assert station.state == StationReports(station=STATION)
    assert station.said == []


def test_a_long_report_is_published_when_the_number_of_its_parts_has_doubled() -> None:
    station = Station(asked(), settled(), *(part(number, last=number == 99) for number in range(100)))

    counts = [one.parts for one in station.said]

    assert counts == [0, 1, 2, 4, 8, 16, 32, 64, 100]


def test_the_state_of_a_long_report_stays_small() -> None:
    station = Station(asked(), settled(), *(part(number) for number in range(5_000)))

    assert len(msgspec.json.encode(station.state)) < 1_000


def test_a_report_is_forgotten_a_day_after_its_last_sign() -> None:
    station = Station(asked(), settled(), part(0, last=True, seconds=30))
    station.comes_to(30 + FORGOTTEN_AFTER.total_seconds() - 1)
    kept = station.state

    station.comes_to(30 + FORGOTTEN_AFTER.total_seconds())

    assert kept.asked
    assert station.state == StationReports(station=STATION)


def test_only_the_newest_reports_and_parts_without_a_request_are_remembered() -> None:
    many = range(2 * REMEMBERED)
    requests = [asked(f"c{number:03}", seconds=number, request_id=number) for number in many]
    strays = [part(0, request_id=10_000 + number, seconds=number) for number in many]

    station = Station(*requests, *strays)

    assert [one.command_id for one in station.state.asked] == [one.id for one in requests[-REMEMBERED:]]
    assert len(station.state.runs) == REMEMBERED
    assert len(station.state.said) == REMEMBERED
