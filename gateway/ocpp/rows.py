"""Rows: the types of the table of messages and commands, and the results of translation."""

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar

import msgspec

from gateway.late import StatusOf
from gateway.ocpp.spelling.clocks import StationClock
from gateway.ocpp.spelling.plugandcharge import Inner
from schemas.base import OcppVersion, Record, ReplyTo, derived_id
from schemas.command import StationCommand
from schemas.commands import Command, ItemOutcome, Outcome
from schemas.limits import StationLimits
from schemas.vendoranswers import Vendors

V16: OcppVersion = "1.6"
V201: OcppVersion = "2.0.1"
V21: OcppVersion = "2.1"


Spelling = TypeVar("Spelling")


def spelled(
    *,
    v16: Spelling | None = None,
    v2x: Spelling | None = None,
    v201: Spelling | None = None,
    v21: Spelling | None = None,
) -> dict[OcppVersion, Spelling]:
    """A value per version; `v2x` applies to 2.0.1 and 2.1. A version without a value is left out."""
    given: dict[OcppVersion, Spelling | None] = {V16: v16, V201: v201 or v2x, V21: v21 or v2x}
    return {version: spelling for version, spelling in given.items() if spelling is not None}


class Answer(Enum):
    """Who answers a station's CALL."""

    LOCAL = "local"
    """The gateway, at once: nothing is stored."""
    STORED = "stored"
    """The gateway, as soon as the bus has the records."""
    DECIDED = "decided"
    """A service, by a decision record; the row's fallback is sent at the deadline."""


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """The context of a message: its connection, its time of arrival, and the traits of the station.

    `time_zone` is the IANA name of the station's time zone; empty: UTC. `clock` is what this connection has shown of its clock.
    `vendors` are those whose data transfers are known.
    Vendor, model and firmware are those of its boot on this connection. `mended`: how the JSON was mended (`gateway.mending`).
    """

    station: str
    gateway: str
    epoch: int
    received_at: dt.datetime
    time_zone: str = ""
    clock: StationClock | None = None
    strict: bool = False
    rules: frozenset[str] = frozenset()
    vendors: Vendors = {}
    vendor: str = ""
    model: str = ""
    firmware_version: str = ""
    mended: str = ""

    @property
    def clock_offset_s(self) -> float:
        """Seconds to be added to the times in the station's messages."""
        return self.clock.offset_s if self.clock is not None else 0.0


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A CALLERROR: `code` is spelled for the version."""

    code: str
    description: str


class LateAnswer(msgspec.Struct, frozen=True):
    """The answer to a CALL whose decision did not come in time, and the records of that answer."""

    payload: bytes
    records: tuple[Record, ...]


Late = Callable[[StatusOf, dt.datetime], LateAnswer | None]
"""Makes the late answer from the status of each token and the moment; None: the fallback is sent."""


class Received(msgspec.Struct, frozen=True, kw_only=True):
    """A CALL or SEND that leaves records.

    `result` is the answer once the records are stored: a payload, or a `Refusal`, which answers CALLERROR although the records are
    kept. It is None where a decision answers, and unused for a SEND. `fallback` is the answer at the deadline of a DECIDED row;
    `late` gives it where it depends on the moment. `deviations` name the rules by which the message was read; `refused` is the
    code of its refusal where it cannot be read as the fact it should be. `security_event`: the labels under which it is counted as one.
    """

    answer: Answer
    records: tuple[Record, ...]
    result: bytes | Refusal | None = None
    fallback: bytes | Refusal | None = None
    boots: bool = False
    deviations: tuple[str, ...] = ()
    refused: str = ""
    late: Late | None = None
    security_event: tuple[str, str] | None = None


class OutboundCall(msgspec.Struct, frozen=True, kw_only=True):
    """A CALL to a station: compact JSON, valid in its version."""

    action: str
    payload: bytes


class Unsupported(msgspec.Struct, frozen=True, kw_only=True):
    """The version has no such command; nothing is sent."""

    reason: str


class Invalid(msgspec.Struct, frozen=True, kw_only=True):
    """The command does not fit the version's schema; nothing is sent. `description` names the member."""

    description: str


class StationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """The meaning of a station's answer to a command: accepted, partial, rejected or unsupported."""

    outcome: Outcome
    response: msgspec.Raw
    error_code: str = ""
    error_description: str = ""
    items: tuple[ItemOutcome, ...] = ()
    reboot_required: bool = False


# -- rows: what stations send -----------------------------------------------------------------------------------------


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """A CALL or SEND of a station, its payload valid, or read leniently."""

    version: OcppVersion
    action: str
    message_id: str
    payload: bytes
    context: Context

    def id(self, tag: str) -> str:
        """The id of a record caused by this message; `tag` tells several records of one message apart."""
        # The time of arrival is part of it, because some stations give every CALL the same message id.
        me = self.context
        return derived_id(me.station, me.epoch, self.message_id, me.received_at.isoformat(), tag)

    def reply_to(self) -> ReplyTo:
        """The address of a decision on this message."""
        me = self.context
        return ReplyTo(gateway=me.gateway, epoch=me.epoch, message_id=self.message_id, received_at=me.received_at)


Translate = Callable[[Any, Call], tuple[Record, ...]]
"""Translates a payload of the compiled type to records. Its members have their wire names; absent ones are None."""

Said = bytes | Refusal | None

EMPTY = b"{}"


