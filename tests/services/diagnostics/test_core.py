"""What a log is, from the request to its file."""

import pytest

from schemas.commands import CommandCancelled
from schemas.states.diagnostics import StationLogs
from services.diagnostics.core import FORGOTTEN_AFTER, REMEMBERED
from tests.services.diagnostics.records import STATION, Station, asked, settled, stored, word
from tests.services.moments import at

DAYS_S = FORGOTTEN_AFTER.total_seconds()


def test_a_log_goes_from_its_request_to_its_file() -> None:
    station = Station(
        asked(type="SecurityLog"),
        settled(response=b'{"status":"Accepted","filename":"security.log"}'),
        word("Uploading"),
        stored(name="security.log"),
        word("Uploaded", seconds=10),
    )

    assert [one.status for one in station.said] == ["requested", "accepted", "uploading", "stored"]
    log = station.logs["c1"]
    assert (log.type, log.file, log.size, log.place, log.ended_at) == (
        "SecurityLog",
        "security.log",
        700,
        "logs/c1",
        at(9),
    )
    assert station.said[1].file == "security.log"


def test_a_file_elsewhere_is_uploaded_and_not_here() -> None:
    station = Station(
        asked(), settled(response=b'{"fileName":"diag.zip"}'), word("Uploading"), word("Uploaded", seconds=6)
    )

    log = station.logs["c1"]
    assert (log.status, log.file, log.place, log.size, log.ended_at) == ("uploaded", "diag.zip", "", None, at(6))


@pytest.mark.parametrize(
    "status", ["UploadFailure", "UploadFailed", "BadMessage", "PermissionDenied", "NotSupportedOperation"]
)
def test_an_upload_that_failed_has_the_station_s_word(status: str) -> None:
    log = Station(asked(), settled(), word(status)).logs["c1"]

    assert (log.status, log.detail, log.ended_at) == ("failed", status, at(5))


def test_a_file_proves_more_than_a_failure_told_before_or_after() -> None:
    station = Station(asked(), word("UploadFailure"), stored(), word("UploadFailure", seconds=20))

    assert station.logs["c1"].status == "stored"


@pytest.mark.usecase("N01", "N01.FR.12", "TC_N_34_CSMS")
def test_a_newer_request_ends_the_one_before() -> None:
    station = Station(
        asked("c1"), settled("c1"), asked("c2", seconds=10), settled("c2", seconds=11, detail="AcceptedCanceled"),
        word("AcceptedCanceled", seconds=12, of="c1"), word("Uploading", seconds=13, of="c2"),
    )  # fmt: skip

    assert {name: log.status for name, log in station.logs.items()} == {"c1": "cancelled", "c2": "uploading"}


def test_a_word_without_a_number_is_about_the_newest_request_before_it() -> None:
    station = Station(
        asked("c1"), settled("c1"), word("Uploaded", seconds=5, of=None),
        asked("c2", seconds=10), settled("c2", seconds=11), word("UploadFailed", seconds=20, of=None),
    )  # fmt: skip

    assert {name: log.status for name, log in station.logs.items()} == {"c1": "uploaded", "c2": "failed"}


@pytest.mark.parametrize(
    ("outcome", "sent", "status"),
    [
        ("rejected", True, "refused"),
        ("unsupported", False, "refused"),
        ("expired", False, "refused"),
        ("cancelled", False, "cancelled"),
        ("timed_out", True, "unconfirmed"),
        ("disconnected", True, "unconfirmed"),
        ("disconnected", False, "refused"),
    ],
)
def test_a_request_that_was_not_accepted(outcome: str, sent: bool, status: str) -> None:
    assert Station(asked(), settled(outcome=outcome, sent=sent)).logs["c1"].status == status


def test_a_station_that_has_nothing_to_upload() -> None:
    log = Station(asked(), settled(detail="NoFile")).logs["c1"]

    assert (log.status, log.ended_at) == ("empty", at(1))


def test_words_that_say_nothing_of_an_upload_and_other_commands_leave_nothing() -> None:
    station = Station(
        word("Idle"),
        word("SomethingElse"),
        settled(command="Reset"),
        CommandCancelled(id="x", station=STATION, command_id="c1", requested_at=at(3)),
    )

    assert station.state == StationLogs(station=STATION)


def test_a_log_is_forgotten_a_week_after_its_last_change() -> None:
    station = Station(asked(), settled(), stored(seconds=100))
    station.comes_to(100 + DAYS_S - 1)
    kept = station.state

    station.comes_to(100 + DAYS_S)

    assert kept.asked
    assert station.state == StationLogs(station=STATION)


def test_of_many_logs_those_that_may_still_come_stay_and_of_the_others_the_newest() -> None:
    ended = [
        each
        for n in range(REMEMBERED)
        for each in (asked(f"e{n:02}", seconds=n + 10), stored(f"e{n:02}", seconds=n + 11))
    ]
    strays = [stored(f"s{n}", seconds=n) for n in range(2 * REMEMBERED)]
    words = [word("Uploading", seconds=n, of="nobody") for n in range(2 * REMEMBERED)]

    station = Station(asked("open", seconds=0), *ended, *strays, *words)

    names = [one.command_id for one in station.state.asked]
    assert len(names) == REMEMBERED
    assert "open" in names
    assert "e00" not in names
    assert len(station.state.files) <= 2 * REMEMBERED
    assert len(station.state.words) <= REMEMBERED
