"""Frames: every WebSocket message of every station, both ways, for the OCPP log."""

from typing import Literal

from schemas.base import OcppVersion, Record, Timestamp


class FrameLogged(Record, frozen=True, kw_only=True, tag="frame-logged"):
    """One frame as it crossed the wire, on csms.frames. `direction` is seen from the CSMS.

    `action` is the CALL's (for an answer: of the CALL it answers, where known). `error` has the CALLERROR code, or what is
    wrong with a frame that cannot be read. `text` is cut at `MAX_TEXT` characters; `size` is the whole length in bytes.
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


MAX_TEXT = 65_536
