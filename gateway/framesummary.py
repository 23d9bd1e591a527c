"""Frame summary: what is counted and logged of the frames of a station. PURE."""

from typing import Any, Literal

from msgspec.structs import replace

from gateway.effects import FrameResult, FrameSummary, HandledFrame
from gateway.frames import Call, Flaw, Malformed, Send, id_in
from gateway.ocpp.rows import Received, Refusal
from schemas.commands import CommandDispatched


def summary_of_message(
    kind: Literal["call", "send"], frame: Call | Send, received: Received, refusal: Refusal | None = None
) -> FrameSummary:
    """The summary of a message that leaves records; `refusal`: its records are kept although it is refused."""
    code = received.refused or (refusal.code if refusal is not None else "")
    result: FrameResult = "refused" if code else "ok"
    return FrameSummary(
        kind,
        frame.message_id,
        frame.action,
        result,
        code,
        deviations=received.deviations,
        security_event=received.security_event,
    )


def with_bent_rule(handled: HandledFrame, how: str) -> HandledFrame:
    """The same, with the framing rule that the frame breaks."""
    summary, effects = handled
    return replace(summary, bent=how), effects


def summary_of_malformed(frame: Malformed, flaw: Flaw | None = None) -> FrameSummary:
    """The summary of a message that is no frame."""
    return FrameSummary("malformed", frame.message_id or "", frame.action, "malformed", (flaw or frame.flaw).value)


def named_input(args: tuple[Any, ...]) -> str:
    """What an input of a session is about, for the log: a message of the station by its id, a command, or neither."""
    match args:
        case (str() | bytes() as data, *_):
            return f"message {id_in(data)!r}"
        case (CommandDispatched() as dispatch, *_):
            return f"command {dispatch.id}"
        case (first, *_) if (to := getattr(first, "reply_to", None)) is not None:
            return f"message {to.message_id!r}"
    return "no message"