class Inbound(msgspec.Struct, frozen=True, kw_only=True):
    """A message that stations send: how each version translates it, and who answers."""

    action: str
    to: Mapping[OcppVersion, Translate]
    answer: Answer
    result: Callable[[Call], Said] = lambda _: None
    answered: Mapping[OcppVersion, Callable[[Any, Call], Said]] = {}
    """Makes the answer from the payload, instead of `result`, where it depends on what is in it."""
    fallback: Callable[[Any, Call], Said] = lambda _, __: None
    decide: Mapping[OcppVersion, Callable[[Any, dt.datetime], bytes]] = {}
    boots: bool = False
    late: Callable[[tuple[Record, ...], Call, StatusOf, dt.datetime], LateAnswer | None] | None = None
    """Makes the answer at the deadline from the message's records, instead of the fallback."""
    send: bool = False
    """Stations send it by SEND (2.1 part 4, 4.2.4), which is stored and not answered. As a CALL it is answered like any other."""
    carried: Mapping[OcppVersion, frozenset[str]] = {}
    """The members that its records carry; all others are kept in `further`. Empty: the record keeps the whole payload."""
    needs: Mapping[OcppVersion, str] = {}
    """Members that the fact needs even when read leniently; alternatives are written `a|b`."""
    security_event: Callable[[Record], tuple[str, str]] | None = None
    """From its first record to the labels under which it is counted as a security event; None: it is none."""
    inside: Callable[[OcppVersion, Any], Inner | None] | None = None
    """The message of 2.0.1 that it may have inside; that is treated in its place."""


def carries(members: str = "", **under: frozenset[str]) -> frozenset[str]:
    """Paths of members: those named, and nested ones under a member (`meterValue=...`)."""
    inner = (f"{member}.{each}" for member, part in under.items() for each in part)
    return frozenset((*members.split(), *inner))


def local(action: str, versions: tuple[OcppVersion, ...], *, result: Callable[[Call], Said]) -> Inbound:
    """A message that the gateway answers at once, and that leaves no record."""
    return Inbound(action=action, to=dict.fromkeys(versions, _nothing), answer=Answer.LOCAL, result=result)


def stored(
    action: str,
    to: Mapping[OcppVersion, Translate],
    *,
    result: Callable[[Call], Said] = lambda _: EMPTY,
    answered: Mapping[OcppVersion, Callable[[Any, Call], Said]] = {},
    send: bool = False,
    carried: Mapping[OcppVersion, frozenset[str]] = {},
    needs: Mapping[OcppVersion, str] = {},
    security_event: Callable[[Record], tuple[str, str]] | None = None,
    inside: Callable[[OcppVersion, Any], Inner | None] | None = None,
) -> Inbound:
    """A message that is answered once its records are stored; with an empty payload unless `result` or `answered` gives another."""
    return Inbound(
        action=action,
        to=to,
        answer=Answer.STORED,
        result=result,
        answered=answered,
        send=send,
        carried=carried,
        needs=needs,
        security_event=security_event,
        inside=inside,
    )


def _nothing(_: Any, __: Call) -> tuple[Record, ...]:
    return ()


# -- rows: what is sent to stations -----------------------------------------------------------------------------------


class Draft(msgspec.Struct, frozen=True):
    """A CALL before it is encoded. Members in the schema's order; those that are None are left out."""

    action: str
    members: Mapping[str, Any] | msgspec.Raw


Spell = Callable[[Any, str], Draft | Unsupported | Invalid]
"""Makes the CALL for a command and its id in one version."""


class Judged(msgspec.Struct, frozen=True, kw_only=True):
    """The meaning of an answer's payload: the outcome, a remark on it, and the result of each requested item."""

    outcome: Outcome
    remark: str = ""
    items: tuple[ItemOutcome, ...] = ()
    reboot_required: bool = False


Judge = Callable[[bytes], Judged]

Split = Callable[[Any, StationLimits], tuple[Any, ...]]
"""From a command to the commands that leave one after the other, by what the station takes in one message."""


def _nothing_forbids(_: Any, __: StationLimits) -> str:
    return ""


class Outbound(msgspec.Struct, frozen=True, kw_only=True):
    """A command: how each version spells it, and how its answer is interpreted.

    A version that is missing in `to` does not support it. A version that is missing in `outcome` has the outcome in `status`.
    A version that is missing in `split` sends it in one CALL. `forbidden` says why a station with these limits is not asked; empty where
    it may be.
    """

    command: type[StationCommand]
    to: Mapping[OcppVersion, Spell]
    outcome: Mapping[OcppVersion, Judge] = {}
    split: Mapping[OcppVersion, Split] = {}
    opened: Mapping[OcppVersion, Callable[[bytes], bytes]] = {}
    """From an answer to the one inside it, where the version may have the command inside another message."""
    forbidden: Callable[[Any, StationLimits], str] = _nothing_forbids


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One of the CALLs that carry a command out, and the command that it carries out alone."""

    command: Command
    call: OutboundCall


class Capability(msgspec.Struct, frozen=True, kw_only=True):
    """The rows of one noun."""

    inbound: tuple[Inbound, ...] = ()
    outbound: tuple[Outbound, ...] = ()


def compact(json: msgspec.Raw) -> msgspec.Raw | Invalid:
    """The same JSON without white space, its digits and escapes unchanged; or Invalid where it is not JSON."""
    try:
        return msgspec.Raw(msgspec.json.format(bytes(json), indent=-1))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return Invalid(description=f"not valid JSON: {error}")


def empty_answer(_: Any, __: Call) -> bytes:
    """An empty answer: the fact is stored, which is all that the station needs to know."""
    return EMPTY


def exact(number: Decimal) -> msgspec.Raw:
    """A JSON number with every digit, never with an exponent."""
    return msgspec.Raw(format(number, "f").encode())


def present(**members: Any) -> dict[str, Any]:
    """The members that are not None, in the order given: absent members are left out, never null."""
    return {name: value for name, value in members.items() if value is not None}
