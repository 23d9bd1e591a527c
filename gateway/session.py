"""One station's conversation: what comes in and what time it is, as a list of what to do. PURE.

The station's CALLs and ours never wait for each other (one CALL in flight per direction: part 4, 4.1.1, OCPP-J 1.6, 4.1.1).
A CALL that carries facts is answered once they are stored; one that needs a decision once that is there, or with the stated
fallback when it does not come in time. What is not stored is not answered, whatever the time.
"""

from gateway.dispatches import NEVER, Dispatches
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
    Seen,
    Send,
    Translation,
    Waiting,
)
from gateway.frames import (
    Call,
    Error,
    Flaw,
    Malformed,
    Result,
    ResultError,
    decode,
    encode_error,
    encode_result,
)
from gateway.frames import Send as SendFrame
from gateway.ocpp.rows import Answer, Context, Received, Refusal
from schemas.authorization import AuthorizationDecided
from schemas.base import Record, derived_id
from schemas.commands import CommandDispatched, StationLocated
from schemas.stations import BootDecided, StationConnected, StationDisconnected, StationSeen, TriggerMessage
from schemas.transactions import TransactionDecided
from schemas.wire.faults import Fault

Decision = BootDecided | AuthorizationDecided | TransactionDecided

SERVICE_RESTART = 1012
"""RFC 6455, registry of close codes: the server restarts, connect again."""
GOING_AWAY = 1001


