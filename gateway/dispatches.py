"""Dispatches: our CALLs to one station. One is in flight, others queue behind it; each dispatch gets exactly one report. PURE."""

from typing import Literal

import msgspec

from gateway.effects import Effect, FrameSummary, HandledFrame, Identity, Limits, Moment, Report, Translation, Write
from gateway.frames import ERROR, Error, FrameKind, Malformed, Result, encode_call
from gateway.ocpp.rows import Invalid, Part, StationAnswer, Unsupported
from gateway.registration import Registration
from schemas.base import derived_id, null
from schemas.commands import CommandDispatched, DeliveryReported
from schemas.secrets import mask_in, mask_json, mask_words, secrets_in
from schemas.wire.faults import Fault

NEVER = float("inf")

UNREADABLE_ID = "-1"
"""The message id of a CALLERROR to a message whose id could not be read (2.0.1 and 2.1 part 4, 4.2.3)."""


DeliveryResult = Literal[
    "answered", "unsupported", "invalid", "not-accepted", "timed-out", "disconnected", "not-here", "expired", "busy"
]


def delivery_report(
    dispatch: CommandDispatched,
    result: DeliveryResult,
    moment: Moment,
    *,
    meaning: StationAnswer | None = None,
    description: str = "",
    secrets: tuple[str, ...] = (),
) -> DeliveryReported:
    """The report on a dispatch. `meaning`: the station's answer, if any. `secrets` are removed from it."""
    answer = meaning or _NO_ANSWER
    response, description_text = answer.response, answer.error_description or description
    if secrets:
        response, description_text = (
            msgspec.Raw(mask_in(bytes(response).decode(), secrets).encode()),
            mask_in(description_text, secrets),
        )
    return DeliveryReported(
        id=derived_id("delivery", dispatch.command_id, dispatch.attempt, result),
        command_id=dispatch.command_id,
        station=dispatch.station,
        gateway=dispatch.gateway,
        epoch=dispatch.epoch,
        attempt=dispatch.attempt,
        result=result,
        outcome=meaning.outcome if meaning else None,
        response=mask_json(response),
        error_code=answer.error_code,
        error_description=mask_words(description_text),
        items=answer.items,
        reboot_required=answer.reboot_required,
        sent=result in _SENT,
        at=moment.at,
    )


_SENT = ("answered", "timed-out", "disconnected")
"""The results of dispatches that were written to the connection."""

_NO_ANSWER = StationAnswer(outcome="rejected", response=null())


class _Delivery(msgspec.Struct):
    """A dispatch on its way: in the queue until `expires` at most, then in flight until `deadline` at most (both monotonic).

    It is sent in as many CALLs as it has parts, one after the other; `deadline` is that of the one in flight.
    """

    dispatch: CommandDispatched
    parts: tuple[Part, ...]
    expires: float
    secrets: tuple[str, ...] = ()
    deadline: float = NEVER
    answers: tuple[tuple[Part, StationAnswer], ...] = ()

    @property
    def part(self) -> Part:
        """The CALL that is in flight, or that is sent next."""
        return self.parts[len(self.answers)]

    @property
    def message_id(self) -> str:
        """Derived from command, attempt and the number of the CALL, so that the message id identifies them."""
        number = (len(self.answers),) if self.answers else ()
        return derived_id("call", self.dispatch.command_id, self.dispatch.attempt, *number)


