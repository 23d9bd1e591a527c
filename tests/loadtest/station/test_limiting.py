"""A simulated station keeps to its profiles: in every version, a moment later, and while it is offline."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from msgspec.structs import replace

from loadtest.ocpp.intents import KeepProfile
from loadtest.ocpp.messages import Transaction, stamp
from loadtest.station.limiting import Limiting, Obedience
from tests.loadtest.csms import Csms, running_csms
from tests.loadtest.hand_clock import START, HandClock, moving
from tests.loadtest.station.world import HUGE_WH, NAME, Cars, station_at

VERSIONS = ("1.6", "2.0.1", "2.1")


def default(limit: float) -> KeepProfile:
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}
    told = {"chargingProfilePurpose": "TxDefaultProfile", "chargingProfileKind": "Relative", "stackLevel": 0}
    return KeepProfile(profile_id=1, evse=0, profile=told | {"chargingSchedule": [schedule]})


def running() -> Transaction:
    return Transaction(evse=1, token="T", transaction_id="t1", meter_start_wh=0)


def test_what_is_accepted_is_obeyed_a_moment_later_and_each_change_after_those_before() -> None:
    limiting = Limiting([3], Obedience(least_s=2, most_s=2), Random(1))
    limiting.take([default(16)], START)
    limiting.take([default(8)], START + timedelta(seconds=1))

    seen = [limiting.amps(1, running(), START + timedelta(seconds=second)) for second in range(4)]
    assert seen == [None, None, 16, 8]


def test_a_station_that_ignores_profiles_is_limited_by_none() -> None:
    limiting = Limiting([3], Obedience(ignores=True), Random(1))
    limiting.take([default(6)], START)

    assert limiting.amps(1, running(), START + timedelta(hours=1)) is None


class OnePhase(Cars):
    """A car that draws on one phase."""

    def visit(self, remote):
        visit = super().visit(remote)
        return replace(visit, curve=replace(visit.curve, phases=1, peak_w=7_360))


def lease(csms: Csms, clock: HandClock, version: str) -> tuple[str, dict[str, Any]]:
    """SetChargingProfile: 10 A for a minute, then 6 A."""
    schedule: dict[str, Any] = {
        "chargingRateUnit": "A",
        "startSchedule": stamp(clock.now()),
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}, {"startPeriod": 60, "limit": 6.0}],
    }
    told = {"stackLevel": 1, "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Absolute"}
    if version == "1.6":
        mine = told | {"chargingProfileId": 5, "transactionId": 1, "chargingSchedule": schedule}
        return "SetChargingProfile", {"connectorId": 1, "csChargingProfiles": mine}
    transaction = csms.payloads("TransactionEvent")[0]["transactionInfo"]["transactionId"]
    mine = told | {"id": 5, "transactionId": transaction, "chargingSchedule": [schedule | {"id": 1}]}
    return "SetChargingProfile", {"evseId": 1, "chargingProfile": mine}


def currents(csms: Csms) -> list[tuple[float, ...]]:
    """The currents of the three phases, as the station reports them."""
    meters = [
        each
        for action in ("MeterValues", "TransactionEvent")
        for payload in csms.payloads(action)
        for each in payload.get("meterValue", [])
    ]
    return [
        tuple(float(one["value"]) for one in each["sampledValue"] if one["measurand"] == "Current.Import")
        for each in meters
        if any(one.get("measurand") == "Current.Import" for one in each["sampledValue"])
    ]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("cars", "phases"), [(Cars, 3), (OnePhase, 1)])
async def test_a_lease_limits_the_phases_that_the_car_uses_and_falls_back_offline(version, cars, phases) -> None:
    clock, drawn = HandClock(), []
    async with running_csms() as csms:
        station = station_at(csms, version, clock, drawn=lambda *draw: drawn.append(draw))
        async with moving(station.run([cars(battery_wh=HUGE_WH)]), clock.run()):
            await csms.until(lambda: any(max(each) > 15 for each in currents(csms)))
            answer = await csms.ask(NAME, version, *lease(csms, clock, version))
            assert answer[2] == {"status": "Accepted"}
            await csms.until(lambda: currents(csms)[-1] == (10.0,) * phases + (0.0,) * (3 - phases))
            csms.server.close(close_connections=True)
            while drawn[-1][1][0] > 6.05:
                await clock.wait(1)

    assert drawn[-1][1] == pytest.approx((6.0,) * phases + (0.0,) * (3 - phases), abs=0.01)
    assert csms.invalid == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_less_than_six_amperes_pause_and_more_resume(version: str) -> None:
    clock, drawn = HandClock(), []
    async with running_csms() as csms:
        station = station_at(csms, version, clock, drawn=lambda *draw: drawn.append(draw))
        async with moving(station.run([Cars(battery_wh=HUGE_WH)]), clock.run()):
            await csms.until(lambda: any(max(each) > 15 for each in currents(csms)))
            for limit in (0.0, 8.0):
                action, payload = lease(csms, clock, version)
                mine = payload.get("csChargingProfiles") or payload["chargingProfile"]
                schedule = mine["chargingSchedule"]
                schedule = schedule[0] if isinstance(schedule, list) else schedule
                schedule["chargingSchedulePeriod"] = [{"startPeriod": 0, "limit": limit}]
                await csms.ask(NAME, version, action, payload)
                await csms.until(lambda limit=limit: currents(csms)[-1] == (limit,) * 3)

    states = [each["status"] for each in csms.payloads("StatusNotification") if version == "1.6"] or [
        each["transactionInfo"].get("chargingState") for each in csms.payloads("TransactionEvent")
    ]
    assert "SuspendedEVSE" in states
    assert states[-1] == "Charging"
    assert csms.invalid == []
