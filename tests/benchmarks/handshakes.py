"""What handshakes cost the gateway: `python -m tests.benchmarks.handshakes`. Prints figures, asserts no time.

A gateway runs as a process of its own. Its CPU time is read before and after many handshakes of each security profile, so that what
else the machine does counts for nothing; the control is a handshake without TLS and without a password. `bad` then has one address
fail thousands of handshakes while stations of another connect, beside the same stations without that.
"""

import argparse
import asyncio
import base64
import datetime as dt
import os
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from statistics import median

from aiokafka import AIOKafkaProducer
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidMessage

from deploy.local.bus import EmbeddedBus
from schemas.codec import encode
from schemas.credentials import hash_password
from schemas.routing import route
from schemas.stations import StationProvisioned
from tests.gateway.tls.clients import trusting
from tests.integration.product import free_ports
from tests.pki import Authority, authority

PASSWORD = "machine-made-secret-1"
AT_ONCE = 8
GOOD, BAD = "127.0.0.2", "127.0.0.3"
TICKS = os.sysconf("SC_CLK_TCK")


class Gateway:
    """A gateway process with three ports, and the stations B-0, B-1, ... provisioned."""

    def __init__(self, bootstrap: str, servers: Authority, stations: Authority) -> None:
        self.servers, self.stations = servers, stations
        self.plain, self.tls, self.mtls, self.admin = free_ports(4)
        ec = servers.issue("csms.example", alternatives=("csms.example",))
        flags = {
            "gateway": "gw-bench", "host": "127.0.0.1", "bus": "embedded", "bootstrap": bootstrap, "port": self.plain,
            "metrics-port": self.admin, "tls-port": self.tls, "mtls-port": self.mtls, "tls-certificates": ec.path,
            "tls-client-ca": stations.path, "stations-unknown": "accept", "log-frames": "false",
        }  # fmt: skip
        arguments = [part for name, value in flags.items() for part in (f"--{name}", str(value))]
        self.process = subprocess.Popen([sys.executable, "-m", "gateway", *arguments], stderr=subprocess.DEVNULL)

    async def ready(self) -> None:
        while True:
            with suppress(OSError):
                if await asyncio.to_thread(self._asked):
                    return
            await asyncio.sleep(0.2)

    def _asked(self) -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.admin}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)

    def cpu_s(self) -> float:
        """CPU time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


async def provision(bootstrap: str, count: int) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap)
    await producer.start()
    for number in range(count):
        record = StationProvisioned(
            station=f"B-{number}",
            password_hash=hash_password(PASSWORD, b"salt"),
            provisioned_at=dt.datetime.now(dt.UTC),
        )
        routed = route(record)
        await producer.send(routed.topic, encode(record), key=routed.key, partition=routed.partition)
    await producer.stop()


async def handshake(url: str, context: ssl.SSLContext | None, *, password: bool, source: str = GOOD) -> float:
    """Connect and leave; how long connecting took, in seconds."""
    name = url.rpartition("/")[2]
    headers = {}
    if password:
        headers["Authorization"] = "Basic " + base64.b64encode(f"{name}:{PASSWORD}".encode()).decode()
    tls = {"ssl": context, "server_hostname": "csms.example"} if context else {}
    begun = time.perf_counter()
    async with connect(url, subprotocols=["ocpp2.0.1"], additional_headers=headers, local_addr=(source, 0), **tls):  # type: ignore[list-item, arg-type]
        return time.perf_counter() - begun


async def many(count: int, one: Callable[[int], Awaitable[float]]) -> list[float]:
    room = asyncio.Semaphore(AT_ONCE)

    async def bounded(number: int) -> float:
        async with room:
            return await one(number)

    return list(await asyncio.gather(*map(bounded, range(count))))


async def profiles(gateway: Gateway, count: int) -> None:
    trusted = trusting(gateway.servers.path)
    owned = [trusting(gateway.servers.path, gateway.stations.issue(f"C-{number}")) for number in range(count)]
    plain, tls, mtls = (f"{scheme}://127.0.0.1:{port}/ocpp" for scheme, port in (
        ("ws", gateway.plain), ("wss", gateway.tls), ("wss", gateway.mtls),
    ))  # fmt: skip
    kinds: dict[str, Callable[[int], Awaitable[float]]] = {
        "control": lambda n: handshake(f"{plain}/A-{n}", None, password=False),
        "profile 1": lambda n: handshake(f"{plain}/B-{n}", None, password=True),
        "profile 2": lambda n: handshake(f"{tls}/B-{n}", trusted, password=True),
        "profile 3": lambda n: handshake(f"{mtls}/C-{n}", owned[n], password=False),
    }
    control = 0.0
    for kind, one in kinds.items():
        before = gateway.cpu_s()
        await many(count, one)
        each = (gateway.cpu_s() - before) / count
        control = control or each
        print(
            f"{kind:10} {each * 1e3:6.2f} ms of CPU, {1 / each:6.0f} a second on a core, {each / control:4.1f} x control"
        )


async def bad(gateway: Gateway, count: int, good: int) -> None:
    own = [trusting(gateway.servers.path, gateway.stations.issue(f"D-{number}")) for number in range(good)]
    url = f"wss://127.0.0.1:{gateway.mtls}/ocpp"

    async def one(number: int) -> float:
        return await handshake(f"{url}/D-{number % good}", own[number % good], password=False)

    quiet = median([await one(number) for number in range(good)])
    attack = [sys.executable, "-m", "tests.benchmarks.handshakes", "attack", str(count), url, str(gateway.servers.path)]
    attacker = await asyncio.create_subprocess_exec(*attack)
    under: list[float] = []
    while attacker.returncode is None:
        under.append(await one(len(under)))
    print(
        f"good stations: {quiet * 1e3:.1f} ms alone, {median(under) * 1e3:.1f} ms while {count} handshakes fail"
        f" ({len(under)} connected meanwhile)"
    )


async def attack(count: int, url: str, authority: Path) -> None:
    """Handshakes without a certificate, from one address."""
    context = trusting(authority)

    async def fails(_: int) -> float:
        with suppress(OSError, EOFError, InvalidMessage):
            await handshake(f"{url}/X", context, password=False, source=BAD)
        return 0.0

    await many(count, fails)


async def measure(kind: str, count: int) -> None:
    with EmbeddedBus() as bus, tempfile.TemporaryDirectory() as folder:
        servers, stations = authority(Path(folder), "servers"), authority(Path(folder), "stations")
        gateway = Gateway(bus.bootstrap, servers, stations)
        try:
            await gateway.ready()
            if kind == "profiles":
                await provision(bus.bootstrap, count)
                await profiles(gateway, count)
            else:
                await bad(gateway, count, 20)
        finally:
            gateway.process.terminate()
            gateway.process.wait(30)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.handshakes", description=__doc__)
    parser.add_argument("kind", choices=("profiles", "bad", "attack"))
    parser.add_argument("count", type=int)
    parser.add_argument("rest", nargs="*")
    given = parser.parse_args()
    if given.kind == "attack":
        asyncio.run(attack(given.count, given.rest[0], Path(given.rest[1])))
    else:
        asyncio.run(measure(given.kind, given.count))


if __name__ == "__main__":
    main()
