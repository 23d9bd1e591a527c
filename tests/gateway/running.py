"""A gateway as it runs, in this process: stations on one side, the bus as its neighbours see it on the other."""

import asyncio
import json
import ssl
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus

from gateway.__main__ import run
from gateway.acceptor import Security
from gateway.server import now_us
from gateway.settings import Settings
from schemas.base import Record
from schemas.codec import Decoder, encode
from schemas.flows import flow
from schemas.routing import route
from tests.waiting import until

WRITTEN = flow("gateway").writes


class Running:
    """A gateway process in this process, and the bus as its neighbours see it."""

    def __init__(self, bootstrap: str, name: str) -> None:
        self.bootstrap, self.name = bootstrap, name
        self.stop = asyncio.Event()
        self.port = self.metrics_port = 0
        self.records: list[Record] = []
        self._listening = asyncio.Event()
        self._decoder = Decoder(*WRITTEN)

    async def start(self, *, clock_us: Callable[[], int] = now_us, **settings: Any) -> None:
        self._producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap)
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self.bootstrap, fetch_max_wait_ms=10, auto_offset_reset="earliest", group_id=None
        )
        await self._producer.start()
        self._settings = Settings(
            gateway=self.name, host="127.0.0.1", port=0, metrics_port=0, bus="embedded", bootstrap=self.bootstrap,
            **{"stations_unknown": "accept", "drain_window_s": 0.1, "settle_s": 1.0, "close_timeout_s": 0.5,
            "boot_grace_s": 0.0} | settings,
        )  # fmt: skip
        self._running = asyncio.create_task(run(self._settings, self.stop, listening=self._ports, clock_us=clock_us))
        listening = asyncio.create_task(self._listening.wait())
        await asyncio.wait({self._running, listening}, timeout=30, return_when=asyncio.FIRST_COMPLETED)
        assert self._listening.is_set(), self._running
        self._consumer.subscribe([topic.name for topic in WRITTEN])
        await self._consumer.start()
        self._reading = asyncio.create_task(self._read())

    def _ports(self, ports: Mapping[Security, int], metrics_port: int) -> None:
        self.ports, self.metrics_port = dict(ports), metrics_port
        self.port = next(iter(ports.values()))
        self._listening.set()

    async def _read(self) -> None:
        async for entry in self._consumer:
            self.records.append(self._decoder.decode(entry.value))

    async def finish(self) -> None:
        self.stop.set()
        await asyncio.wait_for(self._running, 20)
        self._reading.cancel()
        await self._consumer.stop()
        await self._producer.stop()

    async def tells(self, record: Record) -> None:
        """Put a record where it belongs."""
        routed = route(record)
        await self._producer.send_and_wait(routed.topic, encode(record), key=routed.key, partition=routed.partition)

    async def finds(self, kind: str, **members: Any) -> Any:
        """The first record of a kind with these members, as soon as it is on the bus."""

        def matches() -> list[Record]:
            return [
                record
                for record in self.records
                if type(record).__name__ == kind and all(getattr(record, k) == v for k, v in members.items())
            ]

        await until(lambda: bool(matches()))
        return matches()[0]

    def station(self, name: str, *subprotocols: str, **options: Any) -> connect:
        url = f"ws://127.0.0.1:{self.port}/ocpp/{name}"
        return connect(url, subprotocols=subprotocols or ("ocpp2.0.1",), **options)  # type: ignore[arg-type]

    def secure_station(
        self, name: str, security: Security, context: ssl.SSLContext, *protocols: str, **options: Any
    ) -> connect:
        """A station that connects with TLS, to the name of the server's certificate."""
        url = f"wss://127.0.0.1:{self.ports[security]}/ocpp/{name}"
        given = {"server_hostname": "csms.example"} | options
        return connect(url, subprotocols=protocols or ("ocpp2.0.1",), ssl=context, **given)  # type: ignore[arg-type]

    def http(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.metrics_port}{path}", timeout=5) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


async def says(socket: ClientConnection, *frame: Any) -> None:
    await socket.send(json.dumps(list(frame)))


async def hears(socket: ClientConnection) -> Any:
    return json.loads(await asyncio.wait_for(socket.recv(), 10))


async def refused(connecting: connect) -> tuple[int, str]:
    with pytest.raises(InvalidStatus) as refusal:
        await connecting.__aenter__()
    response = refusal.value.response
    return response.status_code, (response.body or b"").decode()
