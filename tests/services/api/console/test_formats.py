"""How quantities, times and curves are said."""

import datetime as dt
from decimal import Decimal

import pytest

from schemas.anomalies import Anomaly
from services.api.console import charts, formats
from services.api.fakes import NOON
from services.api.history.curves import Point
from services.api.sessions.page import ANOMALIES
from services.api.sessions.rows import SessionSeries


@pytest.mark.parametrize(
    ("watts", "text"),
    [(None, "–"), (0, "0.00 kW"), (Decimal("7360"), "7.36 kW"), (22_080.0, "22.1 kW"), (1_250_000, "1.25 MW")],
)
def test_power_is_in_kilowatts(watts: Decimal | float | None, text: str) -> None:
    assert formats.power(watts) == text


@pytest.mark.parametrize(
    ("watt_hours", "text"),
    [(None, "–"), (Decimal("7321.25"), "7.32 kWh"), (1_234_567, "1,235 kWh"), (12_000_000, "12.0 MWh")],
)
def test_energy_is_in_kilowatt_hours(watt_hours: Decimal | float | None, text: str) -> None:
    assert formats.energy(watt_hours) == text


@pytest.mark.parametrize(
    ("passed_s", "text"),
    [(0, "just now"), (59, "59 s ago"), (3599, "59 min ago"), (90_000, "1 d ago"), (-60, "in 1 min")],
)
def test_an_age_has_one_unit(passed_s: int, text: str) -> None:
    assert formats.ago(NOON - dt.timedelta(seconds=passed_s), NOON) == text


def test_a_duration_has_hours_and_minutes() -> None:
    assert formats.duration(NOON, NOON + dt.timedelta(seconds=5)) == "5 s"
    assert formats.duration(NOON, NOON + dt.timedelta(hours=26, minutes=5)) == "26 h 5 min"
    assert formats.duration(NOON, NOON - dt.timedelta(hours=1)) == "0 s"


def test_a_reading_has_no_zeros_that_mean_nothing() -> None:
    assert formats.quantity(Decimal("230.5000"), "V") == "230.5 V"
    assert formats.quantity(Decimal("16.0000"), "") == "16"


def test_json_is_indented_and_anything_else_stays() -> None:
    assert formats.pretty_text('[2,"1"]') == '[\n  2,\n  "1"\n]'
    assert formats.pretty_text("[2,") == "[2,"


def test_a_register_is_said_to_the_watt_hour() -> None:
    assert formats.register(Decimal("6795123.0000")) == "6,795.123 kWh"
    assert formats.register(None) == "–"


def test_every_anomaly_has_its_sentence() -> None:
    assert set(ANOMALIES) == set(Anomaly)


def test_a_session_shows_only_what_was_measured() -> None:
    points = (Point(NOON, 0.0), Point(NOON + dt.timedelta(minutes=1), 7_360.0))

    chart = charts.session(SessionSeries(energy_wh=(), power_w=points, soc_percent=()), "")

    (curve,) = chart.curves
    assert (curve.label, curve.unit, curve.values) == ("Power", "kW", (0.0, 7.36))
    assert chart.path(curve).startswith("M0.0 200")
    assert not chart.empty


def test_a_chart_of_one_moment_or_none_draws_nothing() -> None:
    one = charts.power("p", (Point(NOON, 1.0),), "")
    none = charts.power("p", (), "")

    assert one.path(one.curves[0]) == none.path(none.curves[0]) == ""
    assert none.empty
