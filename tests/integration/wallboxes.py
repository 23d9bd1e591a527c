"""Stations that take firmware updates, with OCPP of their own, and count what was asked of them.

What a station works on goes on while it is cut off, and what it has to tell is told again until it is answered.
"""

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
AWAY_S = 0.3

Manner = Literal["speaks", "stammers", "mute", "fails"]
"""Sends each status once; sends each twice; installs without any status; fails to install."""
TIMES_TOLD: dict[Manner, int] = {"speaks": 1, "stammers": 2, "mute": 0, "fails": 1}


class Wallbox:
    """One station through all its connections. `updates`: the message id of each UpdateFirmware that it was ever sent."""

    def __init__(self, name: str, *, version: str, manner: Manner = "speaks", pace_s: float = 0.1) -> None:
        self.name, self.version, self.manner = name, version, manner
        self.firmware = OLD
        self.updates: list[str] = []
        self._pace_s = pace_s
        self._numbers = itertools.count()
        self._answers: dict[str, asyncio.Future[Any]] = {}
        self._booted = asyncio.Event()
        self._socket: Any = None

    async def live(self, url: str) -> None:
        """Connect, boot, obey; again and again until cancelled."""
        async with asyncio.TaskGroup() as works:
            while True:
                with contextlib.suppress(OSError, websockets.WebSocketException):
                    async with websockets.connect(
                        f"{url}/{self.name}", subprotocols=[SUBPROTOCOLS[self.version]], compression=None
                    ) as socket:
                        self._socket = socket
                        async with asyncio.TaskGroup() as tasks:
                            beginning = tasks.create_task(self._begin())
                            tasks.create_task(self._listen(works, beginning))
                await asyncio.sleep(AWAY_S)

    async def _listen(self, works: asyncio.TaskGroup, beginning: asyncio.Task[None]) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            while True:
                kind, number, *rest = json.loads(await self._socket.recv())
                if kind == 2:
                    await self._asked(number, *rest, works=works)
                elif number in self._answers:
                    self._answers.pop(number).set_result(rest[0] if kind == 3 else {})
        self._booted.clear()
        beginning.cancel()
        for waiting in self._answers.values():
            waiting.cancel()
        self._answers.clear()

    async def _asked(self, number: str, action: str, payload: dict[str, Any], *, works: asyncio.TaskGroup) -> None:
        if action != "UpdateFirmware":
            await self._socket.send(json.dumps([4, number, "NotImplemented", "", {}]))
            return
        self.updates.append(number)
        works.create_task(self._update(payload.get("requestId")))
        await self._socket.send(json.dumps([3, number, {} if self.version == "1.6" else {"status": "Accepted"}]))

    # -- what it says -------------------------------------------------------------------------------------------------

    async def _call(self, action: str, payload: dict[str, Any]) -> Any:
        """The answer; None where the connection ended before it came."""
        number = f"{self.firmware}-{next(self._numbers)}"
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        try:
            await self._socket.send(json.dumps([2, number, action, payload]))
        except websockets.ConnectionClosed:
            self._answers.pop(number, None)
            return None
        await asyncio.wait((answer,))
        return None if answer.cancelled() else answer.result()

    async def _tell(self, action: str, payload: dict[str, Any]) -> None:
        """Until it is answered, over as many connections as that takes."""
        while True:
            await self._booted.wait()
            if await self._call(action, payload) is not None:
                return
            await asyncio.sleep(AWAY_S)

    async def _begin(self) -> None:
        reported = self._identity()
        while (await self._call("BootNotification", reported) or {}).get("status") != "Accepted":
            await asyncio.sleep(1)
        await self._call("StatusNotification", self._available())
        self._booted.set()

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
        for status in ("Downloading", "Downloaded", "Installing", ends):
            if status == "Installed":
                self.firmware = NEW  # whatever makes it boot from now on
            for _ in range(TIMES_TOLD[self.manner]):
                numbered = {} if request_id is None else {"requestId": request_id}
                await self._tell("FirmwareStatusNotification", {"status": status} | numbered)
            await asyncio.sleep(self._pace_s)
        if self.manner != "fails":
            await self._socket.close()


def wallboxes(count: int, *, prefix: str, manners: Sequence[Manner], pace_s: float = 0.1) -> list[Wallbox]:
    """So many stations, of the three versions in turn and of these manners in turn. `pace_s`: from status to status."""
    versions = tuple(SUBPROTOCOLS)
    return [
        Wallbox(
            f"{prefix}-{n:04d}", version=versions[n % len(versions)], manner=manners[n % len(manners)], pace_s=pace_s
        )
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
