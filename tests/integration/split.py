"""The product with its firmware services in a process of their own, so that they can be killed and measured apart."""

import asyncio
import os
import signal
from pathlib import Path

import httpx

from deploy.local.processes import Process, ready
from services import firmware
from services.nouns import WORKERS
from tests.integration.product import KEY, free_ports

READY_WITHIN_S = 90
FIRMWARE = tuple(run.name for run in firmware.NOUN.runs)
OTHERS = tuple(name for name in WORKERS if name not in FIRMWARE)


class Split:
    """The product with its firmware services in a process of their own, on a bus of its own."""

    def __init__(self, bootstrap: str, folder: Path, *, bus: str = "kafka") -> None:
        self.bus, self.bootstrap = bus, bootstrap
        ocpp, api, *self._admin = free_ports(5)
        self.url = f"ws://127.0.0.1:{ocpp}/ocpp"
        self.api_url = f"http://127.0.0.1:{api}"
        self._folder = folder
        self._environ = {
            **os.environ,
            "VOLTBUS_BUS": bus,
            "VOLTBUS_BOOTSTRAP": bootstrap,
            "VOLTBUS_CLICKHOUSE": f"chdb://{folder / 'clickhouse'}",
            "VOLTBUS_API_KEY": KEY,
            "VOLTBUS_STATIONS_UNKNOWN": "accept",
            "VOLTBUS_SESSION_TIMEOUT_S": "6",
        }
        self.others = self._process("others", "services", *OTHERS, "--port", str(api), admin=0)
        self.gateway = self._process("gateway", "gateway", "--port", str(ocpp), admin=1)
        self.firmware = self._process("firmware", "services", *FIRMWARE, admin=2)

    def _process(self, name: str, *module: str, admin: int) -> Process:
        arguments = [*module, "--metrics-port", str(self._admin[admin])]
        return Process(name, arguments, logs=self._folder, environ=self._environ)

    async def start(self) -> None:
        for process in (self.others, self.gateway, self.firmware):
            await process.start()
        await asyncio.gather(self._ready(self.others, 0), self._ready(self.gateway, 1), self._ready(self.firmware, 2))

    async def restart_firmware(self) -> None:
        """As `kill -9` does, and again."""
        os.kill(self.firmware.pid, signal.SIGKILL)
        await self.firmware.ended()
        await self.firmware.start()
        await self._ready(self.firmware, 2)

    async def _ready(self, process: Process, admin: int) -> None:
        await ready(process, host="127.0.0.1", port=self._admin[admin], within_s=READY_WITHIN_S)

    def client(self) -> httpx.AsyncClient:
        """A client of the API that holds the operator's key."""
        return httpx.AsyncClient(
            base_url=f"{self.api_url}/api/v1", headers={"Authorization": f"Bearer {KEY}"}, timeout=30
        )

    async def stop(self) -> None:
        for process in (self.gateway, self.firmware, self.others):
            await process.stop()
