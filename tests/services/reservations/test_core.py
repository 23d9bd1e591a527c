"""What is remembered of reservations, for how long, and within which bounds."""

import pytest

from schemas.base import Poison
from schemas.commands import CommandCancelled
from schemas.facts import FactReported
from schemas.stationcommands import Reset
from services.reservations.core import FORGOTTEN_AFTER, OPEN_AT_MOST, due, initial
from tests.services.moments import at
from tests.services.reservations.records import (
    STATION,
    Station,
    asked,
    cancelled,
    reported,
    session,
    settled,
)

DAY_S = FORGOTTEN_AFTER.total_seconds()


def test_everything_once_more_changes_nothing():
    records = [asked(), settled(), session(), cancelled(), settled("c1", "rejected", command="CancelReservation")]
    station = Station(*records)
    before = station.state

    assert [station.reads(record) for record in records] == [[]] * len(records)
    assert station.state == before


def test_a_day_after_its_end_nothing_is_left():
    station = Station(asked(), settled(), session(), session("s2", reservation_id=99), reported(number=5))

    station.comes_to(3 * DAY_S)

    assert station.state == initial(STATION)
    assert due(station.state) is None


def test_the_session_of_a_forgotten_reservation_uses_no_other():
    station = Station(asked("r1"), settled("r1"), session())
    station.reads(asked("r2", reservation_id=8, seconds=DAY_S - 10, until=3 * DAY_S))
    station.reads(settled("r2", seconds=DAY_S - 9))
    station.comes_to(2 * DAY_S)
    station.reads(session(revision=9, changed_at=at(2 * DAY_S)))

    assert station.reservations["r2"].status == "accepted"


def test_more_open_ones_than_a_station_can_have_are_put_aside_with_the_reason():
    station = Station(*(asked(f"r{n}", reservation_id=n) for n in range(OPEN_AT_MOST)))

    with pytest.raises(Poison, match="open"):
        station.reads(asked("one-more", reservation_id=1000))


def test_memory_is_bounded_whatever_a_station_says():
    station = Station(
        *(session(f"s{n}", seconds=n, reservation_id=n) for n in range(500)),
        *(reported(number=n, seconds=n) for n in range(500)),
        *(settled(f"x{n}", seconds=n) for n in range(500)),
    )

    kept = station.state
    assert max(len(kept.starts), len(kept.reported), len(kept.answers)) <= 100


def test_other_commands_and_facts_leave_no_trace():
    other = asked()
    others = [
        CommandCancelled(id="x", station=STATION, command_id="c", requested_at=at(0)),
        FactReported(
            id="f",
            station=STATION,
            noun="reservations",
            version="2.1",
            action="A",
            payload=b"{}",
            received_at=at(0),
        ),
        settled(command="Reset"),
        session(),
        type(other)(id="q", station=STATION, command=Reset(), requested_at=at(0), expires_at=at(1)),
    ]

    assert Station(*others).state == initial(STATION)


def test_a_record_of_nobody_is_poison():
    with pytest.raises(Poison):
        Station(Station(asked()).one)
