"""OCPP-J framing: encodes and decodes messages without knowing any action. PURE.

Part 4 of OCPP 2.0.1 and 2.1 (and the OCPP-J 1.6 specification): a frame is a JSON array that begins with its type:
2 CALL, 3 CALLRESULT, 4 CALLERROR, and since 2.1 5 CALLRESULTERROR and 6 SEND.

A message is decoded strictly first. If that fails, it is decoded again: mended where its meaning is beyond doubt (`Bent`), else only
its head is read, so that the sender, or the caller who waits for the answer, can be told what is wrong (`Malformed`).
"""

import re
from enum import Enum
from typing import Annotated, Any, Literal

import msgspec

from gateway.mending import AROUND, mend

MAX_MESSAGE_ID = 36
"""Part 4, 4.1.4: a message id has at most 36 characters, so that a UUID fits."""

LONGEST_MESSAGE_ID = 255
"""Ids longer than the specification allows are accepted up to this length, so that no fact is lost for its id."""

MessageId = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_MESSAGE_ID)]
_LongId = Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_MESSAGE_ID)]
FrameKind = Literal["call", "result", "error", "send", "result-error", "malformed"]


class Call(msgspec.Struct, frozen=True, array_like=True, tag=2, gc=False, forbid_unknown_fields=True):
    """[2, message id, action, payload]"""

    message_id: MessageId
    action: str
    payload: msgspec.Raw


class Result(msgspec.Struct, frozen=True, array_like=True, tag=3, gc=False, forbid_unknown_fields=True):
    """[3, message id, payload]"""

    message_id: str
    payload: msgspec.Raw


class Error(msgspec.Struct, frozen=True, array_like=True, tag=4, gc=False, forbid_unknown_fields=True):
    """[4, message id, code, description, details]. Stations leave out the last two, or send null."""

    message_id: str
    code: str
    description: str | None = None
    details: msgspec.Raw = msgspec.Raw(b"{}")


class ResultError(msgspec.Struct, frozen=True, array_like=True, tag=5, gc=False, forbid_unknown_fields=True):
    """[5, message id, code, description, details]: the station cannot use our CALLRESULT."""

    message_id: str
    code: str
    description: str | None = None
    details: msgspec.Raw = msgspec.Raw(b"{}")


class Send(msgspec.Struct, frozen=True, array_like=True, tag=6, gc=False, forbid_unknown_fields=True):
    """[6, message id, action, payload]: a CALL that nobody answers."""

    message_id: MessageId
    action: str
    payload: msgspec.Raw


class Flaw(Enum):
    """What is wrong with a frame."""

    JSON = "json"
    """Not JSON."""
    SHAPE = "shape"
    """JSON, but not the array that its type demands: too few elements, or too many, or of another kind."""
    TYPE = "type"
    """The type is not one of the five numbers."""
    MESSAGE_ID = "message-id"
    """The message id is not a string, empty, or longer than 255 characters."""
    BINARY = "binary"
    """A binary WebSocket frame that is not UTF-8."""


class Malformed(msgspec.Struct, frozen=True, gc=False):
    """A frame that cannot be used, and as much of its head as can be read.

    `kind` is the number it begins with; `message_id` is None where none can be read.
    """

    flaw: Flaw
    description: str
    kind: int | None = None
    message_id: str | None = None
    action: str = ""


Frame = Call | Result | Error | Send | ResultError


class Bent(msgspec.Struct, frozen=True, gc=False):
    """A frame that breaks a framing rule and is understood all the same; `how` names the rule.

    `control-characters`, `lone-surrogate`, `no-number` (NaN, Infinity), `padding` (before or behind the array), `long-id`,
    `surplus-elements` (of an answer: a CALL with more than four is refused), `binary`.
    """

    frame: Call | Result | Error | Send | ResultError
    how: str


class _Call(msgspec.Struct, frozen=True, array_like=True, tag=2, gc=False, forbid_unknown_fields=True):
    message_id: _LongId
    action: str
    payload: msgspec.Raw


class _Result(msgspec.Struct, frozen=True, array_like=True, tag=3, gc=False):
    message_id: str
    payload: msgspec.Raw


class _Error(msgspec.Struct, frozen=True, array_like=True, tag=4, gc=False):
    message_id: str
    code: str
    description: str | None = None
    details: msgspec.Raw = msgspec.Raw(b"{}")


_frames = msgspec.json.Decoder(Frame)
_lenient_frames = msgspec.json.Decoder(_Call | _Result | _Error)
_anything = msgspec.json.Decoder(Any)
_encode = msgspec.json.encode
_BROKEN = (msgspec.DecodeError, UnicodeError, RecursionError)
CALL, RESULT, ERROR, RESULT_ERROR, SEND = _TYPES = (2, 3, 4, 5, 6)

# The head of an array: its type, its id, its action, as many of them as can be read. Matches in linear time.
_HEAD = re.compile(
    r"\s*\[\s*(?P<kind>[0-9]{1,9})(?=\s*(?:[,\]]|\Z))"
    r'(?:\s*,\s*(?P<id>"(?:[^"\\]|\\.){0,255}")(?:\s*,\s*"(?P<action>[A-Za-z0-9]{1,64})")?)?',
    re.DOTALL,
)


