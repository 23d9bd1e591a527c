"""The vocabulary of rows: what the table of messages and commands is made of, and what translation gives back."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec

from schemas.base import OcppVersion, Record, ReplyTo, derived_id
from schemas.commands import Outcome

V16: OcppVersion = "1.6"
V201: OcppVersion = "2.0.1"
V21: OcppVersion = "2.1"


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

    `result` is None where a decision answers; of a SEND it is never said. `fallback` is for DECIDED only.
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


# -- rows: what stations send -----------------------------------------------------------------------------------------


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A CALL or SEND of a station, its payload valid."""

    version: OcppVersion
    action: str
    message_id: str
    payload: bytes
    context: Context

    def id(self, tag: str) -> str:
        """The id of a record caused by this message; `tag` tells several records of one message apart."""
        # The moment too: some stations give every CALL the same message id.
        me = self.context
        return derived_id(me.station, me.epoch, self.message_id, me.received_at.isoformat(), tag)

    def reply_to(self) -> ReplyTo:
        """Where a decision on this message goes."""
        me = self.context
        return ReplyTo(gateway=me.gateway, epoch=me.epoch, message_id=self.message_id, received_at=me.received_at)


Translate = Callable[[Any, Call], tuple[Record, ...]]
"""From a payload of the compiled type to records. The payload's members have their wire names; absent ones are None."""

Said = bytes | Refusal | None

EMPTY = b"{}"


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """One message that stations send: what it becomes in each version that has it, and who answers."""

    action: str
    to: Mapping[OcppVersion, Translate]
    answer: Answer
    result: Callable[[Call], Said] = lambda _: None
    fallback: Callable[[Any, Call], Said] = lambda _, __: None
    decide: Mapping[OcppVersion, Callable[[Any, dt.datetime], bytes]] = {}
    boots: bool = False


def local(action: str, versions: tuple[OcppVersion, ...], *, result: Callable[[Call], Said]) -> Inbound:
    """A message that the gateway answers at once, and that leaves no record."""
    return Inbound(action=action, to=dict.fromkeys(versions, _nothing), answer=Answer.LOCAL, result=result)


def stored(
    action: str, to: Mapping[OcppVersion, Translate], *, result: Callable[[Call], Said] = lambda _: EMPTY
) -> Inbound:
    """A message that is answered once its records are stored; with an empty payload where nothing else is said."""
    return Inbound(action=action, to=to, answer=Answer.STORED, result=result)


def _nothing(_: Any, __: Call) -> tuple[Record, ...]:
    return ()


# -- rows: what is asked of stations ----------------------------------------------------------------------------------


class Draft(msgspec.Struct, frozen=True):
    """A CALL before it is encoded. Members in the schema's order; those that are None are left out."""

    action: str
    members: Mapping[str, Any] | msgspec.Raw


Spell = Callable[[Any, str], Draft | Unsupported | Invalid]
"""From a command and its id to the CALL that carries it out in one version."""

Judge = Callable[[bytes], tuple[Outcome, str]]
"""From an answer's payload to the outcome, and what to say about it (empty where there is nothing to say)."""


class Outbound(msgspec.Struct, frozen=True, kw_only=True):
    """One command: how each version spells it, and what the answer means. A version that is missing cannot do it."""

    command: type[msgspec.Struct]
    to: Mapping[OcppVersion, Spell]
    outcome: Mapping[OcppVersion, Judge]


class Capability(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one noun."""

    inbound: tuple[Inbound, ...] = ()
    outbound: tuple[Outbound, ...] = ()


def compact(json: msgspec.Raw) -> msgspec.Raw | Invalid:
    """The same JSON without white space, not a digit or an escape changed; or why it is none."""
    try:
        return msgspec.Raw(msgspec.json.format(bytes(json), indent=-1))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Invalid(description=f"not valid JSON: {error}")


def exact(number: Decimal) -> msgspec.Raw:
    """A JSON number with every digit, never with an exponent."""
    return msgspec.Raw(format(number, "f").encode())


def present(**members: Any) -> dict[str, Any]:
    """The members that are not None, in the order given: absent members are left out, never null."""
    return {name: value for name, value in members.items() if value is not None}
