"""Dead letters: the record that is published for a message that could not be applied. PURE."""

import base64
from datetime import datetime

import msgspec

from schemas.base import derived_id
from schemas.codec import encode
from schemas.deadletters import DeadLettered
from schemas.topics import dead_topic
from services.runtime.bus.outgoing import Outgoing
from services.runtime.loop.batch import LARGEST_RECORD_BYTES, DeadLetter

SHORT_VALUE = 100_000


def dead_letter(dead: DeadLetter, *, at: datetime) -> Outgoing:
    """The dead-letter record of a message; the same message gives the same id."""
    message = dead.message
    value, encoding = _text(message.value or b"")
    key, _ = _text(message.key or b"")
    letter = DeadLettered(
        id=derived_id(dead.service, message.topic, message.partition, message.offset, "dead"),
        service=dead.service,
        topic=message.topic,
        partition=message.partition,
        offset=message.offset,
        key=key,
        value=value,
        encoding=encoding,
        reason=dead.reason,
        at=at,
    )
    wire = encode(letter)
    if len(wire) > LARGEST_RECORD_BYTES:
        cut = msgspec.structs.replace(letter, value=value[:SHORT_VALUE], reason=f"{dead.reason} (value cut short)")
        wire = encode(cut)
    return Outgoing(dead_topic(message.topic), message.key or b"", wire)


def _text(value: bytes) -> tuple[str, str]:
    try:
        return value.decode(), "utf-8"
    except UnicodeDecodeError:
        return base64.b64encode(value).decode(), "base64"
