"""One WebSocket of one station: carries out the effects of its session. It has no task per message and no timer of its own."""

import asyncio
import logging
import random
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace
from websockets.asyncio.server import broadcast
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from gateway import metrics
from gateway.admission import Admitted
from gateway.effects import (
    Close,
    Count,
    Decided,
    Effect,
    FrameSummary,
    Identity,
    Limits,
    Moment,
    Publish,
    Report,
    Seen,
    Standing,
    TraitsSource,
    Translation,
    Waiting,
    Write,
)
from gateway.framelog import FrameLog
from gateway.framesummary import named_input
from gateway.identities import Edge, Identities, why_not_sent
from gateway.late import LateStarts
from gateway.liveness import Liveness, Verdict
from gateway.newpasswords import NewPasswords
from gateway.pressure import BackPressure
from gateway.session import POLICY_VIOLATION, Decision, Session
from gateway.settings import Settings
from gateway.shares import Shares
from gateway.sockets import StationSocket
from gateway.uplink import Uplink
from gateway.wheel import Wheel
from schemas.authorization import AuthorizationDecided
from schemas.commands import CommandDispatched
from schemas.compatibility import Rule
from schemas.identityvault import NoPeriodKey
from schemas.sealing import NO_KEY, Seal, Unopenable, open_command

log = logging.getLogger(__name__)

NEVER = float("inf")
ABNORMAL_CLOSURE = 1006
TRY_AGAIN_LATER = 1013
VAULT_WITHIN_S, LOOK_AGAIN_S = 3.0, 0.1
"""How long a command waits for the persons whom it names, and how often it looks for them."""
FLAWS = {1002: "websocket", 1007: "utf-8", 1009: "too-large"}
"""Close codes for violations of the WebSocket protocol itself (RFC 6455, 7.4.1)."""


class Shared(msgspec.Struct, frozen=True, kw_only=True):
    """What all connections of the process share. `actions`: the names that may be labels."""

    settings: Settings
    limits: Limits
    translation: Translation
    traits: TraitsSource
    late_starts: LateStarts
    uplink: Uplink
    wheel: Wheel
    clock: Callable[[], Moment]
    leave: "Callable[[Connection], bool]"
    frames: metrics.Children
    actions: frozenset[str]
    seal: Seal = NO_KEY
    identities: Identities | None = None
    new_passwords: NewPasswords
    shares: Shares


