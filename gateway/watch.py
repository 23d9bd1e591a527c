"""Watch: whether any Kafka broker takes connections, so that a gateway with nothing to store does not call itself ready."""

import asyncio

LOOK_EVERY_S = 2.0
CONNECT_WITHIN_S = 2.0


class BusWatch:
    """Looks every few seconds. One look that fails may be chance: two in a row count."""

    def __init__(self, bootstrap: str, *, every_s: float = LOOK_EVERY_S) -> None:
        self._bootstrap = bootstrap
        self._brokers = [address.strip().rsplit(":", 1) for address in bootstrap.split(",")]
        self._every_s = every_s
        self._failed = 0

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            reachable = any([await _takes_connections(host, port) for host, port in self._brokers])
            self._failed = 0 if reachable else self._failed + 1
            await asyncio.sleep(self._every_s)

    def not_ready(self) -> list[str]:
        """Why the bus cannot be used now; empty when it can."""
        return [f"Kafka at {self._bootstrap} takes no connections"] if self._failed > 1 else []


async def _takes_connections(host: str, port: str) -> bool:
    try:
        async with asyncio.timeout(CONNECT_WITHIN_S):
            _, writer = await asyncio.open_connection(host, int(port))
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True
