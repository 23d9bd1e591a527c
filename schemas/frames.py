"""Frames: every WebSocket message of every station, both ways, for the OCPP log."""

from typing import Literal

from schemas.base import OcppVersion, Record, Timestamp
from schemas.topic import DAY_S, Topic


class FrameLogged(Record, frozen=True, kw_only=True, tag="frame-logged"):
    """One frame on the wire, on csms.frames. `direction` is seen from the CSMS.

    `action` is the CALL's (of an answer: that of the CALL it answers, where known). `error` has the CALLERROR code, or the flaw of a
    frame that cannot be read. `text` is cut at `MAX_TEXT` characters; `size` is the whole length in bytes.
    `answers` is the `sequence` of the CALL, on the same connection, that this frame answers; 0 where it answers none.
    `command_id` is the command of which this is a CALL, or the answer to one; empty for none. `transaction_id` is the transaction
    that the message names, as the station calls it; empty where it names none.
    """

    id: str
    station: str
    version: OcppVersion
    epoch: int
    sequence: int
    direction: Literal["in", "out"]
    kind: Literal["call", "result", "error", "send", "result-error", "malformed"]
    message_id: str = ""
    action: str = ""
    error: str = ""
    text: str
    size: int
    at: Timestamp
    answers: int = 0
    command_id: str = ""
    transaction_id: str = ""


MAX_TEXT = 65_536


FRAMES_KEPT_S = 3 * DAY_S

FRAMES = Topic(
    name="csms.frames",
    meaning="Every frame of every station, both ways: the OCPP log.",
    records=(FrameLogged,),
    retention_s=FRAMES_KEPT_S,
)

TOPICS = (FRAMES,)
