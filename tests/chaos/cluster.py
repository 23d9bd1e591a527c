"""Cluster: the product as it is deployed, each service in a process of its own, two gateways behind a balancer, by names."""

import asyncio
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

import httpx

from deploy.local.kafka import Kafka
from deploy.local.processes import Process, ready
from services.nouns import STATEFUL
from tests.chaos.balancer import Balancer
from tests.integration.product import free_ports

LONG = os.environ.get("VOLTBUS_CHAOS") == "long"
DECISION_S = 10 if LONG else 4
KEY = "chaos-key-0123456789"
PARTITIONS = 4
READY_WITHIN_S = 90
GATEWAYS = ("gw-0", "gw-1")
TOGETHER = {"firmware": ("firmware", "firmware-campaigns"), "authorization": ("authorization", "provisioning")}
"""What runs in one process, named after its first worker; all else runs alone."""
DECIDERS = tuple(name for name in STATEFUL if all(name not in others[1:] for others in TOGETHER.values()))
"""The processes of stateful services; a second one is called `<name>-2`."""
PROJECTION = "metering"
"""Metering and the API, in one process."""
CLICKHOUSE = "clickhouse"
"""Over HTTP, as it is deployed: a process of its own, which holds the engine."""
CLICKHOUSE_TIMEOUT_S = 10


class Cluster:
    """Named processes that can be started, killed, frozen and stopped. Each life of a process has a log of its own."""

    def __init__(self, kafka: Kafka, folder: Path) -> None:
        self.kafka = kafka
        self.folder = folder
        self.running: dict[str, Process] = {}
        names = [*GATEWAYS, *DECIDERS, *(f"{name}-2" for name in DECIDERS), PROJECTION, CLICKHOUSE]
        ports = free_ports(len(names) + len(GATEWAYS) + 1)
        self._admin = dict(zip(names, ports, strict=False))
        self.gateway_ports = dict(zip(GATEWAYS, ports[len(names) :], strict=False))
        self._api_port = ports[-1]
        self.balancer = Balancer(self.gateway_ports)
        self.ahead_s: dict[str, float] = {}
        """Gateways whose clocks are wrong from their next start on."""
        self._lives: dict[str, int] = {}
        self._left: list[str] = []

    @property
    def url(self) -> str:
        """Where stations connect."""
        return f"ws://127.0.0.1:{self.balancer.port}/ocpp"

    @property
    def api_url(self) -> str:
        """The operator API."""
        return f"http://127.0.0.1:{self._api_port}"

    def api(self) -> httpx.AsyncClient:
        """A client of the API that holds the operator's key."""
        return httpx.AsyncClient(
            base_url=f"{self.api_url}/api/v1", headers={"Authorization": f"Bearer {KEY}"}, timeout=20
        )

    def pid(self, name: str) -> int:
        """The process id of what runs under a name."""
        return self.running[name].pid

    # -- what can be done to processes --------------------------------------------------------------------------------

    async def start(self, *names: str) -> float:
        """Start processes together and wait until all can do their work; the seconds that took."""
        begun = time.monotonic()
        await asyncio.gather(*(self._started(name) for name in names))
        return time.monotonic() - begun

    async def kill(self, *names: str) -> None:
        """As `kill -9` does."""
        processes = [self.running.pop(name) for name in names]
        for process in processes:
            os.kill(process.pid, signal.SIGKILL)
        await asyncio.gather(*(process.ended() for process in processes))
        self._left.extend(names)

    async def stop(self, *names: str) -> dict[str, int]:
        """As an orderly deployment does (SIGTERM); the exit codes."""
        processes = {name: self.running.pop(name) for name in names}
        await asyncio.gather(*(process.stop() for process in processes.values()))
        return {name: await process.ended() for name, process in processes.items()}

    def freeze(self, name: str) -> None:
        """SIGSTOP: it holds everything and does nothing."""
        os.kill(self.pid(name), signal.SIGSTOP)

    def wake(self, name: str) -> None:
        """SIGCONT."""
        os.kill(self.pid(name), signal.SIGCONT)

    async def is_ready(self, name: str) -> None:
        """Wait until a process says that it can do its work."""
        await ready(self.running[name], host="127.0.0.1", port=self._admin[name], within_s=READY_WITHIN_S)

    def ended(self) -> list[str]:
        """Processes that ended though nobody ended them, each with its last words."""
        return [f"{name}: {process.last_words()}" for name, process in self.running.items() if not process.alive]

    async def close(self) -> None:
        """Stop whatever runs."""
        for name in self.running:
            self.wake(name) if self.running[name].alive else None
        await self.stop(*self.running)
        await self.balancer.stop()

    # -- how they are started -----------------------------------------------------------------------------------------

    async def _started(self, name: str) -> None:
        life = self._lives[name] = self._lives.get(name, 0) + 1
        process = Process(
            f"{name}.{life}", self._module(name), logs=self.folder, environ={**os.environ, **self._environ()}
        )
        await process.start()
        self.running[name] = process
        await self.is_ready(name)

    def _module(self, name: str) -> Sequence[str]:
        admin = ["--metrics-port", str(self._admin[name])]
        if name in GATEWAYS:
            module = ["tests.chaos.skewed", str(self.ahead_s[name])] if name in self.ahead_s else ["gateway"]
            return [*module, "--gateway", name, "--port", str(self.gateway_ports[name]), *admin]
        if name == CLICKHOUSE:
            return ["tests.clickhouse_server", "--port", str(self._admin[name]), "--folder", str(self.folder / name)]
        if name == PROJECTION:
            return ["services", "metering", "api", "--port", str(self._api_port), *admin]
        service = name.removesuffix("-2")
        return ["services", *TOGETHER.get(service, (service,)), *admin]

    def _environ(self) -> dict[str, str]:
        return {
            "VOLTBUS_BUS": "kafka",
            "VOLTBUS_BOOTSTRAP": self.kafka.bootstrap,
            "VOLTBUS_CLICKHOUSE": f"http://127.0.0.1:{self._admin[CLICKHOUSE]}/",
            "VOLTBUS_CLICKHOUSE_TIMEOUT_S": str(CLICKHOUSE_TIMEOUT_S),
            "VOLTBUS_API_KEY": KEY,
            "VOLTBUS_STATIONS_UNKNOWN": "accept",
            "VOLTBUS_REPLACEMENTS": "1000",  # stations replace their connections faster here than any does by itself
            "VOLTBUS_TOKENS_UNKNOWN": "accept",
            "VOLTBUS_HOST": "127.0.0.1",
            "VOLTBUS_DRAIN_WINDOW_S": "2",
            "VOLTBUS_DECISION_S": str(DECISION_S),
            "VOLTBUS_KAFKA_START_TIMEOUT_S": "90",  # nobody starts a gateway again here that gave up
        }
