"""Session: the OCPP conversation of one connection. Inputs are messages, events and the time; outputs are effects. PURE.

The station's CALLs and ours never wait for each other (one CALL in flight per direction: part 4, 4.1.1, OCPP-J 1.6, 4.1.1).
A CALL that carries facts is answered once they are stored; a CALL that needs a decision is answered when the decision arrives, or
with its fallback at the deadline. A CALL whose records are not stored is never answered.
"""

from functools import partial

from msgspec.structs import replace

from gateway.dispatches import NEVER, Dispatches
from gateway.effects import (
    ACCEPTED,
    NO_TRAITS,
    Close,
    Count,
    Decided,
    Effect,
    FrameSummary,
    HandledFrame,
    Hardware,
    Identity,
    Limits,
    Moment,
    Publish,
    Seen,
    Standing,
    Traits,
    TraitsSource,
    Translation,
    Waiting,
)
from gateway.frames import (
    ERROR,
    RESULT,
    RESULT_ERROR,
    SEND,
    Bent,
    Call,
    Error,
    Flaw,
    Frame,
    Malformed,
    Result,
    ResultError,
    Send,
    decode,
)
from gateway.framesummary import summary_of_message, with_bent_rule
from gateway.late import NO_LATE_STARTS, LateStarts
from gateway.lifecycle import station_connected, station_disconnected, station_located, station_seen
from gateway.ocpp.rows import Answer, Received, Refusal
from gateway.ocpp.rows import Call as ReadCall
from gateway.reading import Reading
from gateway.registration import Registration
from gateway.unreadable import answer_frame, answer_malformed, answer_unknown_type, as_unknown_type
from schemas.authorization import AuthorizationDecided
from schemas.base import CallDecided, Record
from schemas.commands import CommandDispatched
from schemas.stations import BootDecided
from schemas.transactions import TransactionDecided
from schemas.wire.faults import Fault

Decision = BootDecided | AuthorizationDecided | TransactionDecided | CallDecided

SERVICE_RESTART = 1012
"""RFC 6455, registry of close codes: the server restarts, connect again."""
GOING_AWAY = 1001
POLICY_VIOLATION = 1008
REJECTED = Standing("Rejected")

SENT = "\x00send "
"""Prefix of the id of a SEND that waits for the bus, because a CALL may have the same id."""