class Connection:
    """The life of one connection, from the accepted handshake to its end."""

    __slots__ = ("_closing", "_edge", "_frames", "_liveness", "_over", "_pressure", "_reason", "_replaced", "_sender",
                 "_session", "_shared", "_socket", "_wake", "identity")  # fmt: skip

    def __init__(self, socket: StationSocket, identity: Identity, shared: Shared, standing: Standing) -> None:
        self.identity = identity
        self._socket = socket
        self._shared = shared
        session_options: dict[str, Any] = {
            "standing": standing,
            "traits": shared.traits,
            "late_starts": shared.late_starts,
        }
        self._session = Session(identity, shared.limits, shared.translation, **session_options)
        self._pressure = BackPressure(shared.uplink, self._publish)
        self._sender = shared.shares.sender(identity.station, self._pressure.look_again)
        self._closing: asyncio.Task[None] | None = None
        self._over = self._replaced = False
        self._liveness = Liveness(shared.settings.no_pong_silence_s)
        self._reason = ""
        self._frames = FrameLog(identity)
        self._edge = None if shared.identities is None else Edge(shared.identities)
        self._wake = NEVER

    @property
    def admitted(self) -> Admitted:
        """The admission by its handshake."""
        return self._socket.admitted

    @admitted.setter
    def admitted(self, admitted: Admitted) -> None:
        self._socket.admitted = admitted

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
        """Whether nothing is in flight, in either direction."""
        return self._session.idle and not self._pressure.waiting_facts

    async def serve(self) -> None:
        """Read until the connection is over."""
        socket = self._socket
        socket.on_writable = self._pressure.look_again
        self.run(self._session.on_opened)
        # At a random time, because stations reconnect together after an outage.
        self._later(random.uniform(0, self._shared.settings.ping_interval_s), self._keep_alive)  # noqa: S311
        socket.receive = self._receive_at_once
        try:
            while True:
                if self._must_wait():
                    await self._wait_for_room()
                data = await socket.recv()
                if self._must_wait():  # with messages received without this task since
                    await self._wait_for_room()
                self.run(self._receive, data)
        except ConnectionClosed:
            pass
        finally:
            self.run(self._end)
            self._over = True

    def run(self, entry: Callable[..., list[Effect]], *args: Any) -> None:
        """Pass one input to the session and carry out its effects. A bug ends this connection, and no other.

        The station sends again what was not answered.
        """
        if self._over:
            return
        moment = self._shared.clock()
        try:
            for effect in entry(*args, moment):
                self._carry_out(effect, moment)
        except Exception:
            metrics.BROKEN.inc()
            log.exception("A bug ended the connection of station %s, at %s", self.identity.station, named_input(args))
            self._reason = "a bug ended the connection"
            self._socket.transport.abort()
            return
        if self._session.due < self._wake:
            self._wake = self._session.due
            self._shared.wheel.at(self._wake, self._elapsed)
        if self._pressure.reader is not None:
            self._pressure.look_again()

    def on_stored(self, waiting: Waiting) -> None:
        """The bus has the records of a CALL."""
        self.run(self._session.on_stored, waiting)

    def on_unstorable(self, waiting: Waiting) -> None:
        """The bus will never take the records of a CALL."""
        self.run(self._session.on_unstorable, waiting)

    def on_decision(self, decision: Decision) -> None:
        """A service has decided. The log, not the station, is told which session makes a token ConcurrentTx."""
        if isinstance(decision, AuthorizationDecided) and decision.blocked_by:
            message, token = decision.reply_to.message_id, decision.token
            details = (self.identity.station, message, decision.status, token, decision.blocked_by)
            log.info("Station %s, message %s: gets %s for token %s: session %s runs on it", *details)
        self.run(self._session.on_decision, decision)

    def on_command(self, dispatch: CommandDispatched, give_up: float | None = None) -> None:
        """Send a command to the station. Sealed members are opened here and nowhere before.

        Until `give_up` it waits for the persons whom it names: the vault and the command travel on different topics.
        """
        try:
            command = open_command(dispatch.command, self._shared.seal)
        except (Unopenable, RecursionError) as error:
            self.run(self._session.on_unreadable_command, dispatch, str(error))
            return
        if self._edge is not None and self._must_look_up(dispatch, self._edge, give_up):
            return
        self.run(self._take, dispatch if command is dispatch.command else replace(dispatch, command=command))

    def _take(self, dispatch: CommandDispatched, moment: Moment) -> list[Effect]:
        """Pass a command on. The password that it sets is accepted from now on, unless it was not sent, or was sent before."""
        effects = self._session.on_command(dispatch, moment)
        if dispatch.credential_hash and not any(isinstance(effect, Report) for effect in effects):
            self._shared.new_passwords.on_sent(self.identity.station, dispatch.command_id, dispatch.credential_hash)
        return effects

    def _must_look_up(self, dispatch: CommandDispatched, edge: Edge, give_up: float | None) -> bool:
        """Whether a command names somebody who is not known here: it is looked at again, and at last refused."""
        unknown = edge.unknown(dispatch.command)
        if not unknown:
            return False
        now = self._shared.clock().now
        give_up = now + VAULT_WITHIN_S if give_up is None else give_up
        if now >= give_up:
            self.run(self._session.on_unreadable_command, dispatch, why_not_sent(unknown))
        else:
            self._later(LOOK_AGAIN_S, partial(self.on_command, dispatch, give_up))
        return True

    def supersede(self, *, held_off: int) -> None:
        """Close this connection, because the station has a newer one. `held_off`: connections refused before the newer one."""
        if self._replaced:
            return
        self._replaced = True
        metrics.SUPERSEDED.inc()
        self.run(self._session.on_superseded, held_off)

    def set_standing(self, standing: Standing) -> None:
        """The standing of the station has changed."""
        self.run(self._session.on_standing, standing)

    def revoke(self, reason: str) -> None:
        """The station may no longer use this connection: close it."""
        self.run(self._session.on_revoked, reason)

    def drain(self) -> None:
        """Start nothing new: the gateway stops."""
        self.run(self._session.on_drain)

    def close(self, code: int, reason: str) -> None:
        """Close the WebSocket; whatever is in flight on it is lost."""
        if self._closing is None and not self._over:
            self._reason = reason
            self._closing = asyncio.get_running_loop().create_task(self._socket.close(code, reason))

    # -- reading ------------------------------------------------------------------------------------------------------

    def _receive(self, data: str | bytes, moment: Moment) -> list[Effect]:
        self._sender.take()
        if self._edge is not None:
            try:
                data = self._edge.received(data, moment.at)
            except NoPeriodKey as error:
                return [Close(TRY_AGAIN_LATER, str(error))]
        summary, effects = self._session.receive(data, moment)
        self._count_frame(summary)
        if self._shared.settings.log_frames:
            self._shared.uplink.log(self._frames.entry_received(summary, data, moment))
        return effects

    def _receive_at_once(self, text: str) -> bool:
        if self._must_wait() or self._pressure.reader is not None:
            return False
        self.run(self._receive, text)
        return True

    def _must_wait(self) -> bool:
        full = bool(self._pressure.waiting_facts) or self._session.saturated or self._socket.paused
        return full or self._sender.must_wait()

    async def _wait_for_room(self) -> None:
        """Wait without reading until there is room for more, or until the connection is over."""
        if not self._pressure.waiting_facts:
            because = "calls" if self._session.saturated else "tenant" if self._sender.waits else "writing"
            metrics.HELD_BACK.labels(because).inc()
        await self._pressure.wait(self._must_wait, self._socket.connection_lost_waiter)

    # -- effects ------------------------------------------------------------------------------------------------------

    def _carry_out(self, effect: Effect, moment: Moment) -> None:
        match effect:
            case Write():
                self._write(effect, moment)
            case Publish():
                self._pressure.publish(effect)
            case Report(record=record):
                metrics.DELIVERIES.labels(record.result).inc()
                self._shared.new_passwords.on_report(record)
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
                if code == POLICY_VIOLATION:
                    metrics.REVOKED.inc()
                self.close(code, reason)

    def _publish(self, publish: Publish) -> None:
        owner = self if publish.waiting is not None else None
        self._shared.uplink.publish(publish.records, owner, publish.waiting)

    def _write(self, send: Write, moment: Moment) -> None:
        # Does not wait: a full write buffer stops the reading (`_must_wait`), and only answers and commands are written.
        frame = send.frame if self._edge is None else self._edge.sent(send.frame, is_call=send.kind == "call")
        broadcast((self._socket,), frame, text=True)
        self._count("out", send.kind, send.action, "ok" if not send.error else "refused")
        if self._shared.settings.log_frames:
            self._shared.uplink.log(self._frames.entry_sent(send, moment))

    def _count(self, direction: str, kind: str, action: str, result: str) -> None:
        label = action if not action or action in self._shared.actions else metrics.UNKNOWN
        self._shared.frames.count(direction, kind, label, result)

    def _count_frame(self, summary: FrameSummary) -> None:
        self._count("in", summary.kind, summary.action, summary.result)
        if summary.kind == "malformed":
            metrics.MALFORMED.labels(summary.error).inc()
        if summary.bent:
            metrics.BENT.labels(summary.bent).inc()
        if summary.security_event is not None:
            metrics.SECURITY_EVENTS.labels(*summary.security_event).inc()
        if summary.deviations:
            self._count_deviations(summary)

    def _count_deviations(self, summary: FrameSummary) -> None:
        made = self._session.hardware
        for rule in summary.deviations:
            metrics.DEVIATIONS.labels(rule, summary.action, self.identity.version).inc()
            metrics.MAKES.count(rule, made.vendor, made.model, made.firmware_version)

    # -- time ---------------------------------------------------------------------------------------------------------

    def _later(self, after_s: float, callback: Callable[[], None]) -> None:
        self._shared.wheel.at(self._shared.clock().now + after_s, callback)

    def _elapsed(self) -> None:
        self._wake = NEVER
        self.run(self._session.on_time)

    def _keep_alive(self) -> None:
        """Ping, and cut off a station that was silent since the last one; except while we do not read it, as its pong may be unread."""
        socket, settings = self._socket, self._shared.settings
        if self._over or socket.state is not State.OPEN:
            return
        if self._shared.clock().now - socket.unfinished_since > settings.frame_timeout_s:
            metrics.SILENT.inc()
            self._reason = "a frame took too long"
            socket.transport.abort()
            return
        rules = self._session.traits.rules
        verdict = self._liveness.look(self._shared.clock().now, silent=socket.silent, rules=rules)
        if verdict is Verdict.PING:
            socket.silent = True
            socket.protocol.send_ping(b"")
            socket.send_data()
            self._later(settings.ping_timeout_s, self._keep_alive)
            return
        if verdict is Verdict.DEAD and not socket.recv_messages.paused:
            metrics.SILENT.inc()
            self._reason = "no answer to a ping" if Rule.NO_PONG not in rules else "silent for too long"
            socket.transport.abort()
            return
        if verdict is Verdict.ALIVE and Rule.NO_HEARTBEAT in rules:
            self.run(self._session.on_pong)
        self._later(max(0.0, settings.ping_interval_s - settings.ping_timeout_s), self._keep_alive)

    def _end(self, moment: Moment) -> list[Effect]:
        self._over = True
        self._pressure.end()
        self._sender.leave()
        replaced = self._shared.leave(self) or self._replaced
        code = self._socket.close_code or ABNORMAL_CLOSURE
        if code in FLAWS:
            metrics.MALFORMED.labels(FLAWS[code]).inc()
        reason = self._reason or self._socket.close_reason or ""
        return self._session.on_closed(moment, code=code, reason=reason, replaced=replaced)
