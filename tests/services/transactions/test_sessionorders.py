"""Orders: an operator ends, corrects and releases sessions; the station's word is kept beside."""

from decimal import Decimal

import pytest

from schemas.anomalies import Anomaly
from schemas.authorization import TokenSessionEnded
from schemas.sessionorders import SessionCorrected, SessionEndOrdered, SessionReleased
from schemas.transactions import SessionChanged
from tests.services.transactions.records import (
    Station,
    after,
    meter,
    metered,
    number_of,
    start_16,
    status_16,
    stop_16,
)


def order(kind, station, minutes=60, **told):
    session = next(iter(station.sessions))
    common = {"station": "S1", "session": session, "reason": "stuck", "ordered_by": "ann", "ordered_at": after(minutes)}
    return kind(id=f"order-{minutes}", **common, **told)


def charging():
    station = Station(start_16())
    station.tells(metered(meter(10, "3500"), transaction_id=number_of(station)))
    return station


def test_an_operator_ends_a_session_by_its_last_reading():
    station = charging()
    station.tells(order(SessionEndOrdered, station))

    session = station.session
    assert (session.status, session.estimated, session.ended_at, session.energy_wh) == ("ended", False, after(10), 2500)
    assert session.anomalies == (Anomaly.ENDED_BY_OPERATOR,)
    assert len(station.all(TokenSessionEnded)) == 1


def test_an_operator_who_knows_better_says_when_and_with_how_much():
    station = charging()
    station.tells(order(SessionEndOrdered, station, ended_at=after(15), energy_wh=Decimal(3000)))

    assert (station.session.ended_at, station.session.energy_wh) == (after(15), 3000)


def test_the_station_s_own_end_stands_for_what_the_operator_left_open():
    station = charging()
    station.tells(order(SessionEndOrdered, station, energy_wh=Decimal(3000)))
    station.tells(stop_16(transaction_id=number_of(station), minutes=20, meter_wh=Decimal(9000)))

    session = station.session
    assert (session.ended_at, session.energy_wh, session.meter_stop_wh) == (after(20), 3000, 9000)


@pytest.mark.parametrize("over", ["stopped", "presumed"])
def test_an_operator_corrects_a_session_that_is_over(over):
    station = charging()
    end = stop_16(transaction_id=number_of(station)) if over == "stopped" else status_16("Available", 20)
    station.tells(end)
    station.tells(order(SessionCorrected, station, energy_wh=Decimal(42)))
    station.tells(order(SessionCorrected, station, minutes=61, ended_at=after(12)))

    session = station.session
    assert (session.energy_wh, session.ended_at) == (42, after(12))
    assert Anomaly.CORRECTED_BY_OPERATOR in session.anomalies


def test_a_session_that_runs_is_not_corrected_and_one_that_is_over_not_ended_again():
    station = charging()
    station.tells(order(SessionCorrected, station, energy_wh=Decimal(42)))
    station.tells(stop_16(transaction_id=number_of(station)))
    station.tells(order(SessionEndOrdered, station, minutes=61, energy_wh=Decimal(42)))

    assert (station.session.energy_wh, station.session.anomalies) == (5000, ())


def test_a_released_session_goes_on_and_its_token_is_free():
    station = charging()
    station.tells(order(SessionReleased, station))

    assert (station.session.status, station.session.anomalies) == ("active", (Anomaly.RELEASED_BY_OPERATOR,))
    assert len(station.all(TokenSessionEnded)) == 1
    station.tells(stop_16(transaction_id=number_of(station)))
    assert len(station.all(TokenSessionEnded)) == 1


@pytest.mark.parametrize("kind", [SessionEndOrdered, SessionReleased])
def test_an_order_told_again_says_nothing_new(kind):
    station = charging()
    first = order(kind, station)
    station.tells(first)
    changes = len(station.all(SessionChanged))

    assert station.tells(first) == []
    assert len(station.all(SessionChanged)) == changes


def test_an_order_of_a_session_that_nobody_knows_changes_nothing():
    station = charging()
    unknown = SessionReleased(
        id="o", station="S1", session="nobody", reason="x", ordered_by="ann", ordered_at=after(60)
    )

    assert station.tells(unknown) == []
