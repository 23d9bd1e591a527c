"""OCPP-J as a station speaks it: calls with their answers, one of ours in flight, theirs answered at once."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

import msgspec

from loadtest.ocpp.network import Wire
from loadtest.ocpp.websocket import Target, WebSocket, connect

CALL_TIMEOUT_S: Final = 30.0


class CallFailed(Exception):
    """A call got no result."""


class Disconnected(CallFailed):
    """The connection ended before the answer came."""


class CutOff(Disconnected):
    """The same, where our own bad network was the cause."""


class TimedOut(CallFailed):
    """No answer came in time."""


class CallError(CallFailed):
    """The answer was a CALLERROR."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(f"{code}: {description}")
        self.code = code


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A station's answer to a CALL: a payload, or an error code. `then` is called after the answer was sent."""

    payload: bytes = b"{}"
    error_code: str = ""
    error_description: str = ""
    then: Callable[[], None] | None = None


Answering = Callable[[str, bytes], Answer]

_Call = tuple[int, str, str, msgspec.Raw]
_Result = tuple[int, str, msgspec.Raw]
_Error = tuple[int, str, str, str, msgspec.Raw]
_calls = msgspec.json.Decoder(_Call)
_results = msgspec.json.Decoder(_Result)
_errors = msgspec.json.Decoder(_Error)


def not_implemented(action: str, payload: bytes) -> Answer:
    """The answer of a station that implements nothing."""
    return Answer(error_code="NotImplemented", error_description=f"{action} is not known here")


class Conversation:
    """One connection of a station. `over` is done, with the close code, when the connection has ended."""

    __slots__ = (
        "_answering",
        "_early",
        "_loop",
        "_number",
        "_prefix",
        "_socket",
        "_waiting",
        "_wire",
        "over",
        "strays",
    )

    def __init__(self, answering: Answering = not_implemented, *, prefix: str = "", wire: Wire | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self.over: asyncio.Future[int] = self._loop.create_future()
        self.strays = 0
        self._answering = answering
        self._prefix = prefix
        self._wire = wire
        self._number = 0
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._socket: WebSocket | None = None
        self._early: tuple[bytes, ...] = ()

    @property
    def speaking(self) -> bool:
        """A call of ours waits for its answer."""
        return bool(self._waiting)

    async def open(self, target: Target) -> None:
        """Connect. Raises Refused, OSError or TimeoutError."""
        self._socket = await connect(target, self, self._wire)
        early, self._early = self._early, ()
        for message in early:
            self.received(message)

    async def call(self, action: str, payload: bytes, *, timeout_s: float = CALL_TIMEOUT_S) -> bytes:
        """The payload of the CALLRESULT. Raises CallError, TimedOut or Disconnected."""
        return await self.begin(action, payload, timeout_s=timeout_s)

    def begin(self, action: str, payload: bytes, *, timeout_s: float = CALL_TIMEOUT_S) -> "asyncio.Future[bytes]":
        """Send a CALL; the future gets what `call` gives, or its exception. Raises Disconnected."""
        socket = self._socket
        if socket is None or self.over.done():
            raise self._disconnected(f"{action}: not connected")
        self._number += 1
        message_id = f"{self._prefix}{self._number}"
        answer: asyncio.Future[bytes] = self._loop.create_future()
        self._waiting[message_id] = answer
        deadline = self._loop.call_later(timeout_s, self._expire, message_id, action)
        answer.add_done_callback(partial(self._forget, message_id, deadline))
        socket.send(b'[2,"%b","%b",%b]' % (message_id.encode(), action.encode(), payload))
        return answer

    def tell(self, action: str, payload: bytes) -> None:
        """Send a SEND (2.1), which nobody answers. Raises Disconnected."""
        if self._socket is None or self.over.done():
            raise self._disconnected(f"{action}: not connected")
        self._number += 1
        self._socket.send(b'[6,"%b%d","%b",%b]' % (self._prefix.encode(), self._number, action.encode(), payload))

    def close(self, code: int = 1000) -> None:
        """End the connection politely."""
        if self._socket is not None:
            self._socket.close(code)

    def abort(self) -> None:
        """Drop the connection."""
        if self._socket is not None:
            self._socket.abort()

    # -- events of the WebSocket -------------------------------------------------------------------------------------

    def received(self, message: bytes) -> None:
        """Handle one message from the CSMS; what is no OCPP-J is counted as a stray and not answered."""
        if self._socket is None:  # it came in one packet with the upgrade: a command that had waited for the station
            self._early += (message,)
            return
        kind = message[1:2] if message[1:2].isdigit() else message.lstrip(b" \t\r\n[")[:1]
        try:
            match kind:
                case b"3":
                    _, message_id, payload = _results.decode(message)
                    self._settle(message_id, bytes(payload), None)
                case b"2":
                    _, message_id, action, payload = _calls.decode(message)
                    self._answer(message_id, action, bytes(payload))
                case b"4":
                    _, message_id, code, description, _ = _errors.decode(message)
                    self._settle(message_id, b"", CallError(code, description))
                case b"6":  # OCPP 2.1 SEND: never answered
                    _calls.decode(message)
                case _:
                    self.strays += 1
        except msgspec.DecodeError:
            self.strays += 1

    def closed(self, code: int) -> None:
        """The connection is over: every call that waits learns it."""
        if not self.over.done():
            self.over.set_result(code)
        for answer in tuple(self._waiting.values()):
            if not answer.done():
                answer.set_exception(self._disconnected(f"the connection closed with {code}"))

    def _disconnected(self, why: str) -> Disconnected:
        return CutOff(why) if self._wire is not None and self._wire.broken else Disconnected(why)

    def _forget(self, message_id: str, deadline: asyncio.TimerHandle, _: "asyncio.Future[bytes]") -> None:
        deadline.cancel()
        self._waiting.pop(message_id, None)

    def _settle(self, message_id: str, payload: bytes, error: CallError | None) -> None:
        answer = self._waiting.pop(message_id, None)
        if answer is None or answer.done():
            self.strays += 1
        elif error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(payload)

    def _answer(self, message_id: str, action: str, payload: bytes) -> None:
        answer = self._answering(action, payload)
        assert self._socket is not None
        if answer.error_code:
            body: list[object] = [4, message_id, answer.error_code, answer.error_description[:255], {}]
        else:
            body = [3, message_id, msgspec.Raw(answer.payload)]
        self._socket.send(msgspec.json.encode(body))
        if answer.then is not None:
            answer.then()

    def _expire(self, message_id: str, action: str) -> None:
        if self._wire is not None and self._wire.broken:
            self._wire.notice()  # the call reached nobody: the connection is dead, and a station learns it in this way
            return
        answer = self._waiting.pop(message_id, None)
        if answer is not None and not answer.done():
            answer.set_exception(TimedOut(f"{action}: no answer in time"))
