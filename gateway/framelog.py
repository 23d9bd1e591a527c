"""Frame log: the OCPP log entries of one connection, numbered, without passwords and keys. PURE."""

from typing import Literal

from gateway.effects import FrameSummary, Identity, Moment, Write
from schemas.frames import MAX_TEXT, FrameLogged
from schemas.secrets import MASK, PERSONAL, mask_in, mask_text


class FrameLog:
    """Makes the log entries of one connection, numbered in the order of its frames."""

    __slots__ = ("_identity", "_sequence")

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._sequence = 0

    def entry_received(self, summary: FrameSummary, data: str | bytes, moment: Moment) -> FrameLogged:
        """The entry of a message from the station. The secrets of a command are removed from its answer."""
        text = data if isinstance(data, str) else _text_of(data)
        if summary.action in PERSONAL:
            return self._entry(summary, text, _without_payload(text), "in", moment)
        return self._entry(summary, text, mask_in(text, summary.hide) if summary.hide else text, "in", moment)

    def entry_sent(self, write: Write, moment: Moment) -> FrameLogged:
        """The entry of a frame to the station."""
        text = write.frame.decode()
        return self._entry(write, text, text, "out", moment)

    def _entry(
        self, frame: FrameSummary | Write, whole: str, kept: str, direction: Literal["in", "out"], moment: Moment
    ) -> FrameLogged:
        me = self._identity
        self._sequence += 1
        return FrameLogged(
            id=f"{me.station}:{me.epoch}:{self._sequence}",
            station=me.station,
            version=me.version,
            epoch=me.epoch,
            sequence=self._sequence,
            direction=direction,
            kind=frame.kind,
            message_id=frame.message_id,
            action=frame.action,
            error=frame.error,
            text=mask_text(kept)[:MAX_TEXT],
            size=len(whole) if whole.isascii() else len(whole.encode(errors="replace")),
            at=moment.at,
        )


def _without_payload(text: str) -> str:
    """A CALL without what it carries."""
    head, found, _ = text.partition("{")
    return f'{head}"{MASK}"]' if found else MASK


def _text_of(data: bytes) -> str:
    """A binary message as text, or as hexadecimal where it is not UTF-8."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.hex()
