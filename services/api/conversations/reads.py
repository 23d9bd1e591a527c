"""Exchanges in ClickHouse: messages of the OCPP log by time, each with its answer."""

import datetime as dt
from collections.abc import Collection
from typing import Protocol

import msgspec

from services.api.conversations.rows import ALL_EXCHANGES, Answer, Cause, Exchange, ExchangeFilter, NamedSession
from services.api.history.listing import NAMES_AT_ONCE, Listing, Where, in_micros, micros_or_none
from services.api.web.paging import Page, micros
from services.api.web.parts import in_parts
from services.runtime.clickhouse import ClickHouse


class ConversationReads(Protocol):
    """Exchanges. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def exchanges(
        self, where: ExchangeFilter = ..., *, cursor: str | None = None, limit: int = 100, oldest_first: bool = False
    ) -> Page[Exchange]: ...

    async def sessions_named(
        self, stations: Collection[str], transactions: Collection[str]
    ) -> tuple[NamedSession, ...]: ...


class _Frame(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table."""

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
    answers: int
    command_id: str
    transaction_id: str

    @property
    def call(self) -> tuple[str, int, int]:
        """The exchange that it belongs to."""
        return self.station, self.epoch, self.answers or self.sequence


_NEWEST = Listing(table="frames", struct=_Frame, at_us=in_micros("t.at"), order="t.sequence")
_OLDEST = msgspec.structs.replace(_NEWEST, descending=False)

_KEY = "concat(t.station, ' ', toString(t.epoch), ' ', toString(t.answers))"

_SINCE = "at >= fromUnixTimestamp64Micro({since_us:Int64}, 'UTC')"
_UNTIL = "at < fromUnixTimestamp64Micro({until_us:Int64}, 'UTC')"

_LATEST_ANSWER = dt.timedelta(days=1)
"""So long after a message its answer is looked for, where a query is bounded in time."""


async def exchanges(
    db: ClickHouse,
    where: ExchangeFilter = ALL_EXCHANGES,
    *,
    cursor: str | None = None,
    limit: int = 100,
    oldest_first: bool = False,
) -> Page[Exchange]:
    """Exchanges by the time of their message. Their commands have an id alone, and no session: see `usecases.joined`."""
    conditions = _of_messages(where)
    for condition in _of_either(where):
        conditions.conditions.append(condition)
    listing = _OLDEST if oldest_first else _NEWEST
    page = await listing.page(db, conditions, cursor=cursor, limit=limit)
    answers = await _answers(db, page.items)
    return Page(tuple(_exchange(frame, answers.get(frame.call)) for frame in page.items), page.next_cursor)


def _of_messages(where: ExchangeFilter) -> Where:
    conditions = Where("t.answers = 0")
    conditions.add("t.station = {station:String}", station=where.station)
    conditions.add(f"t.{_SINCE}", since_us=micros_or_none(where.since))
    conditions.add(f"t.{_UNTIL}", until_us=micros_or_none(where.until))
    conditions.add("t.action = {action:String}", action=where.action)
    conditions.add("t.direction = {direction:String}", direction=where.direction)
    conditions.add("t.message_id = {message_id:String}", message_id=where.message_id)
    conditions.add("t.command_id = {command_id:String}", command_id=where.command_id)
    conditions.add("t.epoch = {epoch:Int64}", epoch=where.epoch)
    # bound here, and used by the conditions on the message or its answer
    conditions.add("true", text=where.text)
    conditions.add("true", transaction_id=where.transaction_id)
    until = None if where.until is None else where.until + _LATEST_ANSWER
    conditions.add("true", answer_until_us=micros_or_none(until))
    return conditions


def _of_either(where: ExchangeFilter) -> list[str]:
    """Conditions that hold for the message or for its answer."""
    bounds = [
        "station = {station:String}" if where.station is not None else "",
        _SINCE if where.since is not None else "",
        _UNTIL.replace("until_us", "answer_until_us") if where.until is not None else "",
    ]
    wanted = [
        "error != ''" if where.errors else "",
        "positionCaseInsensitiveUTF8(text, {text:String}) > 0" if where.text is not None else "",
        "transaction_id = {transaction_id:String}" if where.transaction_id is not None else "",
    ]
    return [
        "(t.station, t.epoch, t.sequence) IN (SELECT station, epoch, if(answers > 0, answers, sequence) FROM frames"  # noqa: S608
        f" WHERE {' AND '.join(filter(None, (*bounds, each)))})"
        for each in wanted
        if each
    ]


async def _answers(db: ClickHouse, calls: Collection[_Frame]) -> dict[tuple[str, int, int], _Frame]:
    if not calls:
        return {}
    keys = [" ".join(map(str, frame.call)) for frame in calls if frame.kind in ("call", "malformed")]
    conditions = Where(
        "t.station IN {stations:Array(String)}",
        "t.at >= fromUnixTimestamp64Micro({first_us:Int64}, 'UTC')",
        "t.answers > 0",
        f"{_KEY} IN {{keys:Array(String)}}",
        stations=sorted({frame.station for frame in calls}),
        first_us=min(micros(frame.at) for frame in calls),
        keys=keys,
    )
    return {answer.call: answer for answer in await _NEWEST.found(db, conditions)}


def _exchange(frame: _Frame, answer: _Frame | None) -> Exchange:
    shared = {name: getattr(frame, name) for name in Exchange.__struct_fields__ if name in _Frame.__struct_fields__}
    shared["transaction_id"] = frame.transaction_id or (answer.transaction_id if answer is not None else "")
    return Exchange(
        **shared,
        answer=None if answer is None else _answer(frame, answer),
        command=Cause(command_id=frame.command_id) if frame.command_id else None,
    )


def _answer(frame: _Frame, answer: _Frame) -> Answer:
    members = {name: getattr(answer, name) for name in Answer.__struct_fields__ if name != "latency_ms"}
    return Answer(**members, latency_ms=(answer.at - frame.at) / dt.timedelta(milliseconds=1))


_SESSIONS = Listing(table="sessions", struct=NamedSession, at_us=in_micros("t.started_at"), id="t.session")


async def sessions_named(
    db: ClickHouse, stations: Collection[str], transactions: Collection[str]
) -> tuple[NamedSession, ...]:
    """The sessions of these transactions at these stations, in no order."""
    found: list[NamedSession] = []
    for some in in_parts(sorted(set(transactions)), NAMES_AT_ONCE):
        conditions = Where(
            "t.station IN {stations:Array(String)}",
            "t.transaction_id IN {transactions:Array(String)}",
            stations=sorted(set(stations)),
            transactions=some,
        )
        found.extend(await _SESSIONS.found(db, conditions))
    return tuple(found)
