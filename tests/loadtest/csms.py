"""A tiny scripted CSMS: it checks every frame with the `ocpp` package's validator, answers the charging path, and remembers all."""

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Callable
from contextlib import asynccontextmanager
from typing import Any

from ocpp.messages import Call, CallResult, validate_payload
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Answers = dict[str, Callable[[dict[str, Any]], Any]]
NOW = "2026-03-01T10:00:00Z"


def answers_16(transaction_ids: "list[int] | None" = None) -> Answers:
    numbers = iter(transaction_ids or range(1, 1_000_000))
    return {
        "BootNotification": lambda _: {"status": "Accepted", "currentTime": NOW, "interval": 300},
        "Heartbeat": lambda _: {"currentTime": NOW},
        "StatusNotification": lambda _: {},
        "Authorize": lambda _: {"idTagInfo": {"status": "Accepted"}},
        "StartTransaction": lambda _: {"transactionId": next(numbers), "idTagInfo": {"status": "Accepted"}},
        "MeterValues": lambda _: {},
        "StopTransaction": lambda _: {},
        "DataTransfer": lambda _: {"status": "Accepted"},
        "LogStatusNotification": lambda _: {},
        "DiagnosticsStatusNotification": lambda _: {},
        "SecurityEventNotification": lambda _: {},
        "SignCertificate": lambda _: {"status": "Accepted"},
        "GetCertificateStatus": lambda _: {"status": "Failed"},
        "Get15118EVCertificate": lambda _: {"status": "Failed", "exiResponse": ""},
    }


def answers_2x() -> Answers:
    return answers_16() | {
        "NotifyReport": lambda _: {},
        "ReportDERControl": lambda _: {},
        "NotifyDERAlarm": lambda _: {},
        "NotifyDERStartStop": lambda _: {},
        "BatterySwap": lambda _: {},
        "OpenPeriodicEventStream": lambda _: {"status": "Accepted"},
        "ClosePeriodicEventStream": lambda _: {},
        "NotifyChargingLimit": lambda _: {},
        "ClearedChargingLimit": lambda _: {},
        "NotifyEVChargingNeeds": lambda _: {"status": "Accepted"},
        "NotifyEVChargingSchedule": lambda _: {"status": "Accepted"},
        "NotifyDisplayMessages": lambda _: {},
        "NotifyCustomerInformation": lambda _: {},
        "Authorize": lambda _: {"idTokenInfo": {"status": "Accepted"}},
        "TransactionEvent": lambda call: {"idTokenInfo": {"status": "Accepted"}} if "idToken" in call else {},
    }


class Silence(Exception):
    """Raised by an answer to say nothing."""


class Csms:
    """Stations by name, their calls in order, and calls to them. `invalid` holds every violation of a schema.

    It thinks for `think_s` about each call; `most_at_once` tells how many calls of one station were unanswered at once.
    """

    def __init__(self) -> None:
        self.answers: dict[str, Answers] = {"1.6": answers_16(), "2.0.1": answers_2x(), "2.1": answers_2x()}
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.invalid: list[str] = []
        self.links: dict[str, ServerConnection] = {}
        self.headers: dict[str, Any] = {}
        self.server: Server | None = None
        self.url = ""
        self.think_s = 0.0
        self.most_at_once = 0
        self.opened: list[str] = []
        self._waiting: dict[str, tuple[str, str, asyncio.Future[Any]]] = {}
        self._changed = asyncio.Event()
        self._unanswered: Counter[str] = Counter()

    async def serve_one(self, link: ServerConnection) -> None:
        assert link.request is not None
        station = link.request.path.rsplit("/", 1)[1]
        version = str(link.subprotocol).removeprefix("ocpp")
        self.links[station] = link
        self.opened.append(station)
        self.headers[station] = link.request.headers
        thinking: set[asyncio.Task[None]] = set()
        async for text in link:
            message = json.loads(text)
            if message[0] == 2 and self.think_s:
                thinking.add(asyncio.create_task(self._think(station, version, link, message)))
            elif message[0] == 2:
                await self._take_call(station, version, link, message)
            elif message[0] == 6:  # 2.1 SEND, which is not answered
                self.calls.append((station, message[2], message[3]))
            else:
                await self._take_answer(message)
            self._changed.set()

    async def _think(self, station: str, version: str, link: ServerConnection, message: list[Any]) -> None:
        self._unanswered[station] += 1
        self.most_at_once = max(self.most_at_once, self._unanswered[station])
        await asyncio.sleep(self.think_s)
        self._unanswered[station] -= 1
        with contextlib.suppress(ConnectionClosed):
            await self._take_call(station, version, link, message)

    async def _take_call(self, station: str, version: str, link: ServerConnection, message: list[Any]) -> None:
        _, message_id, action, payload = message
        self.calls.append((station, action, payload))
        await self._check(Call(unique_id=message_id, action=action, payload=payload), version)
        try:
            answer = self.answers[version][action](payload)
        except Silence:
            return
        frame = [4, message_id, *answer, {}] if isinstance(answer, tuple) else [3, message_id, answer]
        with contextlib.suppress(ConnectionClosed):
            await link.send(json.dumps(frame))

    async def _take_answer(self, message: list[Any]) -> None:
        version, action, answer = self._waiting.pop(message[1])
        if message[0] == 3:
            await self._check(CallResult(unique_id=message[1], payload=message[2], action=action), version)
        answer.set_result(message)

    async def _check(self, message: "Call | CallResult", version: str) -> None:
        try:
            await validate_payload(message, version)
        except Exception as error:
            self.invalid.append(f"{version} {message.action}: {error!r} in {message.payload}")

    async def ask(self, station: str, version: str, action: str, payload: dict[str, Any]) -> list[Any]:
        """The whole answer frame of a station to a call of ours."""
        message_id = f"c{len(self._waiting)}-{action}"
        await self._check(Call(unique_id=message_id, action=action, payload=payload), version)
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[message_id] = (version, action, answer)
        await self.links[station].send(json.dumps([2, message_id, action, payload]))
        async with asyncio.timeout(5):
            return await answer

    def actions(self, station: str) -> list[str]:
        return [action for name, action, _ in self.calls if name == station]

    def payloads(self, action: str) -> list[dict[str, Any]]:
        return [payload for _, name, payload in self.calls if name == action]

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait until something is so; twenty seconds at most."""
        async with asyncio.timeout(20):
            while not reached():
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def running_csms(port: int = 0):
    """A CSMS on a free port."""
    csms = Csms()
    async with serve(csms.serve_one, "127.0.0.1", port, subprotocols=["ocpp1.6", "ocpp2.0.1", "ocpp2.1"]) as server:
        csms.server = server
        csms.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/ocpp"
        yield csms
