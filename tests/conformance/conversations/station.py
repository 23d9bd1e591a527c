"""A station that is played: a WebSocket and OCPP-J of its own; the `ocpp` library validates every message in both directions."""

import asyncio
import base64
import json
import uuid
from contextlib import suppress
from typing import Any

from ocpp.messages import Call, CallResult, validate_payload
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

ANSWER_WITHIN_S = 20


class Unexpected(Exception):
    """The CSMS did something else than the script expects."""


class Station:
    """One station on at most one connection at a time. `called`: CALLs of the CSMS that wait to be heard."""

    def __init__(self, url: str, name: str, version: str) -> None:
        self.called: asyncio.Queue[tuple[str, str, Any]] = asyncio.Queue()
        self._url = f"{url}/{name}"
        self._name = name
        self._version = version
        self._socket: ClientConnection | None = None
        self._reading: asyncio.Task[None] | None = None
        self._waiting: dict[str, asyncio.Future[list[Any]]] = {}

    async def connect(self, *, password: str = "", user: str = "") -> int:
        """Connect; 101, or the HTTP status of the refusal."""
        await self.disconnect()
        headers = {}
        if password:
            credential = base64.b64encode(f"{user or self._name}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {credential}"
        subprotocol: Any = f"ocpp{self._version}"
        try:
            self._socket = await connect(self._url, subprotocols=[subprotocol], additional_headers=headers)
        except InvalidStatus as refused:
            return int(refused.response.status_code)
        self._reading = asyncio.create_task(self._read(self._socket))
        return 101

    async def disconnect(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            await self._socket.close()
        if self._reading is not None:
            await self._reading
        self._socket = self._reading = None

    async def closed(self) -> None:
        """Wait until the CSMS has closed the connection. Raises Unexpected."""
        assert self._socket is not None
        try:
            await asyncio.wait_for(self._socket.wait_closed(), ANSWER_WITHIN_S)
        except TimeoutError as late:
            raise Unexpected(f"the connection is open after {ANSWER_WITHIN_S} s") from late

    async def call(self, action: str, payload: Any) -> list[Any]:
        """The whole frame that answers a CALL. Raises Unexpected where there is none, or where its payload is not valid."""
        message_id = uuid.uuid4().hex
        await self._check(Call(unique_id=message_id, action=action, payload=payload), "the script")
        answer = self._waiting[message_id] = asyncio.get_running_loop().create_future()
        await self._send([2, message_id, action, payload])
        try:
            frame = await asyncio.wait_for(answer, ANSWER_WITHIN_S)
        except TimeoutError as late:
            raise Unexpected(f"{action} got no answer in {ANSWER_WITHIN_S} s") from late
        if frame[0] == 3:
            await self._check(CallResult(unique_id=message_id, action=action, payload=frame[2]), "the CSMS")
        return frame

    async def next_call(self, action: str) -> tuple[str, Any]:
        """Message id and payload of the next CALL of that action; others are answered NotSupported. Raises Unexpected."""
        others = []
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                while True:
                    message_id, heard, payload = await self.called.get()
                    if heard == action:
                        await self._check(Call(unique_id=message_id, action=action, payload=payload), "the CSMS")
                        return message_id, payload
                    others.append(heard)
                    await self.refuse(message_id, "NotSupported")
        except TimeoutError as late:
            raise Unexpected(f"no {action} in {ANSWER_WITHIN_S} s, but {others}") from late

    async def answer(self, message_id: str, action: str, payload: Any) -> None:
        """Answer a CALL."""
        await self._check(CallResult(unique_id=message_id, action=action, payload=payload), "the script")
        await self._send([3, message_id, payload])

    async def refuse(self, message_id: str, code: str) -> None:
        """Answer a CALL with a CALLERROR."""
        await self._send([4, message_id, code, "as the script says", {}])

    async def _send(self, frame: list[Any]) -> None:
        if self._socket is None:
            raise Unexpected(f"not connected, so {frame} cannot be sent")
        try:
            await self._socket.send(json.dumps(frame))
        except ConnectionClosed as closed:
            raise Unexpected(f"the CSMS closed the connection: {closed}") from closed

    async def _read(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed):
            async for text in socket:
                frame = json.loads(text)
                if frame[0] == 2:
                    self.called.put_nowait((frame[1], frame[2], frame[3]))
                elif (waiting := self._waiting.pop(frame[1], None)) is not None:
                    waiting.set_result(frame)
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Unexpected(f"closed: {socket.close_code} {socket.close_reason}"))

    async def _check(self, message: "Call | CallResult", whose: str) -> None:
        try:
            await validate_payload(message, self._version)
        except Exception as error:
            raise Unexpected(f"{message.action} of {whose} is not valid: {error!r} in {message.payload}") from error
