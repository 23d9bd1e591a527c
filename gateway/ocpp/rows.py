"""The vocabulary of rows: what the table of messages and commands is made of, and what translation gives back."""

import datetime as dt
from enum import Enum

import msgspec

from schemas.base import Record
from schemas.commands import Outcome


class Answer(Enum):
    """Who answers a station's CALL."""

    LOCAL = "local"
    """The gateway, at once: nothing is stored."""
    STORED = "stored"
    """The gateway, as soon as the bus has the records."""
    DECIDED = "decided"
    """A service, by a decision record; the row's fallback is said at the deadline."""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """The connection a message came by, and when."""

    station: str
    gateway: str
    epoch: int
    received_at: dt.datetime


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A CALLERROR: `code` is spelled for the version."""

    code: str
    description: str


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A valid CALL, or SEND. `result` is said once the records are stored: a payload, or a refusal of what is kept all the same.

    `result` is None where a decision answers, and for a SEND, which has no answer. `fallback` is for DECIDED only.
    """

    answer: Answer
    records: tuple[Record, ...]
    result: bytes | Refusal | None = None
    fallback: bytes | Refusal | None = None
    boots: bool = False


class OutboundCall(msgspec.Struct, frozen=True, kw_only=True):
    """A CALL to a station: compact JSON, valid in its version."""

    action: str
    payload: bytes


class Unsupported(msgspec.Struct, frozen=True, kw_only=True):
    """The version has no such thing; nothing is sent."""

    reason: str


class Invalid(msgspec.Struct, frozen=True, kw_only=True):
    """The command does not fit the version's schema; nothing is sent. `description` names the member."""

    description: str


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """What a station's answer means: accepted, rejected or unsupported."""

    outcome: Outcome
    response: msgspec.Raw
    error_code: str = ""
    error_description: str = ""
