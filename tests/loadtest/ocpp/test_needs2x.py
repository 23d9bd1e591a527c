"""What a simulated EV needs, and how it means to charge."""

import datetime as dt
from typing import Any

import pytest

from loadtest.ocpp.messages import Transaction
from loadtest.ocpp.needs2x import Car, meant, needs, tells

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


def car(**changes: Any) -> Car:
    members = {"phases": 3, "peak_w": 11_040, "wanted_wh": 22_080, "battery_wh": 60_000, "soc_percent": 20.6}
    return Car(**members | changes)


def told(one: Car) -> dict[str, Any]:
    transaction = Transaction(evse=2, token="04AA", transaction_id="t", meter_start_wh=0)
    message = needs(one, transaction, NOON)
    assert (message.action, message.payload["evseId"]) == ("NotifyEVChargingNeeds", 2)
    found: Any = message.payload["chargingNeeds"]
    return found


def test_an_ev_at_ac_tells_its_current_and_energy_and_leaves_when_it_could_be_ready_twice() -> None:
    assert told(car()) == {
        "requestedEnergyTransfer": "AC_three_phase",
        "departureTime": "2026-01-01T16:00:00.000Z",
        "acChargingParameters": {"energyAmount": 22_080, "evMinCurrent": 6, "evMaxCurrent": 16, "evMaxVoltage": 230},
    }


def test_an_ev_at_dc_tells_its_power_and_battery() -> None:
    parameters = told(car(phases=0, peak_w=50_000))["dcChargingParameters"]

    assert (parameters["evMaxPower"], parameters["stateOfCharge"], parameters["evMaxCurrent"]) == (50_000, 20, 125)


def test_some_evs_tell_their_needs_and_always_the_same() -> None:
    telling = [number for number in range(300) if tells(f"t{number}", 3)]

    assert 70 < len(telling) < 130
    assert telling == [number for number in range(300) if tells(f"t{number}", 3)]
    assert not any(tells(f"t{number}", 0) for number in range(300))


@pytest.mark.parametrize(("start", "base"), [({}, "2026-01-01T12:00:00Z"), ({"startSchedule": "S"}, "S")])
def test_an_ev_means_to_charge_as_its_profile_allows(start: dict[str, str], base: str) -> None:
    periods = [{"startPeriod": 0, "limit": 16.0, "numberPhases": 3}, {"startPeriod": 60, "limit": 8.0}]
    schedule = {"id": 4, "chargingRateUnit": "A", "chargingSchedulePeriod": periods, **start}

    message = meant({"chargingSchedule": [schedule]}, 1, "2026-01-01T12:00:00Z")

    assert message is not None
    assert message.payload == {
        "timeBase": base,
        "evseId": 1,
        "chargingSchedule": {
            "id": 4,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16.0}, {"startPeriod": 60, "limit": 8.0}],
        },
    }
    assert meant({}, 1, "now") is None