def decode(data: str | bytes) -> Frame | Bent | Malformed:
    """The frame in one WebSocket message; `bytes` is a binary message."""
    if isinstance(data, bytes):
        return _binary(data)
    try:
        frame: Frame = _frames.decode(data)
    except _BROKEN as error:
        return _read_again(data, str(error))
    return frame


def id_in(data: str | bytes) -> str:
    """The message id of a frame that nothing else is known of, for the log; empty where none can be read."""
    head = _HEAD.match(data[:2_000] if isinstance(data, str) else data[:2_000].decode(errors="replace"))
    return "" if head is None else _unquote(head["id"]) or ""


def _binary(data: bytes) -> Bent | Malformed:
    """Decode a binary message that contains text, although OCPP-J is text only."""
    try:
        read = decode(data.decode())
    except UnicodeDecodeError:
        return Malformed(Flaw.BINARY, "a binary message that is no UTF-8: send text")
    return read if isinstance(read, Malformed | Bent) else Bent(read, "binary")


def _read_again(text: str, problem: str) -> Bent | Malformed:
    """Decode a message again that failed strict decoding."""
    whole, how = mend(text)
    if how:
        try:
            return Bent(_with_original_payload(_frames.decode(whole), text), how)
        except _BROKEN:
            pass
    try:
        return _as_bent(_lenient_frames.decode(whole))
    except _BROKEN:
        pass
    try:
        value = _anything.decode(whole)
    except _BROKEN as error:
        return _malformed_text(whole, str(error))
    return _malformed_value(value, problem)


def _with_original_payload(frame: Frame, text: str) -> Frame:
    """The frame with its payload as the station sent it: the translation, which knows the action, mends it."""
    sound = text.strip(AROUND).encode("utf-8", "replace").decode()
    head = _HEAD.match(sound)
    if not isinstance(frame, Call) or head is None or not head["action"]:
        return frame
    payload = sound[head.end() :].lstrip().removeprefix(",").rstrip().removesuffix("]").strip()
    return Call(frame.message_id, frame.action, msgspec.Raw(payload.encode()))


def _as_bent(frame: _Call | _Result | _Error) -> Bent:
    match frame:
        case _Call():
            return Bent(Call(frame.message_id, frame.action, frame.payload), "long-id")
        case _Result():
            return Bent(Result(frame.message_id, frame.payload), "surplus-elements")
        case _Error():
            return Bent(Error(frame.message_id, frame.code, frame.description, frame.details), "surplus-elements")


def _malformed_text(text: str, problem: str) -> Malformed:
    """The flaw of a text that is not JSON, with as much of its head as can be read."""
    head = _HEAD.match(text)
    if head is None:
        return Malformed(Flaw.JSON, problem)
    kind = int(head["kind"])
    flaw = Flaw.JSON if kind in _TYPES else Flaw.TYPE
    return Malformed(flaw, problem, kind, _unquote(head["id"]), head["action"] or "")


def _unquote(quoted: str | None) -> str | None:
    try:
        return _usable(_anything.decode(quoted)) if quoted else None
    except _BROKEN:
        return None


def _usable(identity: object) -> str | None:
    return identity if isinstance(identity, str) and len(identity) <= LONGEST_MESSAGE_ID else None


def _malformed_value(value: object, problem: str) -> Malformed:
    """The flaw of JSON that is no frame."""
    if not isinstance(value, list) or not value:
        return Malformed(Flaw.SHAPE, "a message is a JSON array that begins with its type")
    kind = value[0] if isinstance(value[0], int) and not isinstance(value[0], bool) else None
    identity = value[1] if len(value) > 1 else None
    usable = _usable(identity)
    action = value[2] if len(value) > 2 and isinstance(value[2], str) else ""
    if kind is None:
        problem = f"the message type is a number, not {_short(value[0])}"
        return Malformed(Flaw.SHAPE, problem, None, usable, action)
    if kind not in _TYPES:
        return Malformed(Flaw.TYPE, f"message type {_short(kind)} is not supported", kind, usable, action)
    if not usable:
        problem = f"the message id is a string of 1 to {MAX_MESSAGE_ID} characters, not {_short(identity)}"
        return Malformed(Flaw.MESSAGE_ID, problem, kind, usable, action)
    return Malformed(Flaw.SHAPE, problem, kind, usable, action)


def _short(value: object) -> str:
    return _encode(value)[:50].decode(errors="replace")


def encode_call(message_id: str, action: str, payload: bytes) -> bytes:
    """A CALL as compact JSON. `payload` is JSON already."""
    return b"[2,%b,%b,%b]" % (_encode(message_id), _encode(action), payload)


def encode_result(message_id: str, payload: bytes) -> bytes:
    """A CALLRESULT, as compact JSON. `payload` is JSON already."""
    return b"[3,%b,%b]" % (_encode(message_id), payload)


def encode_error(message_id: str, code: str, description: str) -> bytes:
    """A CALLERROR, as compact JSON. The description is cut at the 255 characters that part 4 allows."""
    return b"[4,%b,%b,%b,{}]" % (_encode(message_id), _encode(code), _encode(description[:255]))
