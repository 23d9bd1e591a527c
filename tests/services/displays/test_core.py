"""Display messages: what each record makes of them, and what is remembered no longer."""

import pytest

from schemas.base import Poison
from services.displays.core import FORGOTTEN_AFTER, OPEN_AT_MOST, due
from tests.services.displays.records import HOUR, Station, asked, cleared, read, reported, session, settled
from tests.services.moments import at

DAY = FORGOTTEN_AFTER.total_seconds()


def test_a_message_is_requested_then_accepted() -> None:
    station = Station(asked(), settled())

    assert [(one.status, one.revision) for one in station.said] == [("requested", 1), ("accepted", 2)]
    assert (station.one.display_message, station.one.content.message_id, station.one.requested_by) == (
        "m1",
        7,
        "operator",
    )


def test_a_refusal_has_the_stations_word() -> None:
    station = Station(asked(), settled(outcome="rejected", detail="NotSupportedPriority"))

    assert (station.one.status, station.one.detail, station.one.ended_at) == ("refused", "NotSupportedPriority", at(1))


def test_a_message_goes_with_its_transaction() -> None:
    station = Station(asked(transaction_id="tx-1"), settled(), session("active", seconds=60))
    assert station.one.status == "accepted"

    station.reads(session())

    assert (station.one.status, station.one.ended_at) == ("transaction-ended", at(120))


def test_the_end_of_another_transaction_says_nothing() -> None:
    station = Station(asked(transaction_id="tx-1"), settled(), asked("m2", message_id=8), settled("m2"))

    assert station.reads(session(transaction_id="tx-2")) == []


def test_a_message_expires_though_nobody_says_so() -> None:
    station = Station(asked(ends_at=at(HOUR)), settled())
    station.comes_to(HOUR)

    assert (station.one.status, station.one.ended_at) == ("expired", at(HOUR))


def test_a_message_that_nobody_here_asked_for_is_one_too() -> None:
    station = Station(read(), settled("g1", command="GetDisplayMessages", seconds=61), reported(5, seconds=62))

    assert (station.one.status, station.one.content.message_id, station.one.requested_by) == ("accepted", 5, "")


def test_too_many_open_messages_are_put_aside() -> None:
    station = Station(*(asked(f"m{n}", message_id=n) for n in range(OPEN_AT_MOST)))

    with pytest.raises(Poison):
        station.reads(asked("more", message_id=OPEN_AT_MOST))


def test_what_has_ended_is_forgotten_a_day_later_and_stays_ended_until_then() -> None:
    station = Station(
        asked(), settled(), read(), settled("g1", command="GetDisplayMessages", seconds=61), reported(seconds=62)
    )
    assert station.one.status == "gone"

    station.comes_to(62 + DAY)

    assert station.one.status == "gone"
    assert station.state.known == ()
    assert due(station.state) is None


def test_what_was_seen_stays_accepted_when_the_report_is_forgotten() -> None:
    station = Station(asked(), settled(outcome="timed_out"), read(), reported(7))
    assert station.one.status == "accepted"

    station.comes_to(3 * DAY)

    assert station.one.status == "accepted"


def test_a_repeat_changes_nothing() -> None:
    records = (asked(), settled(), cleared(), settled("c1", command="ClearDisplayMessage", seconds=61), reported(5))
    station = Station(*records)
    before, said = station.state, len(station.said)

    for record in records:
        station.reads(record)

    assert (station.state, len(station.said)) == (before, said)
