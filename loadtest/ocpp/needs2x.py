"""EVs that speak ISO 15118 at a simulated 2.x station: what they need, and how they mean to charge (K15 to K17). PURE."""

from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

import msgspec

from loadtest.ocpp.messages import Message, Payload, Transaction, present, stamp

TUPLES = 6
"""Periods that such an EV takes (maxScheduleTuples)."""

LEAST_A = 6
VOLTAGE_V = 230
DC_VOLTAGE_V = 400
TRANSFERS = {1: "AC_single_phase", 2: "AC_two_phase", 3: "AC_three_phase"}


class Car(msgspec.Struct, frozen=True, kw_only=True):
    """What an EV takes at its outlet (`phases` 0: DC), the energy that it lacks, and how full it is."""

    phases: int
    peak_w: int
    wanted_wh: int
    battery_wh: int
    soc_percent: float


def tells(transaction_id: str, one_in: int) -> bool:
    """Whether the EV of a transaction tells its needs, as one in so many do (0: none); the same for the same transaction."""
    return one_in > 0 and crc32(transaction_id.encode()) % one_in == 0


def needs(car: Car, transaction: Transaction, at: datetime) -> Message:
    """NotifyEVChargingNeeds: it leaves when it could be ready twice (K15.FR.01)."""
    stays_s = max(600, 7_200 * car.wanted_wh // max(1, car.peak_w))
    return Message(
        "NotifyEVChargingNeeds",
        {
            "evseId": transaction.evse,
            "maxScheduleTuples": TUPLES,
            "chargingNeeds": {
                "requestedEnergyTransfer": TRANSFERS.get(car.phases, "DC"),
                "departureTime": stamp(at + timedelta(seconds=stays_s)),
                **(_ac(car) if car.phases else _dc(car)),
            },
        },
    )


def _ac(car: Car) -> Payload:
    told: Payload = {
        "energyAmount": car.wanted_wh,
        "evMinCurrent": LEAST_A,
        "evMaxCurrent": car.peak_w // (VOLTAGE_V * car.phases),
        "evMaxVoltage": VOLTAGE_V,
    }
    return {"acChargingParameters": told}


def _dc(car: Car) -> Payload:
    told: Payload = {
        "evMaxCurrent": car.peak_w // DC_VOLTAGE_V,
        "evMaxVoltage": DC_VOLTAGE_V,
        "energyAmount": car.wanted_wh,
        "evMaxPower": car.peak_w,
        "stateOfCharge": int(car.soc_percent),
        "evEnergyCapacity": car.battery_wh,
    }
    return {"dcChargingParameters": told}


def meant(profile: Payload, evse: int, at: str) -> Message | None:
    """NotifyEVChargingSchedule: the EV means to charge as the first schedule of its profile allows (K15.FR.10, FR.19)."""
    schedules: Any = profile.get("chargingSchedule")
    if not isinstance(schedules, list) or not schedules:
        return None
    schedule = schedules[0]
    periods = [
        {"startPeriod": period["startPeriod"], "limit": period["limit"]}
        for period in schedule["chargingSchedulePeriod"]
        if "limit" in period
    ]
    told = {name: schedule.get(name) for name in ("id", "duration", "chargingRateUnit")}
    return Message(
        "NotifyEVChargingSchedule",
        {
            "timeBase": schedule.get("startSchedule") or at,
            "evseId": evse,
            "chargingSchedule": present({**told, "chargingSchedulePeriod": periods}),
        },
    )
