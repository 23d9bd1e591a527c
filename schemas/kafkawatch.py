"""Watch: checks that a Kafka broker accepts connections, so that an idle process is not reported ready during an outage."""

import asyncio
import contextlib

LOOK_EVERY_S = 2.0
CONNECT_WITHIN_S = 2.0
DEFAULT_PORT = 9092


class BusWatch:
    """Connects every `every_s` seconds and disconnects at once. Kafka counts as away after `failures` attempts in a row that failed."""

    name = "kafka"

    def __init__(self, bootstrap: str, *, every_s: float = LOOK_EVERY_S, failures: int = 1) -> None:
        self._bootstrap = bootstrap
        self._brokers = [_address(broker) for broker in bootstrap.split(",")]
        self._every_s = every_s
        self._allowed = failures
        self._failed = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Check until `stop` is set."""
        while not stop.is_set():
            reachable = any([await _takes_connections(host, port) for host, port in self._brokers])
            self._failed = 0 if reachable else self._failed + 1
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), self._every_s)

    def not_ready(self) -> list[str]:
        """The reasons why the bus cannot be used now; empty when it can."""
        away = self._failed >= self._allowed
        return [f"Kafka at {self._bootstrap} takes no connections"] if away else []


def _address(broker: str) -> tuple[str, int]:
    host, colon, port = broker.strip().rpartition(":")
    return (host, int(port)) if colon else (port, DEFAULT_PORT)


async def _takes_connections(host: str, port: int) -> bool:
    try:
        async with asyncio.timeout(CONNECT_WITHIN_S):
            _, writer = await asyncio.open_connection(host, port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