class Session:
    """The conversation of one connection. Every method returns effects, to be carried out in order."""

    __slots__ = ("_awaiting", "_dispatches", "_identity", "_late_starts", "_limits", "_reading", "_registration", "_seen_due",
                 "_translation", "due")  # fmt: skip

    def __init__(
        self,
        identity: Identity,
        limits: Limits,
        translation: Translation,
        *,
        standing: Standing = ACCEPTED,
        traits: TraitsSource = NO_TRAITS,
        late_starts: LateStarts = NO_LATE_STARTS,
    ) -> None:
        self.due = NEVER
        self._identity = identity
        self._limits = limits
        self._translation = translation
        self._reading = Reading(identity, traits)
        self._late_starts = late_starts
        self._awaiting: dict[str, Waiting] = {}
        self._registration = Registration(standing)
        self._dispatches = Dispatches(identity, limits, translation, self._registration)
        self._seen_due = 0.0

    @property
    def saturated(self) -> bool:
        """Whether the station has as many CALLs open as it may, so that nothing more is read from it."""
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
        """Whether nothing waits, in either direction."""
        return not self._awaiting and not self._dispatches.waiting

    @property
    def traits(self) -> Traits:
        """The present traits of the station."""
        return self._reading.traits

    @property
    def hardware(self) -> Hardware:
        """The hardware of the station by its boot on this connection."""
        return self._reading.hardware

    def on_opened(self, moment: Moment) -> list[Effect]:
        """The connection is accepted."""
        me = self._identity
        self._seen_due = moment.now + self._limits.seen_interval_s
        self._dispatches.held_until = moment.now + self._limits.boot_grace_s
        return [Publish((station_connected(me, moment), station_located(me, moment, connected=True)))]

    def receive(self, data: str | bytes, moment: Moment) -> HandledFrame:
        """Handle a WebSocket message of the station."""
        frame = decode(data)
        handled = self._handle_call(frame, moment) if isinstance(frame, Call) else self._handle_other(frame, moment)
        if self._dispatches.held_until and not any(waiting.boots for waiting in self._awaiting.values()):
            handled[1].extend(self._with_due(self._dispatches.release(moment)))
        if moment.now >= self._seen_due:
            handled[1].append(self._seen(moment))
        return handled

    def on_pong(self, moment: Moment) -> list[Effect]:
        """The station answered a ping: a sign of life, for stations that send no Heartbeat."""
        return [self._seen(moment)] if moment.now >= self._seen_due else []

    def on_stored(self, waiting: Waiting, moment: Moment) -> list[Effect]:
        """The records of a `Publish` are acknowledged."""
        if self._awaiting.get(waiting.message_id) is not waiting:
            return []  # it was decided before the acknowledgement arrived
        if waiting.awaits_decision:
            waiting.deadline = moment.now + self._limits.decision_s
            self.due = min(self.due, waiting.deadline)
            return []
        return self._answer(waiting)

    def on_unstorable(self, waiting: Waiting, moment: Moment) -> list[Effect]:
        """The records of a `Publish` can never be stored, for example because they are too large: refuse the CALL."""
        if self._awaiting.get(waiting.message_id) is not waiting:
            return []
        waiting.answer = self._translation.refusal(self._identity.version, Fault.INTERNAL, "the message cannot be kept")
        effects = [Count("unstorable"), *self._answer(waiting)]
        return effects + self._with_due(self._dispatches.release(moment)) if waiting.boots else effects

    def on_decision(self, decision: Decision, moment: Moment) -> list[Effect]:
        """A service has decided: answer the CALL, unless it is answered already (at its deadline, or refused).

        A decision on an earlier CALL with the same message id does not count.
        """
        if isinstance(decision, AuthorizationDecided):
            self._late_starts.learn(decision)
        waiting = self._awaiting.get(decision.reply_to.message_id)
        if waiting is None or not waiting.awaits_decision or decision.reply_to.received_at not in (None, waiting.at):
            return [Count("late-decision")]
        if isinstance(decision, BootDecided):
            decision = replace(decision, status=self._registration.most(decision.status))
        waiting.answer = self._translation.answer(self._identity.version, waiting.action, decision, moment.at)
        effects = [Decided(moment.now - waiting.since), *self._answer(waiting)]
        if waiting.boots:
            self._registration.on_boot_decision(self._translation.boot_status(decision))
            effects += self._with_due(self._dispatches.release(moment))
        return effects

    def on_command(self, dispatch: CommandDispatched, moment: Moment) -> list[Effect]:
        """Send a command to the station."""
        self._registration.allow_triggered(self._translation.triggered(dispatch.command))
        return self._with_due(self._dispatches.dispatch(dispatch, moment))

    def on_unreadable_command(self, dispatch: CommandDispatched, description: str, moment: Moment) -> list[Effect]:
        """Report a command that cannot be read."""
        return self._dispatches.refuse(dispatch, description, moment)

    def on_time(self, moment: Moment) -> list[Effect]:
        """Time has reached `due`."""
        effects: list[Effect] = []
        for waiting in [each for each in self._awaiting.values() if each.deadline <= moment.now]:
            if waiting.boots:
                self._registration.on_boot_fallback()
                self._dispatches.held_until = 0.0
            effects += [Count("fallback"), *self._late_answer(waiting, moment), *self._answer(waiting)]
        effects += self._dispatches.on_time(moment)
        return self._with_due(effects)

    def _late_answer(self, waiting: Waiting, moment: Moment) -> list[Effect]:
        """Set the answer to a start whose decision is late, by the policy of its site; returns the effects."""
        site = self.traits.site
        late_answer = waiting.late and waiting.late(partial(self._late_starts.status, site), moment.at)
        if not late_answer:
            return []
        waiting.answer = late_answer.payload
        return [Publish(late_answer.records)]

    def on_standing(self, standing: Standing, _moment: Moment) -> list[Effect]:
        """The operator or `stations` changed the standing of the station; a rejected one is closed."""
        rejected = self._registration.set_standing(standing)
        return [Close(POLICY_VIOLATION, "the registration of the station was rejected")] if rejected else []

    def on_revoked(self, reason: str, _moment: Moment) -> list[Effect]:
        """The station may not stay on this connection: close it, and treat the station as rejected meanwhile."""
        self._registration.set_standing(REJECTED)
        return [Close(POLICY_VIOLATION, reason)]

    def on_superseded(self, held_off: int, _moment: Moment) -> list[Effect]:
        """The station has a newer connection: close this one. `held_off` connections were refused before the newer one."""
        suffix = f"; {held_off} were held off, for they replace each other" if held_off else ""
        return [Close(GOING_AWAY, f"the station has a newer connection{suffix}")]

    def on_drain(self, moment: Moment) -> list[Effect]:
        """The gateway stops: send no more commands, let those in flight settle."""
        return self._dispatches.drain(moment)

    def on_closed(self, moment: Moment, *, code: int | None, reason: str, replaced: bool) -> list[Effect]:
        """The connection is over. `replaced`: a newer one has reported the station's location, so this one must not."""
        me = self._identity
        self._awaiting.clear()
        gone = station_disconnected(me, moment, code=code, reason=reason)
        records: tuple[Record, ...] = (gone,) if replaced else (gone, station_located(me, moment, connected=False))
        return [*self._dispatches.on_closed(moment), Publish(records)]

    def _handle_call(self, call: Call, moment: Moment, *, mended: str = "") -> HandledFrame:
        message_id, action = call.message_id, call.action
        if message_id in self._awaiting:
            return FrameSummary(
                "call", message_id, action, "repeated"
            ), []  # the answer to the first is the answer to both
        received = self._receive(call, moment, mended)
        if type(received) is Refusal:
            summary = FrameSummary("call", message_id, action, "refused", received.code)
            return summary, [answer_frame(message_id, action, received)]
        assert isinstance(received, Received)
        summary = summary_of_message("call", call, received)
        if received.boots:
            self._reading.boots(received)
        received = self._apply_registration(call, received, moment)
        if received.answer is Answer.LOCAL:
            return summary, [answer_frame(message_id, action, received.result)]
        decided = received.answer is Answer.DECIDED
        answer = received.fallback if decided else received.result
        waiting = Waiting(
            message_id, action, moment.now, moment.at, answer, decided, received.boots, late=received.late
        )
        if received.boots:
            self._dispatches.held_until = NEVER
        self._awaiting[message_id] = waiting
        return summary, [Publish(received.records, waiting)]

    def _handle_other(self, frame: Frame | Bent | Malformed, moment: Moment) -> HandledFrame:
        match frame:
            case Result() | Error():
                return self._with_due_of(self._dispatches.on_answer(frame, moment))
            case Send():
                return self._handle_send(frame, moment)
            case Bent(frame=Call() as call):
                return with_bent_rule(self._handle_call(call, moment, mended=frame.how), frame.how)
            case Bent(frame=understood):
                return with_bent_rule(self._handle_other(understood, moment), frame.how)
            case ResultError():
                return self._handle_result_error(frame)
            case Malformed():
                return self._handle_malformed(frame, moment)
        raise AssertionError(f"no kind of frame: {type(frame).__name__}")

    def _handle_send(self, frame: Send, moment: Moment) -> HandledFrame:
        """A SEND: stored where the version has it for this action, and never answered (2.1 part 4, 4.2.4)."""
        message_id, action, version = frame.message_id, frame.action, self._identity.version
        if not self._has_sends:
            return self._handle_unknown_type(as_unknown_type(frame, SEND))
        key = f"{SENT}{message_id}"
        if key in self._awaiting:
            return FrameSummary("send", message_id, action, "repeated"), []
        if not self._translation.is_sent(version, action):
            return FrameSummary("send", message_id, action, "refused", "no-send"), []
        received = self._receive(frame, moment)
        if isinstance(received, Refusal):
            return FrameSummary("send", message_id, action, "refused", received.code), []
        received = self._apply_registration(frame, received, moment)
        refusal = received.result if isinstance(received.result, Refusal) else None
        summary = summary_of_message("send", frame, received, refusal)
        waiting = Waiting(key, action, moment.now, moment.at, None, silent=True)
        self._awaiting[key] = waiting
        return summary, [Publish(received.records, waiting)]

    def _handle_result_error(self, frame: ResultError) -> HandledFrame:
        """A CALLRESULTERROR (since 2.1) is only counted: our CALLRESULT is sent already."""
        if self._has_sends:
            return FrameSummary("result-error", frame.message_id, "", "refused", frame.code), []
        return self._handle_unknown_type(as_unknown_type(frame, RESULT_ERROR))

    def _handle_malformed(self, frame: Malformed, moment: Moment) -> HandledFrame:
        if frame.flaw is Flaw.TYPE or (frame.kind in (RESULT_ERROR, SEND) and not self._has_sends):
            return self._handle_unknown_type(frame)
        if frame.kind in (RESULT, ERROR) or self._dispatches.is_in_flight(frame.message_id):
            return self._with_due_of(self._dispatches.on_unreadable_answer(frame, moment))
        return answer_malformed(frame, self._identity.version, self._translation, self._awaiting)

    def _handle_unknown_type(self, frame: Malformed) -> HandledFrame:
        return answer_unknown_type(frame, self._identity.version, self._translation, self._awaiting)

    @property
    def _has_sends(self) -> bool:
        return self._translation.has_sends(self._identity.version)

    def _receive(self, frame: Call | Send, moment: Moment, mended: str = "") -> Received | Refusal:
        context = self._reading.context(moment, mended)
        return self._translation.receive(self._identity.version, frame.action, frame.message_id, frame.payload, context)

    def _apply_registration(self, frame: Call | Send, received: Received, moment: Moment) -> Received:
        """The result for a message, restricted by the station's registration."""
        if self._registration.status == "Accepted":
            return received
        call = ReadCall(
            version=self._identity.version,
            action=frame.action,
            message_id=frame.message_id,
            payload=frame.payload,
            context=self._reading.context(moment),
        )
        return self._registration.restrict(call, received, self._translation)

    def _answer(self, waiting: Waiting) -> list[Effect]:
        del self._awaiting[waiting.message_id]
        if waiting.silent:
            return []
        return [answer_frame(waiting.message_id, waiting.action, waiting.answer)]

    def _seen(self, moment: Moment) -> Seen:
        me = self._identity
        self._seen_due = moment.now + self._limits.seen_interval_s
        return Seen(station_seen(me, moment))

    def _with_due_of(self, handled: HandledFrame) -> HandledFrame:
        summary, effects = handled
        return summary, self._with_due(effects)

    def _with_due(self, effects: list[Effect]) -> list[Effect]:
        """The same effects; sets `due` to the next deadline after them."""
        decisions = min((waiting.deadline for waiting in self._awaiting.values()), default=NEVER)
        self.due = min(decisions, self._dispatches.due)
        return effects
