"""Streams: a simulated 2.1 station sends the values of each open stream, until its monitor is no more (N15)."""

from collections.abc import Callable, Coroutine, Mapping
from random import Random
from typing import Any, Protocol

from loadtest.ocpp.messages import Message, Payload, stamp
from loadtest.ocpp.streams21 import INTERVAL_S, streams, values
from loadtest.station.clock import Clock
from loadtest.station.sensors import CELSIUS


class Line(Protocol):
    """What is sent without an answer."""

    def send(self, message: Message) -> None: ...


class Host(Protocol):
    """What streams need of their station."""

    clock: Clock

    @property
    def line(self) -> Line: ...
    @property
    def online(self) -> bool: ...


class Streams:
    """The open streams of one station."""

    def __init__(self, host: Host, begin: Callable[[Coroutine[Any, Any, None]], object], random: Random) -> None:
        self._host = host
        self._begin = begin
        self._random = random
        self._monitors: Mapping[int, Payload] = {}
        self._running: set[int] = set()

    def follow(self, monitors: Mapping[int, Payload]) -> None:
        """The station has these monitors from now on."""
        self._monitors = monitors
        for number in set(streams(monitors)) - self._running:
            self._running.add(number)
            self._begin(self._run(number))

    async def _run(self, number: int) -> None:
        while (parameters := streams(self._monitors).get(number)) is not None:
            await self._host.clock.wait(parameters.interval or INTERVAL_S)
            if self._host.online and number in streams(self._monitors):
                celsius = self._random.uniform(*CELSIUS)
                self._host.line.send(values(number, celsius, stamp(self._host.clock.now())))
        self._running.discard(number)
