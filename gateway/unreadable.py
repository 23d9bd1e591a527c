"""Unreadable: answers messages that are no frames, or no frames of the version. PURE.

The type of a message, if it can be read, decides whether it is answered at all; its id, if it can be read, is used in the answer.
"""

from collections.abc import Container

from gateway.effects import HandledFrame, Translation, Write
from gateway.frames import CALL, Flaw, Malformed, ResultError, Send, encode_error, encode_result
from gateway.framesummary import summary_of_malformed
from gateway.ocpp.rows import Refusal
from schemas.base import OcppVersion
from schemas.wire.faults import Fault


def as_unknown_type(frame: Send | ResultError, kind: int) -> Malformed:
    """A frame of a type that its version does not have, as a malformed message."""
    action = frame.action if isinstance(frame, Send) else ""
    return Malformed(Flaw.TYPE, f"message type {kind} is not supported", kind, frame.message_id, action)


def answer_unknown_type(
    frame: Malformed, version: OcppVersion, translation: Translation, waiting: Container[str]
) -> HandledFrame:
    """Answer a message type that the version does not have; its payload is dropped.

    `waiting`: the ids of CALLs that are not answered yet.
    """
    summary = summary_of_malformed(frame, Flaw.TYPE)
    refusal = translation.unknown_type(version, frame.description)
    if refusal is None or frame.message_id is None or frame.message_id in waiting:
        return summary, []
    return summary, [answer_frame(frame.message_id, frame.action, refusal)]


def answer_malformed(
    frame: Malformed, version: OcppVersion, translation: Translation, waiting: Container[str]
) -> HandledFrame:
    """Refuse a message that is no frame and no answer, by its message id or the version's placeholder."""
    summary = summary_of_malformed(frame)
    if frame.kind not in (CALL, None) or frame.message_id in waiting:
        return summary, []  # no CALL, or one that is answered later
    message_id = translation.unreadable_id(version) if frame.message_id is None else frame.message_id
    if message_id is None:
        return summary, []
    refusal = translation.refusal(version, Fault.FRAMING, frame.description)
    return summary, [answer_frame(message_id, frame.action, refusal)]


def answer_frame(message_id: str, action: str, answer: bytes | Refusal | None) -> Write:
    """The frame that answers a CALL."""
    if isinstance(answer, Refusal):
        frame = encode_error(message_id, answer.code, answer.description)
        return Write(frame, "error", message_id, action, answer.code)
    assert answer is not None, f"{action} has neither an answer nor a fallback"
    return Write(encode_result(message_id, answer), "result", message_id, action)
