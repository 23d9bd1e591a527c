"""A simulated 2.1 station keeps to limits by energy, time and state of charge."""

import datetime as dt
from typing import Any

import pytest

from loadtest.ocpp.limits21 import Limits, reached, said_limits
from loadtest.ocpp.messages import Sample

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def sample(register_wh: int = 1_000, soc: float | None = None) -> Sample:
    return Sample(at=NOON, register_wh=register_wh, power_w=0, voltage_v=230, current_a=0, phases=1, soc_percent=soc)


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b'{"transactionLimit":{"maxEnergy":5000,"maxCost":3}}', {"maxEnergy": 5000}),
        (b'{"transactionLimit":{"maxTime":60,"maxSoC":80}}', {"maxTime": 60, "maxSoC": 80}),
        (b'{"transactionLimit":{"maxCost":3}}', None),
        (b'{"totalCost":3}', None),
        (b"[]", None),
    ],
)
def test_an_answer_says_what_the_station_can_keep_to(payload: bytes, said: Any) -> None:
    limits = said_limits(payload)

    assert (None if limits is None else limits.payload()) == said


@pytest.mark.parametrize(
    ("limits", "found"),
    [
        (None, None),
        (Limits(max_energy=500), "EnergyLimitReached"),
        (Limits(max_energy=501), None),
        (Limits(max_time=60), "TimeLimitReached"),
        (Limits(max_time=61), None),
        (Limits(max_soc=80), "SOCLimitReached"),
        (Limits(max_soc=81), None),
    ],
)
def test_a_limit_is_reached_when_it_is_attained(limits: Limits | None, found: str | None) -> None:
    assert reached(limits, sample(1_500, soc=80), start_wh=1_000, elapsed_s=60) == found


def test_a_car_that_does_not_tell_its_charge_reaches_none() -> None:
    assert reached(Limits(max_soc=1), sample(), start_wh=0, elapsed_s=0) is None
