"""Sensors: a simulated 2.x station tells how warm it is inside, as its maker made it to, without a monitor of the CSMS (N07)."""

from random import Random
from typing import Protocol

from loadtest.ocpp.messages import Message, Payload, stamp
from loadtest.station.clock import Clock

FIRST_S = (2.0, 20.0)
EVERY_S = 300.0
CELSIUS = (18.0, 46.0)


class Host(Protocol):
    """What the station gives it."""

    clock: Clock

    @property
    def online(self) -> bool: ...
    def tell(self, message: Message) -> None: ...
    def event_number(self) -> int:
        """The number of the next event; the station counts all of them."""


async def feel(station: Host, random: Random) -> None:
    """Tell the temperature some time after the start, and then every five minutes, until cancelled."""
    await station.clock.wait(random.uniform(*FIRST_S))
    while True:
        if station.online:
            station.tell(warm(random.uniform(*CELSIUS), stamp(station.clock.now()), station.event_number()))
        await station.clock.wait(EVERY_S)


def warm(celsius: float, at: str, number: int) -> Message:
    """NotifyEvent of the station's temperature; `number` is the event's."""
    event: Payload = {
        "eventId": number,
        "timestamp": at,
        "trigger": "Periodic",
        "actualValue": f"{celsius:.1f}",
        "eventNotificationType": "HardWiredNotification",
        "component": {"name": "TemperatureSensor"},
        "variable": {"name": "Temperature"},
    }
    return Message("NotifyEvent", {"generatedAt": at, "seqNo": 0, "eventData": [event]})