class Session:
    """The conversation of one connection. Every method returns effects, to be carried out in their order."""

    __slots__ = ("_awaiting", "_dispatches", "_identity", "_limits", "_registration", "_seen_due", "_solicited",
                 "_translation", "due")  # fmt: skip

    def __init__(self, identity: Identity, limits: Limits, translation: Translation) -> None:
        self.due = NEVER
        self._identity = identity
        self._limits = limits
        self._translation = translation
        self._dispatches = Dispatches(identity, limits, translation)
        self._awaiting: dict[str, Waiting] = {}
        # A station that connects again without a new BootNotification talks as it did: nothing is held against it.
        self._registration = "Accepted"
        self._solicited: tuple[str, ...] = ()
        self._seen_due = 0.0

    @property
    def saturated(self) -> bool:
        """The station has as many CALLs open as it may; read no more of it."""
        return len(self._awaiting) >= self._limits.unanswered_calls

    @property
    def waiting_calls(self) -> int:
        """CALLs of the station that have no answer yet."""
        return len(self._awaiting)

    @property
    def waiting_commands(self) -> int:
        """Commands in flight or queued."""
        return self._dispatches.waiting

    @property
    def idle(self) -> bool:
        """Nothing waits, in either direction."""
        return not self._awaiting and not self._dispatches.waiting

    def opened(self, moment: Moment) -> list[Effect]:
        """The connection is accepted."""
        me = self._identity
        connected = StationConnected(
            id=derived_id(me.station, me.epoch, "connected"),
            station=me.station,
            gateway=me.gateway,
            epoch=me.epoch,
            version=me.version,
            remote_address=me.remote_address,
            at=moment.at,
        )
        self._seen_due = moment.now + self._limits.seen_interval_s
        return [Publish((connected, located(me, moment, connected=True)))]

    def received(self, data: str | bytes, moment: Moment) -> list[Effect]:
        """One WebSocket message of the station."""
        frame = decode(data)
        effects = self._called(frame, moment) if isinstance(frame, Call) else self._other(frame, moment)
        if moment.now >= self._seen_due:
            effects.append(self._seen(moment))
        return effects

    def stored(self, waiting: Waiting, moment: Moment) -> list[Effect]:
        """The bus has the records of a `Publish`."""
        if self._awaiting.get(waiting.message_id) is not waiting:
            return []  # decided before the acknowledgement came
        if waiting.decided:
            waiting.deadline = moment.now + self._limits.decision_s
            self.due = min(self.due, waiting.deadline)
            return []
        return [self._settled(waiting)]

    def failed(self, waiting: Waiting, _moment: Moment) -> list[Effect]:
        """The bus will never take the records of a `Publish` (too large, say)."""
        if self._awaiting.get(waiting.message_id) is not waiting:
            return []
        waiting.answer = self._translation.refusal(self._identity.version, Fault.INTERNAL, "the message cannot be kept")
        return [Count("unstorable"), self._settled(waiting)]

    def decided(self, decision: Decision, moment: Moment) -> list[Effect]:
        """A service has decided; what waits no longer (answered at its deadline, or refused) has its answer already.

        A decision on an earlier CALL of the same message id is none on this one.
        """
        waiting = self._awaiting.get(decision.reply_to.message_id)
        if waiting is None or not waiting.decided or decision.reply_to.received_at not in (None, waiting.at):
            return [Count("late-decision")]
        waiting.answer = self._translation.answer(self._identity.version, waiting.action, decision, moment.at)
        if waiting.boots:
            self._registration = self._translation.boot_status(decision)
            self._solicited = ()
        return [Decided(moment.now - waiting.since), self._settled(waiting)]

    def command(self, dispatch: CommandDispatched, moment: Moment) -> list[Effect]:
        """A command for this connection."""
        if isinstance(dispatch.command, TriggerMessage):
            # B02.FR.05 and B03: what the CSMS asks for, a station may send before it is accepted.
            self._solicited = (*self._solicited[-7:], dispatch.command.requested_message)
        return self._renewed(self._dispatches.dispatched(dispatch, moment))

    def elapsed(self, moment: Moment) -> list[Effect]:
        """It is past `due`."""
        effects: list[Effect] = []
        for waiting in [each for each in self._awaiting.values() if each.deadline <= moment.now]:
            if waiting.boots:
                self._registration = "Pending"  # what the fallback says
            effects += [Count("fallback"), self._settled(waiting)]
        effects += self._dispatches.elapsed(moment)
        return self._renewed(effects)

    def superseded(self, _moment: Moment) -> list[Effect]:
        """The station has a newer connection."""
        return [Close(GOING_AWAY, "the station has a newer connection")]

    def drained(self, moment: Moment) -> list[Effect]:
        """The gateway is about to stop: start nothing, let what is in flight settle."""
        return self._dispatches.drained(moment)

    def closed(self, moment: Moment, *, code: int | None, reason: str, replaced: bool) -> list[Effect]:
        """The connection is over. `replaced`: a newer one tells where the station is, and this one must not."""
        me = self._identity
        self._awaiting.clear()
        gone = StationDisconnected(
            id=derived_id(me.station, me.epoch, "disconnected"),
            station=me.station,
            gateway=me.gateway,
            epoch=me.epoch,
            code=code,
            reason=reason,
            at=moment.at,
        )
        records: tuple[Record, ...] = (gone,) if replaced else (gone, located(me, moment, connected=False))
        return [*self._dispatches.closed(moment), Publish(records)]

    def _called(self, call: Call, moment: Moment) -> list[Effect]:
        message_id, action = call.message_id, call.action
        if message_id in self._awaiting:
            return [Heard("call", message_id, action, "repeated")]  # the answer to the first is the answer to both
        received = self._receive(call, moment)
        if type(received) is Refusal:
            return [
                Heard("call", message_id, action, "refused", received.code),
                self._said(message_id, action, received),
            ]
        assert isinstance(received, Received)
        heard = Heard("call", message_id, action, "ok")
        refusal = self._unregistered(action, received)
        if received.answer is Answer.LOCAL:
            return [heard, self._said(message_id, action, refusal or received.result)]
        decided = received.answer is Answer.DECIDED and refusal is None
        answer = received.fallback if decided else refusal or received.result
        waiting = Waiting(message_id, action, moment.now, moment.at, answer, decided, received.boots)
        self._awaiting[message_id] = waiting
        return [heard, Publish(received.records, waiting)]

    def _other(self, frame: Result | Error | SendFrame | ResultError | Malformed, moment: Moment) -> list[Effect]:
        match frame:
            case Result() | Error():
                return self._renewed(self._dispatches.answered(frame, moment))
            case SendFrame():
                return self._sent(frame, moment)
            case ResultError():
                return [Heard("result-error", frame.message_id, "", "refused", frame.code)]
        heard = Heard("malformed", frame.message_id or "", "", "malformed", frame.flaw.value)
        if frame.message_id is None:
            return [heard]
        fault = Fault.MESSAGE_TYPE if frame.flaw is Flaw.TYPE else Fault.FRAMING
        refusal = self._translation.refusal(self._identity.version, fault, frame.description)
        return [heard, self._said(frame.message_id, "", refusal)]

    def _sent(self, frame: SendFrame, moment: Moment) -> list[Effect]:
        received = self._receive(frame, moment)
        if isinstance(received, Refusal):  # a SEND has no answer, a refusal of it neither: 2.1 part 4, 4.2.5
            return [Heard("send", frame.message_id, frame.action, "refused", received.code)]
        return [Heard("send", frame.message_id, frame.action, "ok"), Publish(received.records)]

    def _receive(self, frame: Call | SendFrame, moment: Moment) -> Received | Refusal:
        me = self._identity
        context = Context(station=me.station, gateway=me.gateway, epoch=me.epoch, received_at=moment.at)
        return self._translation.receive(me.version, frame.action, frame.message_id, frame.payload, context)

    def _unregistered(self, action: str, received: Received) -> Refusal | None:
        """Why a CALL is refused though it is kept (B02, B03): the station is not accepted, and was not asked for this."""
        if self._registration == "Accepted" or received.boots or action in self._solicited:
            return None
        return self._translation.unregistered(self._identity.version, action)

    def _settled(self, waiting: Waiting) -> Send:
        del self._awaiting[waiting.message_id]
        return self._said(waiting.message_id, waiting.action, waiting.answer)

    def _said(self, message_id: str, action: str, answer: bytes | Refusal | None) -> Send:
        if isinstance(answer, Refusal):
            frame = encode_error(message_id, answer.code, answer.description)
            return Send(frame, "error", message_id, action, answer.code)
        assert answer is not None, f"{action} has neither an answer nor a fallback"
        return Send(encode_result(message_id, answer), "result", message_id, action)

    def _seen(self, moment: Moment) -> Seen:
        me = self._identity
        self._seen_due = moment.now + self._limits.seen_interval_s
        return Seen(
            StationSeen(
                id=derived_id(me.station, me.epoch, "seen", moment.at.isoformat()),
                station=me.station,
                gateway=me.gateway,
                epoch=me.epoch,
                at=moment.at,
            )
        )

    def _renewed(self, effects: list[Effect]) -> list[Effect]:
        """The same effects, and `due` as it is after what they tell of."""
        decisions = min((waiting.deadline for waiting in self._awaiting.values()), default=NEVER)
        self.due = min(decisions, self._dispatches.due)
        return effects


def located(identity: Identity, moment: Moment, *, connected: bool) -> StationLocated:
    """Where the station of a connection is, or was."""
    return StationLocated(
        id=derived_id(identity.station, identity.epoch, "located", int(connected)),
        station=identity.station,
        gateway=identity.gateway,
        epoch=identity.epoch,
        connected=connected,
        version=identity.version,
        at=moment.at,
    )
