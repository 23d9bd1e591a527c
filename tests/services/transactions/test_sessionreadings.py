"""Registers and meter values of one session: plausible ones count, jumps are rejected."""

from decimal import Decimal

from schemas.anomalies import Anomaly
from schemas.states.transactions import SessionState
from services.transactions.meter import IMPOSSIBLE_JUMP, normalise
from services.transactions.sessionreadings import add_meter_values, add_readings, add_register
from tests.services.transactions.records import (
    Station,
    after,
    meter,
    metered,
    sample,
    start_16,
    started,
    stop_16,
    updated,
)


def session() -> SessionState:
    return Station(start_16()).state.sessions[0]


def test_the_register_of_a_stop_is_a_reading_of_its_end() -> None:
    (reading,) = add_register(session(), stop_16()).readings

    assert (reading.value, reading.context, reading.at) == (Decimal(6000), "Transaction.End", after(30))
    assert add_register(session(), updated(meter_wh=Decimal(5))).readings == ()


def test_a_jump_that_no_charger_makes_is_rejected() -> None:
    found = add_register(session(), stop_16(meter_wh=Decimal(10) ** 9))

    assert [reject.reason for reject in found.rejects] == [IMPOSSIBLE_JUMP]
    assert found.readings == ()
    assert Anomaly.QUARANTINED in found.session.anomalies


def test_the_newest_power_and_state_of_charge_count() -> None:
    power = sample(7000, measurand="Power.Active.Import", unit="W")
    charge = sample(55, measurand="SoC", unit="Percent")
    values = normalise((meter(2, power, charge), meter(1, sample(3000, measurand="Power.Active.Import", unit="W"))))
    after_values = add_readings(session(), values).session

    assert after_values.power is not None
    assert after_values.soc is not None
    assert (after_values.power.value, after_values.soc.value) == (7000, 55)
    assert after_values.alive_at == after(2)


def test_meter_values_of_their_own_tell_how_late_the_station_reports() -> None:
    before = Station(started()).state.sessions[0]
    fact = metered(meter(1, 1000), received_at=after(1))

    assert before.lag_us == 1_000_000
    assert add_meter_values(before, fact, normalise(fact.meter_values)).session.lag_us == 0
