"""Lateness: starts answered before they were decided, and stations that have their own names for their transactions."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.authorization import DecisionRecorded, IdToken
from schemas.commands import CommandRequested
from schemas.startnumbers import transaction_number
from schemas.transactions import FallbackAnswered, MeterValuesRecorded, RemoteStop, SessionChanged
from services.transactions.core import Policy
from tests.services.transactions.records import (
    Station,
    after,
    answers,
    ended,
    meter,
    metered,
    number_of,
    start_16,
    started,
    stop_16,
    updated,
)


def fallback(number, status="Accepted"):
    return FallbackAnswered(id="f", station="S1", transaction_id=number, status=status, at=after(0.2))


def decision(station, status, **overrides):
    session = next(iter(station.sessions))
    fields = {"id": f"d-{status}", "station": "S1", "token": "CARD", "id_token": IdToken(value="CARD")}
    times = {"session": session, "status": status, "requested_at": after(0)}
    return DecisionRecorded(**{**fields, **times, **overrides})


# -- ends and readings under ids that nobody gave ---------------------------------------------------------------------


@pytest.mark.parametrize("number", ["-1", "0", "4711"])
def test_an_end_with_an_unknown_id_is_of_the_only_session_that_it_can_be_of(number):
    station = Station(start_16())
    station.tells(stop_16(transaction_id=number))

    session = station.session
    assert (session.status, session.energy_wh, session.anomalies) == ("ended", 5000, (Anomaly.MATCHED_BY_PLACE,))


@pytest.mark.parametrize("number", ["-1", "4711"])
def test_such_an_end_told_again_is_known_again(number):
    station = Station(start_16(), stop_16(transaction_id=number))

    assert len(station.tells(stop_16("again", transaction_id=number))) == 1
    assert len(station.sessions) == 1


@pytest.mark.parametrize(
    "end",
    [
        {"minutes": -5},
        {"meter_wh": Decimal(500)},
        {"meter_wh": Decimal(900_000_000)},
    ],
    ids=["before the start", "below its register", "out of reach"],
)
def test_an_end_that_cannot_be_of_the_session_is_not(end):
    station = Station(start_16())
    station.tells(stop_16(transaction_id="4711", **end))

    assert [s.status for s in station.sessions.values()] == ["active", "ended"]


def test_of_two_sessions_the_register_tells_whose_end_it_is():
    station = Station(start_16(), start_16("m2", evse=2, meter_wh=Decimal(70_000)))
    station.tells(stop_16(transaction_id="-1", meter_wh=Decimal(6_000)))

    assert [(s.evse, s.status) for s in station.sessions.values()] == [(1, "ended"), (2, "active")]


def test_of_two_sessions_the_token_tells_whose_end_it_is():
    other = IdToken(value="OTHER")
    station = Station(start_16(), start_16("m2", evse=2, token=other))
    station.tells(stop_16(transaction_id="-1", token=other))

    assert [(s.evse, s.status) for s in station.sessions.values()] == [(1, "active"), (2, "ended")]


def test_where_nothing_tells_two_sessions_apart_the_end_is_of_neither():
    station = Station(start_16(), start_16("m2", evse=2))
    station.tells(stop_16(transaction_id="-1"))

    assert [s.status for s in station.sessions.values()] == ["active", "active", "ended"]


def test_readings_under_the_station_s_own_number_are_of_the_session_on_their_evse_and_so_is_its_end():
    station = Station(start_16())
    station.tells(metered(meter(10, "2000"), transaction_id="4711"))
    station.tells(start_16("m2", evse=2))
    station.tells(stop_16(transaction_id="4711"))

    first = next(iter(station.sessions.values()))
    assert (first.status, first.energy_wh, first.anomalies) == ("ended", 5000, (Anomaly.MATCHED_BY_PLACE,))
    assert {r.session for r in station.all(MeterValuesRecorded)} >= {first.session}


@pytest.mark.parametrize("number", ["0", "-1", "00"])
def test_in_2_x_any_id_is_an_id(number):
    station = Station(
        started(transaction_id=number, meter_values=(meter(0, "1000"),)),
        updated(transaction_id=number, meter_values=(meter(5, "2000"),)),
        ended(transaction_id=number, meter_values=(meter(30, "4000"),)),
    )

    assert (station.session.status, station.session.energy_wh, station.session.anomalies) == ("ended", 3000, ())


# -- answers before the decision --------------------------------------------------------------------------------------


def test_the_number_that_the_gateway_gives_is_that_of_the_session():
    fact = start_16()

    assert transaction_number(fact) == number_of(Station(fact))


def test_a_start_of_unreadable_time_that_comes_again_goes_by_each_number_it_may_have_been_told():
    first = start_16(at_source="gateway")
    again = start_16("m2", at_source="gateway", minutes=2)
    assert transaction_number(first) != transaction_number(again)

    station = Station(first, again)
    station.tells(stop_16(transaction_id=transaction_number(again)))

    assert (station.session.status, station.session.anomalies) == ("ended", (Anomaly.CLOCK_UNREADABLE,))


def test_a_start_that_comes_again_after_another_correction_of_its_clock_is_the_same_start():
    corrected = {"deviations": ("clock-corrected",)}
    first, again = start_16(**corrected), start_16("m2", minutes=0.1, **corrected)
    station = Station(first, again)
    station.tells(stop_16(transaction_id=transaction_number(again)))

    assert (station.session.status, station.session.energy_wh) == ("ended", 5000)


@pytest.mark.parametrize("order", [0, 1], ids=["answer first", "decision first"])
@pytest.mark.parametrize("kind", [start_16, started])
def test_a_session_accepted_late_that_was_to_be_refused_is_marked_and_stopped_from_afar_once(order, kind):
    station = Station(kind())
    facts = [fallback(number_of(station)), decision(station, "Blocked")]
    for fact in facts[::-1] if order else facts:
        station.tells(fact)
        station.tells(fact)

    (stop,) = station.all(CommandRequested)
    assert stop.command == RemoteStop(transaction_id=number_of(station))
    assert station.session.anomalies == (Anomaly.ACCEPTED_LATE,)


def test_by_policy_it_is_kept_and_marked():
    station = Station(start_16())
    station.policy = Policy(stops_late_refusals=False)
    station.tells(fallback(number_of(station)))
    station.tells(decision(station, "Invalid"))

    assert station.all(CommandRequested) == []
    assert station.session.anomalies == (Anomaly.ACCEPTED_LATE,)


def test_a_session_that_is_over_is_marked_and_not_stopped():
    station = Station(start_16())
    station.tells(stop_16(transaction_id=number_of(station)))
    station.tells(fallback(number_of(station)))
    station.tells(decision(station, "Invalid"))

    assert station.all(CommandRequested) == []
    assert station.session.anomalies == (Anomaly.ACCEPTED_LATE,)


@pytest.mark.parametrize(
    ("told", "decided", "odd"),
    [("Accepted", "Accepted", ()), ("Invalid", "Accepted", (Anomaly.REFUSED_LATE,)), ("Invalid", "Blocked", ())],
)
def test_what_was_told_and_decided_alike_needs_nothing(told, decided, odd):
    station = Station(start_16())
    station.tells(fallback(number_of(station), told))
    station.tells(decision(station, decided))

    assert station.all(CommandRequested) == []
    assert station.session.anomalies == odd


def test_a_decision_in_time_says_nothing():
    station = Station(start_16())

    assert station.tells(decision(station, "Blocked")) == []


def test_the_decision_on_the_token_of_an_end_is_none_on_its_start():
    station = Station(started())
    station.tells(fallback("tx-1"))

    assert station.tells(decision(station, "Invalid", final=True)) == []


def test_a_start_that_was_answered_late_and_its_end_are_one_session():
    station = Station(start_16())
    number = transaction_number(start_16())
    station.tells(fallback(number, "Invalid"))
    station.tells(stop_16(transaction_id=number))

    assert (station.session.status, station.session.energy_wh) == ("ended", 5000)
    assert len(answers(station.said)) == 2
    assert [c.revision for c in station.all(SessionChanged)] == [1, 2]


def test_an_unknown_id_after_the_presumed_end_is_still_its_end():
    station = Station(start_16(), replace(start_16("m2"), id="again"))
    station.tells(started("next", transaction_id="9", minutes=20, token=IdToken(value="B")))
    station.tells(ended("next-end", transaction_id="9", minutes=25))
    station.tells(stop_16(transaction_id="-1", minutes=30))

    assert [s.status for s in station.sessions.values()] == ["ended", "ended"]
