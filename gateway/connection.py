"""One WebSocket of one station: carries out what its session asks for. No task per message, no timer of its own."""

import asyncio
import logging
import random
from collections.abc import Callable
from typing import Any, Literal

import msgspec
from websockets.asyncio.server import broadcast
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from gateway import metrics
from gateway.effects import (
    Close,
    Count,
    Decided,
    Effect,
    Heard,
    Identity,
    Limits,
    Moment,
    Publish,
    Report,
    Seen,
    Send,
    Translation,
    Waiting,
)
from gateway.session import Decision, Session
from gateway.settings import Settings
from gateway.sockets import StationSocket
from gateway.uplink import Uplink
from gateway.wheel import Wheel
from schemas.commands import CommandDispatched
from schemas.frames import MAX_TEXT, FrameLogged

log = logging.getLogger(__name__)

NEVER = float("inf")
ABNORMAL_CLOSURE = 1006
FLAWS = {1002: "websocket", 1007: "utf-8", 1009: "too-large"}
"""RFC 6455, 7.4.1: what a station did that the WebSocket itself does not stand."""


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What all connections of the process share. `actions`: the names that may be labels."""

    settings: Settings
    limits: Limits
    translation: Translation
    uplink: Uplink
    wheel: Wheel
    clock: Callable[[], Moment]
    leave: "Callable[[Connection], bool]"
    frames: metrics.Children
    actions: frozenset[str]


class Connection:
    """The life of one connection, from the accepted handshake to its end."""

    __slots__ = ("_closing", "_held", "_over", "_pinged", "_reason", "_relief", "_replaced", "_sequence", "_session",
                 "_shared", "_socket", "_wake", "identity")  # fmt: skip

    def __init__(self, socket: StationSocket, identity: Identity, shared: Shared) -> None:
        self.identity = identity
        self._socket = socket
        self._shared = shared
        self._session = Session(identity, shared.limits, shared.translation)
        self._held: list[Publish] = []
        self._relief: asyncio.Future[None] | None = None
        self._closing: asyncio.Task[None] | None = None
        self._over = self._replaced = self._pinged = False
        self._reason = ""
        self._sequence = 0
        self._wake = NEVER

    @property
    def waiting_calls(self) -> int:
        """CALLs of the station that have no answer yet."""
        return self._session.waiting_calls

    @property
    def waiting_commands(self) -> int:
        """Commands in flight or queued."""
        return self._session.waiting_commands

    @property
    def idle(self) -> bool:
        """Nothing is in flight, in either direction."""
        return self._session.idle and not self._held

    async def serve(self) -> None:
        """Read until the connection is over."""
        socket = self._socket
        socket.relieve = self._relieve
        self.run(self._session.opened)
        # Spread, for stations come back together after an outage.
        self._later(random.uniform(0, self._shared.settings.ping_interval_s), self._keep_alive)  # noqa: S311
        socket.hear = self._hear_at_once
        try:
            while True:
                if self._full():
                    await self._relieved()
                data = await socket.recv()
                if self._full():  # with what was heard at once since
                    await self._relieved()
                self.run(self._hear, data)
        except ConnectionClosed:
            pass
        finally:
            self.run(self._ended)
            self._over = True

    def run(self, entry: Callable[..., list[Effect]], *args: Any) -> None:
        """One input to the session, and all that follows from it. A bug in it ends this connection, and no other.

        What was not answered then, the station sends again.
        """
        if self._over:
            return
        moment = self._shared.clock()
        try:
            for effect in entry(*args, moment):
                self._carry_out(effect, moment)
        except Exception:
            metrics.BROKEN.inc()
            log.exception("A bug ended the connection of station %s", self.identity.station)
            self._reason = "a bug ended the connection"
            self._socket.transport.abort()
            return
        if self._session.due < self._wake:
            self._wake = self._session.due
            self._shared.wheel.at(self._wake, self._elapsed)
        if self._relief is not None:
            self._relieve()

    def stored(self, waiting: Waiting) -> None:
        """The bus has the records of a CALL."""
        self.run(self._session.stored, waiting)

    def unstorable(self, waiting: Waiting) -> None:
        """The bus will never take the records of a CALL."""
        self.run(self._session.failed, waiting)

    def decided(self, decision: Decision) -> None:
        """A service has decided."""
        self.run(self._session.decided, decision)

    def command(self, dispatch: CommandDispatched) -> None:
        """A command for this connection."""
        self.run(self._session.command, dispatch)

    def supersede(self) -> None:
        """The station has a newer connection; that one now tells where the station is."""
        if self._replaced:
            return
        self._replaced = True
        metrics.SUPERSEDED.inc()
        self.run(self._session.superseded)

    def drain(self) -> None:
        """Start nothing more."""
        self.run(self._session.drained)

    def close(self, code: int, reason: str) -> None:
        """Close the WebSocket; what is in flight is lost to it."""
        if self._closing is None and not self._over:
            self._reason = reason
            self._closing = asyncio.get_running_loop().create_task(self._socket.close(code, reason))

    # -- reading ------------------------------------------------------------------------------------------------------

    def _hear(self, data: str | bytes, moment: Moment) -> list[Effect]:
        effects = self._session.received(data, moment)
        if self._shared.settings.log_frames:
            heard = effects[0]
            assert isinstance(heard, Heard)
            self._log(heard, data if isinstance(data, str) else data.hex(), "in", moment)
        return effects

    def _hear_at_once(self, text: str) -> bool:
        if self._full() or self._relief is not None:
            return False
        self.run(self._hear, text)
        return True

    def _full(self) -> bool:
        return bool(self._held) or self._session.saturated or self._socket.paused

    async def _relieved(self) -> None:
        """Wait, without reading, until what was read has found its place; or until the connection is over."""
        lost = self._socket.connection_lost_waiter
        if not self._held:
            metrics.HELD_BACK.labels("calls" if self._session.saturated else "writing").inc()
        while self._full() and not lost.done():
            self._relief = asyncio.get_running_loop().create_future()
            await asyncio.wait((self._relief, lost), return_when=asyncio.FIRST_COMPLETED)
            self._relief = None

    def _hold(self, publish: Publish) -> None:
        if not self._held:
            metrics.HELD_BACK.labels("bus").inc()
            self._shared.uplink.when_room(self._let_go)
        self._held.append(publish)

    def _let_go(self) -> None:
        """There is room on the bus: publish what was held, as far as there is."""
        while self._held and not self._over:
            if self._shared.uplink.full:
                self._shared.uplink.when_room(self._let_go)
                return
            self._publish(self._held.pop(0))
        self._relieve()

    def _relieve(self) -> None:
        if self._relief is not None and not self._relief.done():
            self._relief.set_result(None)

    # -- effects ------------------------------------------------------------------------------------------------------

    def _carry_out(self, effect: Effect, moment: Moment) -> None:  # noqa: PLR0912 one case per effect
        match effect:
            case Send():
                self._write(effect, moment)
            case Heard():
                self._count("in", effect.kind, effect.action, effect.result)
                if effect.kind == "malformed":
                    metrics.MALFORMED.labels(effect.error).inc()
            case Publish():
                # In order: nothing overtakes what is held. The end of a connection is told in any case.
                if not self._over and (self._held or self._shared.uplink.full):
                    self._hold(effect)
                else:
                    self._publish(effect)
            case Report(record=record):
                metrics.DELIVERIES.labels(record.result).inc()
                self._shared.uplink.publish((record,))
            case Seen(record=record):
                if self._shared.uplink.full:
                    metrics.SEEN_DROPPED.inc()
                else:
                    self._shared.uplink.publish((record,))
            case Count(what=what):
                metrics.SESSION_EVENTS.labels(what).inc()
            case Decided(after_s=after_s):
                metrics.DECISION_SECONDS.observe(after_s)
            case Close(code=code, reason=reason):
                self.close(code, reason)

    def _publish(self, publish: Publish) -> None:
        owner = self if publish.waiting is not None else None
        self._shared.uplink.publish(publish.records, owner, publish.waiting)

    def _write(self, send: Send, moment: Moment) -> None:
        # Without waiting: what a station does not take stops its reading (`_full`), and no more is written than was asked.
        broadcast((self._socket,), send.frame, text=True)
        self._count("out", send.kind, send.action, "ok" if not send.error else "refused")
        if self._shared.settings.log_frames:
            self._log(send, send.frame.decode(), "out", moment)

    def _count(self, direction: str, kind: str, action: str, result: str) -> None:
        known = action if not action or action in self._shared.actions else metrics.UNKNOWN
        self._shared.frames.count(direction, kind, known, result)

    def _log(self, frame: Heard | Send, text: str, direction: Literal["in", "out"], moment: Moment) -> None:
        me = self.identity
        self._sequence += 1
        self._shared.uplink.log(
            FrameLogged(
                id=f"{me.station}:{me.epoch}:{self._sequence}",
                station=me.station,
                version=me.version,
                epoch=me.epoch,
                sequence=self._sequence,
                direction=direction,
                kind=frame.kind,
                message_id=frame.message_id,
                action=frame.action,
                error=frame.error,
                text=text[:MAX_TEXT],
                size=len(text) if text.isascii() else len(text.encode(errors="replace")),
                at=moment.at,
            )
        )

    # -- time ---------------------------------------------------------------------------------------------------------

    def _later(self, after_s: float, callback: Callable[[], None]) -> None:
        self._shared.wheel.at(self._shared.clock().now + after_s, callback)

    def _elapsed(self) -> None:
        self._wake = NEVER
        self.run(self._session.elapsed)

    def _keep_alive(self) -> None:
        """Ping; and cut off a station that was silent since. Not one that we do not read ourselves: its pong may lie there."""
        socket, settings = self._socket, self._shared.settings
        if self._over or socket.state is not State.OPEN:
            return
        if not self._pinged:
            self._pinged = socket.silent = True
            socket.protocol.send_ping(b"")
            socket.send_data()
            self._later(settings.ping_timeout_s, self._keep_alive)
        elif socket.silent and not socket.recv_messages.paused:
            metrics.SILENT.inc()
            self._reason = "no answer to a ping"
            socket.transport.abort()
        else:
            self._pinged = False
            self._later(max(0.0, settings.ping_interval_s - settings.ping_timeout_s), self._keep_alive)

    def _ended(self, moment: Moment) -> list[Effect]:
        self._over = True
        replaced = self._shared.leave(self) or self._replaced
        code = self._socket.close_code or ABNORMAL_CLOSURE
        if code in FLAWS:
            metrics.MALFORMED.labels(FLAWS[code]).inc()
        reason = self._reason or self._socket.close_reason or ""
        return self._session.closed(moment, code=code, reason=reason, replaced=replaced)