class Dispatches:
    """The commands dispatched to one connection. Every method returns the effects to carry out."""

    __slots__ = ("_ended", "_identity", "_in_flight", "_limits", "_queue", "_registration", "_reports",
                 "_translation", "held_until")  # fmt: skip

    def __init__(
        self, identity: Identity, limits: Limits, translation: Translation, registration: Registration
    ) -> None:
        self.held_until = 0.0
        """Nothing is sent before: the station is about to boot, or waits for the answer to its boot."""
        self._registration = registration
        self._identity = identity
        self._limits = limits
        self._translation = translation
        self._in_flight: _Delivery | None = None
        # Lists and dicts, for they cost an idle connection least; both are short.
        self._queue: list[_Delivery] = []
        self._reports: dict[tuple[str, int], DeliveryReported] = {}
        self._ended = False

    @property
    def waiting(self) -> int:
        """Number of dispatches in flight or queued."""
        return len(self._queue) + (self._in_flight is not None)

    @property
    def due(self) -> float:
        """When `on_time` has something to do next."""
        if not self._queue:
            return self._in_flight.deadline if self._in_flight else NEVER
        first = self._in_flight.deadline if self._in_flight else self.held_until or NEVER
        return min([first, *(delivery.expires for delivery in self._queue)])

    def dispatch(self, dispatch: CommandDispatched, moment: Moment) -> list[Effect]:
        """Send a dispatch now, or queue it; or report at once why not. A repeated dispatch only repeats its report."""
        key = _key(dispatch)
        if key in self._reports:
            return [Report(self._reports[key])]
        if any(_key(delivery.dispatch) == key for delivery in (*self._queue, self._in_flight) if delivery is not None):
            return []
        parts = self._sendable(dispatch, moment)
        if isinstance(parts, Report):
            return [parts]
        expires = moment.now + (dispatch.expires_at - moment.at).total_seconds()
        self._queue.append(_Delivery(dispatch, parts, expires, secrets_in(dispatch.command)))
        return self._next(moment)

    def release(self, moment: Moment) -> list[Effect]:
        """The station has spoken, or its boot is answered: send what was held until then."""
        self.held_until = 0.0
        return self._next(moment)

    def refuse(self, dispatch: CommandDispatched, description: str, moment: Moment) -> list[Effect]:
        """Report a command that cannot be read: nothing is sent."""
        return [self._report(dispatch, "invalid", moment, description=description)]

    def _sendable(self, dispatch: CommandDispatched, moment: Moment) -> tuple[Part, ...] | Report:
        if self._ended:
            return self._report(dispatch, "not-here", moment)
        if dispatch.expires_at <= moment.at:
            return self._report(dispatch, "expired", moment)
        if len(self._queue) >= self._limits.queued_commands:
            return self._report(dispatch, "busy", moment)
        version, limits = self._identity.version, dispatch.limits
        parts = self._translation.to_calls(version, dispatch.command, dispatch.command_id, limits)
        match parts:
            case Unsupported(reason=reason):
                return self._report(dispatch, "unsupported", moment, description=reason)
            case Invalid(description=description):
                return self._report(dispatch, "invalid", moment, description=description)
        return parts

    def on_answer(self, frame: Result | Error, moment: Moment) -> HandledFrame:
        """The station answered a CALL of ours; an answer to none is only counted."""
        kind: FrameKind = "error" if isinstance(frame, Error) else "result"
        code = frame.code if isinstance(frame, Error) else ""
        delivery = self._in_flight
        nameless = (
            kind == "error" and frame.message_id == UNREADABLE_ID
        )  # part 4, 4.2.3: the station could not read our id
        if delivery is None or (delivery.message_id != frame.message_id and not nameless):
            return FrameSummary(kind, frame.message_id, "", "unexpected", code), []
        summary = FrameSummary(kind, frame.message_id, delivery.part.call.action, "ok", code, hide=delivery.secrets)
        return summary, self._got(delivery, self._meaning(delivery.part, frame), moment)

    def _got(self, delivery: _Delivery, meaning: StationAnswer, moment: Moment) -> list[Effect]:
        """A CALL is answered: send the next one of its command, or report the command."""
        delivery.answers = (*delivery.answers, (delivery.part, meaning))
        if len(delivery.answers) < len(delivery.parts):
            return [self._sent(delivery, moment)]
        self._in_flight = None
        whole = self._translation.joined(delivery.answers, of=len(delivery.parts))
        report = self._report(delivery.dispatch, "answered", moment, meaning=whole, secrets=delivery.secrets)
        return [report, *self._next(moment)]

    def _unanswered(self, delivery: _Delivery, result: DeliveryResult, moment: Moment) -> Report:
        """A CALL got no answer: its command ends, with what is known of the ones before it."""
        known = self._translation.unfinished(delivery.answers, of=len(delivery.parts))
        return self._report(delivery.dispatch, result, moment, meaning=known, secrets=delivery.secrets)

    def is_in_flight(self, message_id: str | None) -> bool:
        """Whether our CALL with that id is in flight."""
        return self._in_flight is not None and self._in_flight.message_id == message_id

    def on_unreadable_answer(self, frame: Malformed, moment: Moment) -> HandledFrame:
        """An answer cannot be read. If it answers the CALL in flight, that CALL has failed and the next is sent."""
        delivery = self._in_flight
        if delivery is None or delivery.message_id != frame.message_id:
            return FrameSummary("malformed", frame.message_id or "", "", "malformed", frame.flaw.value), []
        code = self._translation.refusal(self._identity.version, Fault.FRAMING, "").code
        what = "CALLERROR" if frame.kind == ERROR else "answer"
        meaning = StationAnswer(
            outcome="rejected",
            response=null(),
            error_code=code,
            error_description=f"the station's {what} cannot be read: {frame.description}",
        )
        action = delivery.part.call.action
        summary = FrameSummary(
            "malformed", frame.message_id, action, "malformed", frame.flaw.value, hide=delivery.secrets
        )
        return summary, self._got(delivery, meaning, moment)

    def on_time(self, moment: Moment) -> list[Effect]:
        """Time has passed: report the CALL that was not answered in time, and dispatches that have expired in the queue."""
        effects: list[Effect] = []
        if self._in_flight is not None and self._in_flight.deadline <= moment.now:
            effects.append(self._unanswered(self._in_flight, "timed-out", moment))
            self._in_flight = None
        late = [delivery for delivery in self._queue if delivery.expires <= moment.now]
        for delivery in late:
            self._queue.remove(delivery)
            effects.append(self._report(delivery.dispatch, "expired", moment))
        return effects + self._next(moment)

    def drain(self, moment: Moment) -> list[Effect]:
        """Send nothing more: queued dispatches are reported `not-here`; the one in flight may still be answered."""
        self._ended = True
        effects: list[Effect] = [self._report(delivery.dispatch, "not-here", moment) for delivery in self._queue]
        self._queue.clear()
        return effects

    def on_closed(self, moment: Moment) -> list[Effect]:
        """The connection is over: report every dispatch that has no report yet."""
        effects = self.drain(moment)
        if self._in_flight is not None:
            effects.insert(0, self._unanswered(self._in_flight, "disconnected", moment))
            self._in_flight = None
        return effects

    def _next(self, moment: Moment) -> list[Effect]:
        if self._in_flight is not None or not self._queue or moment.now < self.held_until:
            return []
        self.held_until = 0.0
        delivery = self._queue.pop(0)
        if delivery.expires <= moment.now:
            return [self._report(delivery.dispatch, "expired", moment), *self._next(moment)]
        forbidden = self._translation.why_not_sent(delivery.part.call.action, self._registration.status)
        if forbidden:
            return [self._report(delivery.dispatch, "not-accepted", moment, description=forbidden), *self._next(moment)]
        self._in_flight = delivery
        return [self._sent(delivery, moment)]

    def _sent(self, delivery: _Delivery, moment: Moment) -> Write:
        """The next CALL of a dispatch, sent now."""
        delivery.deadline = moment.now + delivery.dispatch.timeout_s
        call, message_id = delivery.part.call, delivery.message_id
        frame, command_id = encode_call(message_id, call.action, call.payload), delivery.dispatch.command_id
        return Write(frame, "call", message_id, call.action, command_id=command_id, hide=delivery.secrets)

    def _meaning(self, part: Part, frame: Result | Error) -> StationAnswer:
        version, command = self._identity.version, part.command
        if isinstance(frame, Result):
            return self._translation.to_outcome(version, command, frame.payload)
        return self._translation.to_outcome_of_error(
            version, command, frame.code, frame.description or "", frame.details
        )

    def _report(
        self,
        dispatch: CommandDispatched,
        result: DeliveryResult,
        moment: Moment,
        *,
        meaning: StationAnswer | None = None,
        description: str = "",
        secrets: tuple[str, ...] = (),
    ) -> Report:
        record = delivery_report(dispatch, result, moment, meaning=meaning, description=description, secrets=secrets)
        self._reports[_key(dispatch)] = record
        if len(self._reports) > self._limits.remembered_dispatches:
            del self._reports[next(iter(self._reports))]
        return Report(record)


def _key(dispatch: CommandDispatched) -> tuple[str, int]:
    return dispatch.command_id, dispatch.attempt
