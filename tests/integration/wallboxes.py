"""Stations that take firmware updates, with OCPP of their own, and count what was asked of them."""

import asyncio
import contextlib
import datetime as dt
import itertools
import json
from collections.abc import AsyncIterator, Sequence
from typing import Any, Literal

import websockets
from websockets.typing import Subprotocol

SUBPROTOCOLS = {
    "1.6": Subprotocol("ocpp1.6"),
    "2.0.1": Subprotocol("ocpp2.0.1"),
    "2.1": Subprotocol("ocpp2.1"),
}
OLD, NEW = "2.4.1", "2.5.0"
BETWEEN_STATUSES_S = 0.1
AWAY_S = 0.3

Manner = Literal["speaks", "stammers", "mute", "fails"]
"""Tells its statuses once; tells each twice; installs without a word; fails to install."""


class Wallbox:
    """One station through all its connections. `updates`: the request id of each UpdateFirmware that it was ever sent."""

    def __init__(self, name: str, *, version: str, manner: Manner = "speaks") -> None:
        self.name, self.version, self.manner = name, version, manner
        self.firmware = OLD
        self.updates: list[int | None] = []
        self._numbers = itertools.count()
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._socket: Any = None

    async def live(self, url: str) -> None:
        """Connect, boot, obey; again and again until cancelled."""
        while True:
            with contextlib.suppress(OSError, websockets.WebSocketException, TimeoutError):
                async with websockets.connect(
                    f"{url}/{self.name}", subprotocols=[SUBPROTOCOLS[self.version]], compression=None
                ) as socket:
                    self._socket = socket
                    async with asyncio.TaskGroup() as tasks:
                        tasks.create_task(self._begin())
                        tasks.create_task(self._listen(tasks))
            await asyncio.sleep(AWAY_S)

    async def _listen(self, tasks: asyncio.TaskGroup) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                kind, number, *rest = json.loads(await self._socket.recv())
                if kind == 2:
                    await self._asked(number, *rest, tasks=tasks)
                elif number in self._answers:
                    self._answers.pop(number).set_result(rest[0] if kind == 3 else {})
        for waiting in self._answers.values():
            waiting.cancel()
        self._answers.clear()

    async def _asked(self, number: str, action: str, payload: dict[str, Any], *, tasks: asyncio.TaskGroup) -> None:
        if action != "UpdateFirmware":
            await self._socket.send(json.dumps([4, number, "NotImplemented", "", {}]))
            return
        self.updates.append(payload.get("requestId"))
        await self._socket.send(json.dumps([3, number, {} if self.version == "1.6" else {"status": "Accepted"}]))
        tasks.create_task(self._update(payload.get("requestId")))

    # -- what it says -------------------------------------------------------------------------------------------------

    async def _call(self, action: str, payload: dict[str, Any]) -> Any:
        number = f"{self.firmware}-{next(self._numbers)}"
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        with contextlib.suppress(websockets.ConnectionClosed):
            await self._socket.send(json.dumps([2, number, action, payload]))
        return await answer

    async def _begin(self) -> None:
        reported = self._identity()
        while (await self._call("BootNotification", reported)).get("status") != "Accepted":
            await asyncio.sleep(1)
        await self._call("StatusNotification", self._available())

    def _identity(self) -> dict[str, Any]:
        if self.version == "1.6":
            return {"chargePointVendor": "Kabel", "chargePointModel": "K1", "firmwareVersion": self.firmware}
        station = {"vendorName": "Kabel", "model": "K1", "firmwareVersion": self.firmware}
        return {"reason": "PowerUp", "chargingStation": station}

    def _available(self) -> dict[str, Any]:
        if self.version == "1.6":
            return {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
        now = dt.datetime.now(dt.UTC).isoformat()
        return {"timestamp": now, "connectorStatus": "Available", "evseId": 1, "connectorId": 1}

    async def _update(self, request_id: int | None) -> None:
        ends = "InstallationFailed" if self.manner == "fails" else "Installed"
        statuses = ("Downloading", "Downloaded", "Installing", ends) if self.manner != "mute" else ()
        for status in statuses:
            for _ in range(2 if self.manner == "stammers" else 1):
                numbered = {} if request_id is None else {"requestId": request_id}
                await self._call("FirmwareStatusNotification", {"status": status} | numbered)
            await asyncio.sleep(BETWEEN_STATUSES_S)
        if self.manner != "fails":
            self.firmware = NEW
            await self._socket.close()


def wallboxes(count: int, *, prefix: str, manners: Sequence[Manner]) -> list[Wallbox]:
    """So many stations, of the three versions in turn and of these manners in turn."""
    versions = tuple(SUBPROTOCOLS)
    return [
        Wallbox(f"{prefix}-{n:04d}", version=versions[n % len(versions)], manner=manners[n % len(manners)])
        for n in range(count)
    ]


@contextlib.asynccontextmanager
async def alive(stations: Sequence[Wallbox], url: str, *, per_s: float = 100) -> AsyncIterator[None]:
    """The stations live; they connect one after the other."""

    async def later(station: Wallbox, delay_s: float) -> None:
        await asyncio.sleep(delay_s)
        await station.live(url)

    living = [asyncio.create_task(later(station, n / per_s)) for n, station in enumerate(stations)]
    try:
        yield
    finally:
        for life in living:
            life.cancel()
        ended = await asyncio.gather(*living, return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in ended), [one for one in ended if one is not None][:1]
