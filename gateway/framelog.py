"""Frame log: the OCPP log entries of one connection, numbered, each answer with its CALL, without passwords and keys. PURE."""

from typing import Literal

import msgspec

from gateway.effects import FrameSummary, Identity, Moment, Write
from gateway.keycodes import mask_key_codes
from gateway.ocpp.spelling.mentions import transaction_in
from schemas.frames import MAX_TEXT, FrameLogged
from schemas.secrets import MASK, PERSONAL, mask_in, mask_text

OPEN_CALLS = 256
"""CALLs of a connection that are remembered until their answer; beyond it the oldest is forgotten, and its answer has no CALL."""

NO_ID = "-1"
"""The message id of the answer to a message whose id cannot be read (2.x part 4, 4.2.3)."""

Direction = Literal["in", "out"]


class _Open(msgspec.Struct, frozen=True, gc=False):
    """A CALL that has no answer yet: its place in the log, and what its answer has of it."""

    sequence: int
    action: str = ""
    command_id: str = ""
    hide: tuple[str, ...] = ()


NONE = _Open(0)


class FrameLog:
    """Makes the log entries of one connection, numbered in the order of its frames."""

    __slots__ = ("_identity", "_open", "_sequence")

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._sequence = 0
        self._open: dict[tuple[Direction, str], _Open] = {}

    def entry_received(self, summary: FrameSummary, data: str | bytes, moment: Moment) -> FrameLogged:
        """The entry of a message from the station. The secrets of a command are removed from its answer."""
        text = data if isinstance(data, str) else _text_of(data)
        call = NONE
        if summary.kind in ("result", "error", "malformed"):
            call = self._open.pop(("out", summary.message_id), NONE)
        kept, secrets = text, summary.hide or call.hide
        if summary.action in PERSONAL:
            kept = _without_payload(text)
        elif secrets:
            kept = mask_in(text, secrets)
        entry = self._entry(summary, text, moment, direction="in", kept=kept, call=call)
        if call is NONE and summary.kind in ("call", "malformed") and summary.result != "repeated":
            self._opened("in", summary.message_id or NO_ID, _Open(entry.sequence, summary.action))
        return entry

    def entry_sent(self, write: Write, moment: Moment) -> FrameLogged:
        """The entry of a frame to the station."""
        text = write.frame.decode()
        call = NONE if write.kind == "call" else self._open.pop(("in", write.message_id), NONE)
        entry = self._entry(write, text, moment, direction="out", kept=text, call=call)
        if write.kind == "call":
            opened = _Open(entry.sequence, write.action, write.command_id, write.hide)
            self._opened("out", write.message_id, opened)
            return msgspec.structs.replace(entry, command_id=write.command_id)
        return entry

    def _opened(self, direction: Direction, message_id: str, call: _Open) -> None:
        key, calls = (direction, message_id), self._open
        if key in calls:
            del calls[key]  # the newest stands last
        calls[key] = call
        if len(calls) > OPEN_CALLS:
            del calls[next(iter(calls))]

    def _entry(
        self,
        frame: FrameSummary | Write,
        whole: str,
        moment: Moment,
        *,
        direction: Direction,
        kept: str,
        call: _Open,
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
            action=frame.action or call.action,
            error=frame.error,
            text=mask_key_codes(mask_text(kept))[:MAX_TEXT],
            size=len(whole) if whole.isascii() else len(whole.encode(errors="replace")),
            at=moment.at,
            answers=call.sequence,
            command_id=call.command_id,
            transaction_id=transaction_in(kept),
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
