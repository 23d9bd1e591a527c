"""OCPP-J framing: what crosses the WebSocket, without knowing any action. PURE.

Part 4 of OCPP 2.0.1 and 2.1 (and the OCPP-J 1.6 specification): a frame is a JSON array that begins with its type:
2 CALL, 3 CALLRESULT, 4 CALLERROR, and since 2.1 5 CALLRESULTERROR and 6 SEND.
"""

from enum import Enum
from typing import Annotated, Any, Literal

import msgspec

MAX_MESSAGE_ID = 36
"""Part 4, 4.1.4: a message id has at most 36 characters, so that a UUID fits."""

MessageId = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_MESSAGE_ID)]
FrameKind = Literal["call", "result", "error", "send", "result-error", "malformed"]


class Call(msgspec.Struct, frozen=True, array_like=True, tag=2, gc=False):
    """[2, message id, action, payload]"""

    message_id: MessageId
    action: str
    payload: msgspec.Raw


class Result(msgspec.Struct, frozen=True, array_like=True, tag=3, gc=False):
    """[3, message id, payload]"""

    message_id: str
    payload: msgspec.Raw


class Error(msgspec.Struct, frozen=True, array_like=True, tag=4, gc=False):
    """[4, message id, code, description, details]. Stations leave out the last two, or send null."""

    message_id: str
    code: str
    description: str | None = None
    details: msgspec.Raw = msgspec.Raw(b"{}")


class ResultError(msgspec.Struct, frozen=True, array_like=True, tag=5, gc=False):
    """[5, message id, code, description, details]: the station cannot use our CALLRESULT."""

    message_id: str
    code: str
    description: str | None = None
    details: msgspec.Raw = msgspec.Raw(b"{}")


class Send(msgspec.Struct, frozen=True, array_like=True, tag=6, gc=False):
    """[6, message id, action, payload]: a CALL that nobody answers."""

    message_id: MessageId
    action: str
    payload: msgspec.Raw


class Flaw(Enum):
    """What is wrong with a frame."""

    JSON = "json"
    """Not JSON, or not UTF-8."""
    SHAPE = "shape"
    """JSON, but not the array that its type demands."""
    TYPE = "type"
    """The type is no number of ours."""
    MESSAGE_ID = "message-id"
    """No string, empty, or longer than 36 characters."""
    BINARY = "binary"
    """A binary WebSocket frame: OCPP-J is text."""


class Malformed(msgspec.Struct, frozen=True, gc=False):
    """A frame that cannot be used. `message_id` is None where no CALLERROR can be sent: no id to read, or no CALL."""

    flaw: Flaw
    description: str
    message_id: str | None = None


Frame = Call | Result | Error | Send | ResultError

_frames = msgspec.json.Decoder(Frame)
_anything = msgspec.json.Decoder(Any)
_encode = msgspec.json.encode
_UNANSWERED = (3, 4, 5, 6)
_TYPES = (2, *_UNANSWERED)


def decode(data: str | bytes) -> Frame | Malformed:
    """The frame in one WebSocket message; `bytes` is a binary message."""
    if isinstance(data, bytes):
        return Malformed(Flaw.BINARY, "binary messages are not OCPP-J: send text")
    try:
        frame: Frame = _frames.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return _diagnosed(data, str(error))
    return frame


def _diagnosed(data: str, problem: str) -> Malformed:
    """Why `data` is no frame; only ever run for the bad ones."""
    try:
        value = _anything.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        return Malformed(Flaw.JSON, str(error))
    if not isinstance(value, list) or not value:
        return Malformed(Flaw.SHAPE, "a message is a JSON array that begins with its type")
    kind = value[0]
    identity = value[1] if len(value) > 1 else None
    usable = isinstance(identity, str) and 0 < len(identity) <= MAX_MESSAGE_ID
    # Only a CALL may be answered: the other side would take a CALLERROR to anything else for the answer to its own CALL.
    message_id = identity if usable and kind not in _UNANSWERED else None
    if isinstance(kind, bool) or kind not in _TYPES:
        return Malformed(Flaw.TYPE, f"message type {_short(kind)} is not supported", message_id)
    if not usable:
        return Malformed(
            Flaw.MESSAGE_ID, f"the message id is a string of 1 to {MAX_MESSAGE_ID} characters, not {_short(identity)}"
        )
    return Malformed(Flaw.SHAPE, problem, message_id)


def _short(value: object) -> str:
    return _encode(value)[:50].decode(errors="replace")


def encode_call(message_id: str, action: str, payload: bytes) -> bytes:
    """A CALL, as compact JSON. `payload` is JSON already."""
    return b"[2,%b,%b,%b]" % (_encode(message_id), _encode(action), payload)


def encode_result(message_id: str, payload: bytes) -> bytes:
    """A CALLRESULT, as compact JSON. `payload` is JSON already."""
    return b"[3,%b,%b]" % (_encode(message_id), payload)


def encode_error(message_id: str, code: str, description: str) -> bytes:
    """A CALLERROR, as compact JSON. The description is cut at the 255 characters that part 4 allows."""
    return b"[4,%b,%b,%b,{}]" % (_encode(message_id), _encode(code), _encode(description[:255]))
