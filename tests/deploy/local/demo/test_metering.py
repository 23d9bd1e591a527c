"""The meters of the demo's sites report again and again, and say once that they cannot."""

import asyncio
from typing import Any

import pytest

from deploy.local.demo.metering import EVERY_S, report
from deploy.local.demo.operator import Refused
from deploy.local.demo.sites import TREES


class Fake:
    """An operator whose API refuses the first requests."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.posted: list[tuple[str, Any]] = []

    async def post(self, path: str, body: Any) -> None:
        if self.refusals:
            self.refusals -= 1
            raise Refused("no")
        self.posted.append((path, body))


async def test_all_meters_report_and_trouble_is_said_once(capsys: pytest.CaptureFixture[str]) -> None:
    operator, pauses = Fake(refusals=2), list[float]()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 4:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await report(operator, list(TREES), pause, now=lambda: 100.0)  # type: ignore[arg-type]

    assert pauses == [EVERY_S] * 4
    assert len(operator.posted) == 2 * sum(len(tree["meters"]) for tree in TREES.values())
    assert operator.posted[0][0] == "/sites/de-ham/meters/building/readings"
    assert set(operator.posted[0][1]["readings"][0]["amps"]) == {"L1", "L2", "L3"}
    assert capsys.readouterr().err.count("could not report") == 1
