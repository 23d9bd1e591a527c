"""The shape every record shares: frozen, tagged, keyword-only, JSON on the wire; ids derived from their cause."""

import datetime as dt
import hashlib
from typing import Annotated, Literal

import msgspec

OcppVersion = Literal["1.6", "2.0.1", "2.1"]
"""The versions spoken; spelled as the specifications spell them."""

Timestamp = Annotated[dt.datetime, msgspec.Meta(tz=True)]
"""A moment with its offset; RFC 3339 on the wire."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", gc=False):
    """A fact, a command or a decision on Kafka. Members at their default are left out on the wire.

    Frozen, and read from JSON: no record is part of a cycle, so that the garbage collector need not look at any.
    """


class Poison(Exception):
    """A record that can be read but not applied: a core raises it with the reason, the shell dead-letters the record."""


class ReplyTo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where the station's CALL waits for its answer: the connection that holds it, and its OCPP message id.

    `received_at` tells apart the CALLs of stations that use a message id again; absent in records of old.
    """

    gateway: str
    epoch: int
    message_id: str
    received_at: Timestamp | None = None


class Due(Record, frozen=True, kw_only=True, tag="due"):
    """Time has come for a key: sent by a service's own shell when `due(state)` has passed.

    `at` is the time asked for, `sent_at` the shell's time when it sent this, by which a core sees how late it is.
    """

    key: str
    at: Timestamp
    sent_at: Timestamp | None = None


def null() -> msgspec.Raw:
    """JSON's null, for members that keep JSON as it came."""
    return msgspec.Raw(b"null")


def empty_object() -> msgspec.Raw:
    """JSON's empty object, for payloads."""
    return msgspec.Raw(b"{}")


def derived_id(*cause: str | int) -> str:
    """The id of something caused by `cause`: the same cause always gives the same 32 hexadecimal characters."""
    text = "\x1f".join(map(str, cause))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
