"""Stations of the scenario `limits`: they charge at full power, and say the lower one soon after they are told a limit."""

import asyncio
import json
from typing import Any

import pytest

from loadtest.ocpp.versions import VERSIONS
from loadtest.run import obeying
from loadtest.run.obeying import FULL_W, limited


class Run:
    open = True


class Told:
    """A 1.6 station in memory; `said` are its calls."""

    name, token = "A", "T"
    dialect = VERSIONS["1.6"].dialect

    def __init__(self, run: Run) -> None:
        self.run, self.limit_w, self.told = run, None, asyncio.Event()
        self.said: list[tuple[str, Any]] = []

    async def timed(self, action: str, payload: bytes) -> bytes:
        self.said.append((action, json.loads(payload)))
        if len(self.said) == 2:
            self.limit_w = 4_200.0  # type: ignore[assignment]
            asyncio.get_running_loop().call_later(0.01, self.told.set)
        self.run.open = len(self.said) < 3
        return b'{"transactionId":7,"idTagInfo":{"status":"Accepted"}}'


def power(payload: Any) -> float:
    (value,) = payload["meterValue"]
    return next(float(each["value"]) for each in value["sampledValue"] if each["measurand"] == "Power.Active.Import")


async def test_a_station_says_the_lower_power_after_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(obeying, "OBEYS_WITHIN_S", 0.5)
    monkeypatch.setattr(obeying, "SAMPLE_EVERY_S", 5.0)
    run = Run()
    station = Told(run)
    await limited(run, station)  # type: ignore[arg-type]

    assert [action for action, _ in station.said] == ["StartTransaction", "MeterValues", "MeterValues"]
    assert [power(payload) for _, payload in station.said[1:]] == [FULL_W, 4_200]
