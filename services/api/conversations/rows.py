"""Exchanges as the API gives them: a message of the OCPP log with its answer, its command and its session. PURE."""

import datetime as dt

import msgspec


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The CALLRESULT or CALLERROR that answers a CALL. `latency_ms`: from the one to the other, as the gateway saw them."""

    id: str
    sequence: int
    kind: str
    error: str
    text: str
    size: int
    at: dt.datetime
    latency_ms: float


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """The command that a CALL to the station carries out. Members are empty where the command is no longer known."""

    command_id: str
    command: str = ""
    outcome: str = ""
    requested_by: str = ""
    requested_at: dt.datetime | None = None


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """A message and its answer, as they crossed the wire. `direction` is that of the message: `in` from the station, `out` to it.

    `kind`: `call`, `send` (never answered), `malformed`, or `result` and `error` for an answer to no known CALL. `epoch` is the
    connection, `sequence` the place in it. `answer`: null where none came, or none yet. `command`: null where the station began.
    `session`: null where the exchange names no transaction, or one without a session. Secrets and what stations keep of
    customers are left out of both texts.
    """

    id: str
    station: str
    version: str
    epoch: int
    sequence: int
    direction: str
    kind: str
    message_id: str
    action: str
    error: str
    text: str
    size: int
    at: dt.datetime
    transaction_id: str
    answer: Answer | None = None
    command: Cause | None = None
    session: str | None = None

    @property
    def failed(self) -> str:
        """The error code of the answer, or what is wrong with the message; empty where all is well."""
        return self.error or (self.answer.error if self.answer is not None else "")


class ExchangeFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which exchanges; None does not filter. `since` <= at < `until`, of the message. `epoch`: of one connection.

    `errors`, `text` (part of it, in any case) and `transaction_id` are looked for in the message and in its answer.
    """

    station: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    action: str | None = None
    direction: str | None = None
    message_id: str | None = None
    command_id: str | None = None
    epoch: int | None = None
    errors: bool = False
    text: str | None = None
    transaction_id: str | None = None


ALL_EXCHANGES = ExchangeFilter()


class NamedSession(msgspec.Struct, frozen=True, kw_only=True):
    """A session by what the OCPP log calls it."""

    session: str
    station: str
    transaction_id: str
    started_at: dt.datetime


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What a caller asks for: the filter's members, and a session instead of its transaction. None does not filter."""

    station: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None
    action: str | None = None
    direction: str | None = None
    message_id: str | None = None
    command_id: str | None = None
    session: str | None = None
    connection: int | None = None
    errors: bool = False
    text: str | None = None


class Cut(msgspec.Struct, frozen=True, kw_only=True):
    """The last line of an export that ended at its limit: ask again `from` this moment for what is behind it."""

    more: bool = True
    since: dt.datetime = msgspec.field(name="from")
