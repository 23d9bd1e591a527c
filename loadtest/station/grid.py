"""Grid: an energy management system beside a simulated 2.x station, which limits it now and then (K11 to K13)."""

from collections.abc import Sequence
from random import Random
from typing import Protocol

from loadtest.ocpp.messages import Message, Payload, stamp
from loadtest.station.clock import Clock
from loadtest.station.drawing import Drawing

SOURCE = "EMS"
FREE_S = (60.0, 300.0)
LIMITED_S = (60, 180)
SHARE = (0.3, 0.7)
"""For how long it leaves the station alone, for how long it limits it, and to which part of all its outlets together."""


class Bay(Protocol):
    """What is capped."""

    drawing: Drawing

    @property
    def peak_w(self) -> int: ...


class Host(Protocol):
    """What the station gives it."""

    clock: Clock

    @property
    def bays(self) -> Sequence[Bay]: ...
    @property
    def online(self) -> bool: ...
    def tell(self, message: Message) -> None: ...


async def manage(station: Host, random: Random) -> None:
    """Limit the station and leave it alone, in turns, until cancelled; its EVSEs share the limit evenly."""
    while True:
        await station.clock.wait(random.uniform(*FREE_S))
        limit_w = int(sum(bay.peak_w for bay in station.bays) * random.uniform(*SHARE))
        lasts_s = random.randint(*LIMITED_S)
        if not station.online:
            continue
        _cap(station, limit_w // len(station.bays))
        station.tell(limiting(limit_w, lasts_s, stamp(station.clock.now())))
        await station.clock.wait(lasts_s)
        _cap(station, None)
        station.tell(Message("ClearedChargingLimit", {"chargingLimitSource": SOURCE}))


def limiting(limit_w: int, lasts_s: int, at: str) -> Message:
    """NotifyChargingLimit of the whole station (K12)."""
    schedule: Payload = {
        "id": 1,
        "startSchedule": at,
        "duration": lasts_s,
        "chargingRateUnit": "W",
        "chargingSchedulePeriod": [{"startPeriod": 0, "limit": float(limit_w)}],
    }
    limit: Payload = {"chargingLimitSource": SOURCE, "isGridCritical": False}
    return Message("NotifyChargingLimit", {"chargingLimit": limit, "chargingSchedule": [schedule]})


def _cap(station: Host, limit_w: int | None) -> None:
    for bay in station.bays:
        bay.drawing.others_w = limit_w
