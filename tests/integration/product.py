"""The running product for tests: its real processes on loopback, on either bus, in a folder of their own."""

import asyncio
import contextlib
import datetime as dt
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import httpx

from deploy.local.checks import secrets_key
from deploy.local.processes import Process, ready
from services.authorities.making import CONFIG, Making, make, uses_in
from tests.pki import authority

KEY = "integration-key-0123456789"
READY_WITHIN_S = 180


class Product:
    """Where the running product listens, and its processes by name."""

    def __init__(
        self, *, bus: str, bootstrap: str, folder: Path, settings: Mapping[str, str] = MappingProxyType({})
    ) -> None:
        self.bus, self.bootstrap, self.folder = bus, bootstrap, folder
        self.names: Mapping[str, Any] = {}  # of what is beside it, for scripts
        self.ocpp_port, self.api_port, self.gateway_admin, self.services_admin, tls_port = free_ports(5)
        self.url = f"ws://127.0.0.1:{self.ocpp_port}/ocpp"
        self.tls_url = f"wss://localhost:{tls_port}/ocpp"
        servers = authority(folder, "servers")
        self.tls_authority = servers.path
        self.api_url = f"http://127.0.0.1:{self.api_port}"
        environ = {
            **os.environ,
            "VOLTBUS_BUS": bus,
            "VOLTBUS_BOOTSTRAP": bootstrap,
            "VOLTBUS_CLICKHOUSE": f"chdb://{folder / 'clickhouse'}",
            "VOLTBUS_API_KEY": KEY,
            "VOLTBUS_SECRETS_KEY_FILE": str(secrets_key(folder)),
            "VOLTBUS_STATIONS_UNKNOWN": "accept",
            "VOLTBUS_TOKENS_UNKNOWN": "accept",
            "VOLTBUS_ANSWER_TOTAL_COST": "true",
            "VOLTBUS_BOOT_TEMPLATES_SPREAD_S": "0",
            "VOLTBUS_HOST": "127.0.0.1",
            "VOLTBUS_API_FILES": f"file://{folder / 'files'}",
            "VOLTBUS_API_PUBLIC_URL": self.api_url,
            "VOLTBUS_WEBHOOK_PRIVATE_ADDRESSES": "allow",
            "VOLTBUS_TLS_PORT": str(tls_port),
            "VOLTBUS_TLS_CERTIFICATES": str(servers.issue("localhost", alternatives=("localhost",)).path),
            "VOLTBUS_CERTIFICATE_UNKNOWN_STATIONS": "accept",
            "VOLTBUS_AUTHORITIES_FILE": str(authorities(folder)),
            **settings,
        }
        self.gateway = Process(
            "gateway",
            ["gateway", "--port", str(self.ocpp_port), "--metrics-port", str(self.gateway_admin)],
            logs=folder,
            environ=environ,
        )
        self.services = Process(
            "services",
            ["services", "all", "--port", str(self.api_port), "--metrics-port", str(self.services_admin)],
            logs=folder,
            environ=environ,
        )

    async def start(self) -> None:
        """Start both processes and wait until they can do their work."""
        await self.services.start()
        await self.gateway.start()
        await asyncio.gather(
            ready(self.services, host="127.0.0.1", port=self.services_admin, within_s=READY_WITHIN_S),
            ready(self.gateway, host="127.0.0.1", port=self.gateway_admin, within_s=READY_WITHIN_S),
        )

    async def stop(self) -> None:
        """Stop what was started."""
        await self.gateway.stop()
        await self.services.stop()

    def api(self) -> httpx.AsyncClient:
        """A client of the API that holds the operator's key."""
        return httpx.AsyncClient(
            base_url=f"{self.api_url}/api/v1", headers={"Authorization": f"Bearer {KEY}"}, timeout=30
        )


def authorities(folder: Path) -> Path:
    """The file of a certificate authority for every use, made once in the product's folder."""
    home = folder / "authorities"
    if not (home / CONFIG).exists():
        uses = uses_in("ChargingStationCertificate,V2GCertificate,V2G20Certificate")
        make(Making(folder=home, organization="Operator of tests", uses=uses), dt.datetime.now(dt.UTC))
    return home / CONFIG


def free_ports(count: int) -> list[int]:
    """Ports that were free a moment ago."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def create_topics(
    bootstrap: str, *, gateways: str = "gw-0", partitions: int = 4, settings: Mapping[str, str] = MappingProxyType({})
) -> None:
    """Create the catalogue's topics on a real cluster, as an operator does."""
    arguments = ["topics", "--bootstrap", bootstrap, "--gateways", gateways, "--partitions", str(partitions)]
    command = [sys.executable, "-m", "services", *arguments, "--replication", "1"]
    subprocess.run(command, check=True, timeout=120, env={**os.environ, **settings})


@contextlib.asynccontextmanager
async def running(
    *, bus: str, bootstrap: str, folder: Path, settings: Mapping[str, str] = MappingProxyType({})
) -> AsyncIterator[Product]:
    """The product, started and afterwards stopped."""
    product = Product(bus=bus, bootstrap=bootstrap, folder=folder, settings=settings)
    try:
        await product.start()
        yield product
    finally:
        await product.stop()


async def eventually(check: Any, *, within_s: float = 60, every_s: float = 0.1) -> Any:
    """What `check()` gives once it gives something true; its last value is shown where it never does."""
    deadline = asyncio.get_running_loop().time() + within_s
    while True:
        value = await check()
        if value:
            return value
        assert asyncio.get_running_loop().time() < deadline, f"still {value!r} after {within_s} s"
        await asyncio.sleep(every_s)
