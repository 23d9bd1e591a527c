"""Balancer: one address for stations in front of all gateways, as a load balancer stands there in a deployment."""

import asyncio
import contextlib
import itertools

CHUNK_BYTES = 65_536


class _Wire:
    """One station's connection through the balancer: both its ends."""

    def __init__(self, gateway: str, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.gateway, self.near, self.far = gateway, near, far
        self.half_open = False


class Balancer:
    """Gives stations to the gateways in service, in turn.

    `lose` cuts a gateway's stations off and leaves the gateway's own ends open, as a network does that drops a host: the
    gateway believes that they are there still, until `mend`.
    """

    def __init__(self, ports: dict[str, int]) -> None:
        self._ports = ports
        self.in_service = set(ports)
        self._turn = itertools.count()
        self._wires: set[_Wire] = set()
        self._lost: list[asyncio.StreamWriter] = []
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where stations connect."""
        assert self._server is not None
        return int(self._server.sockets[0].getsockname()[1])

    async def start(self) -> None:
        """Listen on a free loopback port."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    async def stop(self) -> None:
        """Cut everybody off."""
        if self._server is None:
            return
        self._server.close()
        for wire in list(self._wires):
            wire.near.transport.abort()
            wire.far.transport.abort()
        self.mend()

    def held_by(self, gateway: str) -> int:
        """How many stations came to a gateway through here and are there still."""
        return sum(wire.gateway == gateway for wire in self._wires)

    def lose(self, gateway: str) -> None:
        """Take it out of service; its stations lose their connection, and it does not hear of that."""
        self.in_service.discard(gateway)
        for wire in [wire for wire in self._wires if wire.gateway == gateway]:
            wire.half_open = True
            self._lost.append(wire.far)
            wire.near.transport.abort()

    def mend(self) -> None:
        """The ends that were left open are closed."""
        for far in self._lost:
            far.transport.abort()
        self._lost.clear()

    async def _serve(self, near_reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        opened = await self._opened()
        if opened is None:
            near.transport.abort()
            return
        gateway, far_reader, far = opened
        wire = _Wire(gateway, near, far)
        self._wires.add(wire)
        try:
            pumps = [asyncio.create_task(_pump(near_reader, far)), asyncio.create_task(_pump(far_reader, near))]
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
        finally:
            self._wires.discard(wire)
            near.close()
            if not wire.half_open:
                far.close()

    async def _opened(self) -> tuple[str, asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection to the next gateway in service that takes one."""
        names = sorted(self.in_service)
        start = next(self._turn)
        for offset in range(len(names)):
            gateway = names[(start + offset) % len(names)]
            with contextlib.suppress(OSError):
                reader, writer = await asyncio.open_connection("127.0.0.1", self._ports[gateway])
                return gateway, reader, writer
        return None


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(CHUNK_BYTES):
            writer.write(data)
            await writer.drain()
