"""Our CALLs to one station: one in flight, a bounded queue behind it, exactly one report for each dispatch. PURE."""

from typing import Literal

import msgspec

from gateway.effects import Effect, Heard, Identity, Limits, Moment, Report, Send, Translation
from gateway.frames import Error, FrameKind, Result, encode_call
from gateway.ocpp.rows import Answered, Invalid, OutboundCall, Unsupported
from schemas.base import derived_id, null
from schemas.commands import CommandDispatched, DeliveryReported

NEVER = float("inf")


DeliveryResult = Literal[
    "answered", "unsupported", "invalid", "timed-out", "disconnected", "not-here", "expired", "busy"
]


def delivery(
    dispatch: CommandDispatched,
    result: DeliveryResult,
    moment: Moment,
    *,
    meaning: Answered | None = None,
    description: str = "",
) -> DeliveryReported:
    """The report on a dispatch; `meaning` is what the station answered, where it did."""
    said = meaning or _NOTHING_SAID
    return DeliveryReported(
        id=derived_id("delivery", dispatch.command_id, dispatch.attempt, result),
        command_id=dispatch.command_id,
        station=dispatch.station,
        gateway=dispatch.gateway,
        epoch=dispatch.epoch,
        attempt=dispatch.attempt,
        result=result,
        outcome=meaning.outcome if meaning else None,
        response=said.response,
        error_code=said.error_code,
        error_description=said.error_description or description,
        at=moment.at,
    )


_NOTHING_SAID = Answered(outcome="rejected", response=null())


class _Out(msgspec.Struct):
    """A dispatch on its way: queued until `expires`, then sent and answered until `deadline` (both monotonic)."""

    dispatch: CommandDispatched
    call: OutboundCall
    message_id: str
    expires: float
    deadline: float = NEVER


class Dispatches:
    """The commands that were dispatched to one connection. Every method returns what the shell has to do."""

    __slots__ = ("_ended", "_identity", "_in_flight", "_limits", "_queue", "_reports", "_translation")

    def __init__(self, identity: Identity, limits: Limits, translation: Translation) -> None:
        self._identity = identity
        self._limits = limits
        self._translation = translation
        self._in_flight: _Out | None = None
        # Lists and dicts, for they cost an idle connection least; both are short.
        self._queue: list[_Out] = []
        self._reports: dict[tuple[str, int], DeliveryReported] = {}
        self._ended = False

    @property
    def waiting(self) -> int:
        """How many are in flight or queued."""
        return len(self._queue) + (self._in_flight is not None)

    @property
    def due(self) -> float:
        """When `elapsed` has something to do next."""
        first = self._in_flight.deadline if self._in_flight else NEVER
        return min([first, *(out.expires for out in self._queue)]) if self._queue else first

    def dispatched(self, dispatch: CommandDispatched, moment: Moment) -> list[Effect]:
        """Send it now, or behind what is in flight; or report at once why not. A repeat repeats its report, nothing more."""
        key = _key(dispatch)
        if key in self._reports:
            return [Report(self._reports[key])]
        if any(_key(out.dispatch) == key for out in (*self._queue, self._in_flight) if out is not None):
            return []
        call = self._sendable(dispatch, moment)
        if isinstance(call, Report):
            return [call]
        expires = moment.now + (dispatch.expires_at - moment.at).total_seconds()
        # Derived, so that the id of a CALL tells which attempt of which command it was.
        message_id = derived_id("call", dispatch.command_id, dispatch.attempt)
        self._queue.append(_Out(dispatch, call, message_id, expires))
        return self._next(moment)

    def _sendable(self, dispatch: CommandDispatched, moment: Moment) -> OutboundCall | Report:
        if self._ended:
            return self._report(dispatch, "not-here", moment)
        if dispatch.expires_at <= moment.at:
            return self._report(dispatch, "expired", moment)
        if len(self._queue) >= self._limits.queued_commands:
            return self._report(dispatch, "busy", moment)
        call = self._translation.to_call(self._identity.version, dispatch.command, dispatch.command_id)
        match call:
            case Unsupported(reason=reason):
                return self._report(dispatch, "unsupported", moment, description=reason)
            case Invalid(description=description):
                return self._report(dispatch, "invalid", moment, description=description)
        return call

    def answered(self, frame: Result | Error, moment: Moment) -> list[Effect]:
        """The station's answer to our CALL; one that answers nothing is only counted."""
        kind: FrameKind = "error" if isinstance(frame, Error) else "result"
        code = frame.code if isinstance(frame, Error) else ""
        out = self._in_flight
        if out is None or out.message_id != frame.message_id:
            return [Heard(kind, frame.message_id, "", "unexpected", code)]
        self._in_flight = None
        report = self._report(out.dispatch, "answered", moment, meaning=self._meaning(out.dispatch, frame))
        return [Heard(kind, frame.message_id, out.call.action, "ok", code), report, *self._next(moment)]

    def elapsed(self, moment: Moment) -> list[Effect]:
        """Time has passed: what was not answered in time, and what waited too long."""
        effects: list[Effect] = []
        if self._in_flight is not None and self._in_flight.deadline <= moment.now:
            effects.append(self._report(self._in_flight.dispatch, "timed-out", moment))
            self._in_flight = None
        late = [out for out in self._queue if out.expires <= moment.now]
        for out in late:
            self._queue.remove(out)
            effects.append(self._report(out.dispatch, "expired", moment))
        return effects + self._next(moment)

    def drained(self, moment: Moment) -> list[Effect]:
        """Send nothing more: what waits goes back, what is in flight may still be answered."""
        self._ended = True
        effects: list[Effect] = [self._report(out.dispatch, "not-here", moment) for out in self._queue]
        self._queue.clear()
        return effects

    def closed(self, moment: Moment) -> list[Effect]:
        """The connection is over: one report for everything that has none yet."""
        effects = self.drained(moment)
        if self._in_flight is not None:
            effects.insert(0, self._report(self._in_flight.dispatch, "disconnected", moment))
            self._in_flight = None
        return effects

    def _next(self, moment: Moment) -> list[Effect]:
        if self._in_flight is not None or not self._queue:
            return []
        out = self._queue.pop(0)
        if out.expires <= moment.now:
            return [self._report(out.dispatch, "expired", moment), *self._next(moment)]
        out.deadline = moment.now + out.dispatch.timeout_s
        self._in_flight = out
        frame = encode_call(out.message_id, out.call.action, out.call.payload)
        return [Send(frame, "call", out.message_id, out.call.action)]

    def _meaning(self, dispatch: CommandDispatched, frame: Result | Error) -> Answered:
        version = self._identity.version
        if isinstance(frame, Result):
            return self._translation.to_outcome(version, dispatch.command, frame.payload)
        return self._translation.to_outcome_of_error(
            version, dispatch.command, frame.code, frame.description or "", frame.details
        )

    def _report(
        self,
        dispatch: CommandDispatched,
        result: DeliveryResult,
        moment: Moment,
        *,
        meaning: Answered | None = None,
        description: str = "",
    ) -> Report:
        record = delivery(dispatch, result, moment, meaning=meaning, description=description)
        self._reports[_key(dispatch)] = record
        if len(self._reports) > self._limits.remembered_dispatches:
            del self._reports[next(iter(self._reports))]
        return Report(record)


def _key(dispatch: CommandDispatched) -> tuple[str, int]:
    return dispatch.command_id, dispatch.attempt
