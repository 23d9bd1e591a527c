"""Metering: the buildings and solar panels of the demo's sites report what they draw and give, for as long as the demo lives."""

import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from deploy.local.demo.operator import Operator, Refused
from deploy.local.demo.sites import readings

EVERY_S: Final = 10.0

Pause = Callable[[float], Awaitable[object]]


async def report(operator: Operator, sites: Sequence[str], pause: Pause, now: Callable[[], float] = time.time) -> None:
    """Report what the meters of these sites read until cancelled; that it does not work is said once, until it does again."""
    trouble = ""
    while True:
        try:
            await _report_all(operator, sites, now())
            trouble = ""
        except (Refused, OSError) as error:
            if not trouble:
                print(f"The demo could not report what its buildings draw. {error}", file=sys.stderr, flush=True)
            trouble = str(error)
        await pause(EVERY_S)


async def _report_all(operator: Operator, sites: Sequence[str], at_s: float) -> None:
    for site in sites:
        for meter, amps in readings(site, at_s):
            await operator.post(f"/sites/{site}/meters/{meter}/readings", {"readings": [{"amps": amps}]})
