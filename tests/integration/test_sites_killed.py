"""Sites on the embedded bus, whose services and gateway are killed: their limits are kept by the ledger of currents."""

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from deploy.local.processes import Process, ready
from services import energy
from services.nouns import WORKER_OF, WORKERS
from tests.integration.livingsites import excesses, filled, living, within
from tests.integration.product import KEY, eventually, free_ports

pytestmark = [pytest.mark.asyncio, pytest.mark.embedded]

APART = tuple(WORKER_OF[run.name] for run in energy.NOUN.runs)
AWAY_S = 4


class Apart:
    """The product with its gateway and each service of sites in a process of its own."""

    def __init__(self, bootstrap: str, folder: Path) -> None:
        ocpp, api, *admin = free_ports(2 + 2 + len(APART))
        self.url, self.api_url = f"ws://127.0.0.1:{ocpp}/ocpp", f"http://127.0.0.1:{api}"
        others = [name for name in WORKERS if name not in APART]
        commands = {
            "others": ["services", *others, "--port", str(api)],
            "gateway": ["gateway", "--port", str(ocpp)],
            **{name: ["services", name] for name in APART},
        }
        environ = {
            **os.environ,
            "VOLTBUS_BUS": "embedded",
            "VOLTBUS_BOOTSTRAP": bootstrap,
            "VOLTBUS_CLICKHOUSE": f"chdb://{folder / 'clickhouse'}",
            "VOLTBUS_API_KEY": KEY,
            "VOLTBUS_TOKENS_UNKNOWN": "accept",
            "VOLTBUS_SESSION_TIMEOUT_S": "6",
        }
        self._admin = dict(zip(commands, admin, strict=True))
        self._processes = {
            name: Process(name, [*command, "--metrics-port", str(self._admin[name])], logs=folder, environ=environ)
            for name, command in commands.items()
        }

    async def start(self, *names: str) -> None:
        """Start processes, all where none is named, and wait until they can do their work."""
        wanted = names or tuple(self._processes)
        for name in wanted:
            await self._processes[name].start()
        await asyncio.gather(
            *(ready(self._processes[name], host="127.0.0.1", port=self._admin[name], within_s=120) for name in wanted)
        )

    async def kill(self, name: str) -> None:
        """As `kill -9` does."""
        os.kill(self._processes[name].pid, signal.SIGKILL)
        await self._processes[name].ended()

    async def stop(self) -> None:
        for process in self._processes.values():
            await process.stop()


async def test_limits_are_kept_while_a_service_or_the_gateway_is_killed(fresh_bootstrap: str, tmp_path: Path) -> None:
    product = Apart(fresh_bootstrap, tmp_path)
    try:
        await product.start()
        async with living(product.url, product.api_url, KEY, stay_s=40) as sites:
            await filled(sites)
            settled = time.time()
            for name in (*APART, "gateway"):
                await product.kill(name)
                await asyncio.sleep(AWAY_S)
                await product.start(name)
                await asyncio.sleep(AWAY_S)
            await filled(sites)
            assert excesses(sites, settled) == []
            await sites.jump(0.4)
            await eventually(lambda: within(sites), within_s=120)
    finally:
        await product.stop()
