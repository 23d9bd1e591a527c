"""Base: the base class of all records (frozen, tagged, keyword-only, JSON on the wire), and ids derived from their cause."""

import datetime as dt
import hashlib
from typing import Annotated, Literal

import msgspec

OcppVersion = Literal["1.6", "2.0.1", "2.1"]
"""The supported versions, spelled as in the specifications."""

SecurityProfile = Literal[0, 1, 2, 3]
"""OCPP security profiles (2.x part 2, A00): 1 a password, 2 a password over TLS, 3 a client certificate; 0 neither."""

Timestamp = Annotated[dt.datetime, msgspec.Meta(tz=True)]
"""A moment with its offset; RFC 3339 on the wire."""


class Record(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="record", gc=False):
    """A fact, a command or a decision on Kafka. Members at their default are left out on the wire.

    Records are never part of a reference cycle, so the garbage collector does not track them.
    """


class Poison(Exception):
    """A record can be decoded but not applied: a core raises this with the reason, and the runtime dead-letters the record."""


class ReplyTo(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The CALL of a station that waits for an answer: its connection and its OCPP message id.

    `received_at` distinguishes CALLs of stations that reuse message ids; absent in older records.
    """

    gateway: str
    epoch: int
    message_id: str
    received_at: Timestamp | None = None


class CallDecided(Record, frozen=True, kw_only=True):
    """A service's answer to a station's CALL, on its way to the connection where that waits; each noun makes its own of it."""

    id: str
    station: str
    reply_to: ReplyTo


class Due(Record, frozen=True, kw_only=True, tag="due"):
    """A due time of a key has passed: sent by the service's own runtime.

    `at` is the due time, `sent_at` when this record was sent, by which a core can see how late it is.
    """

    key: str
    at: Timestamp
    sent_at: Timestamp | None = None


def null() -> msgspec.Raw:
    """JSON's null, for members that keep raw JSON."""
    return msgspec.Raw(b"null")


def empty_object() -> msgspec.Raw:
    """JSON's empty object, for payloads."""
    return msgspec.Raw(b"{}")


def derived_id(*cause: str | int) -> str:
    """An id derived from a cause: the same cause always gives the same 32 hexadecimal characters."""
    text = "\x1f".join(map(str, cause))
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
