"""Overlaid: the reads of ClickHouse, with what it may not have yet laid over: sessions, commands, stations and the nouns that declare it.

A read first waits, shortly, until this process has heard what Kafka had when it was asked: so all processes tell the same, and
whoever was told of a thing, by whichever process, finds it.
"""

import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from functools import partial
from typing import Any, TypeVar

import msgspec
from aiokafka import TopicPartition

from schemas.base import Record
from schemas.commands import COMMANDS, OUTCOMES, CommandCancelled, CommandRequested, CommandSettled
from schemas.stations import STATION_STATES, StationChanged
from schemas.topic import Topic
from schemas.transactions import SESSIONS, SessionChanged
from services.api.commands.rows import CommandView
from services.api.commands.views import command_of, with_outcome
from services.api.live.declaring import LiveNoun
from services.api.live.matching import fits, session_fits, station_fits
from services.api.live.memory import Remembered
from services.api.live.merging import Laid, Order, merged
from services.api.live.nouns import NOUNS
from services.api.live.overlay import Overlay
from services.api.ports import Reads
from services.api.sessions.rows import ALL_SESSIONS, Session, SessionFilter
from services.api.sessions.views import session_of
from services.api.stations.rows import ALL_STATIONS, Station, StationFilter
from services.api.stations.views import station_row
from services.api.web.paging import Page, Position, micros
from services.runtime.bus.readpositions import Mark
from services.runtime.process.outage import Outage

SESSIONS_TOLD, COMMANDS_TOLD, STATIONS_TOLD = (SESSIONS,), (COMMANDS, OUTCOMES), (STATION_STATES,)
"""What a read waits for: the topics that tell of it, and no others, which may be busier."""

Changed = TypeVar("Changed", SessionChanged, StationChanged)
Held = TypeVar("Held")
Row = TypeVar("Row")

_SESSIONS = Order[Session](place=lambda row: Position(micros(row.started_at), row.session))
_STATIONS = Order[Station](place=lambda row: Position(0, row.station), descending=False)
_NOUN_OF = {noun.record: noun for noun in NOUNS}


def _command_place(item: CommandView | Remembered) -> Position:
    if isinstance(item, Remembered):
        assert item.request is not None, "only commands whose request was heard have a place of their own"
        return Position(micros(item.request.requested_at), item.request.id)
    at = item.requested_at or item.cancel_requested_at or item.settled_at
    assert at is not None, "a command is known by its request, its cancellation or its outcome"
    return Position(micros(at), item.command_id)


_COMMANDS = Order[CommandView](place=_command_place)


class Overlays:
    """Records of sessions, commands and stations that ClickHouse may not have yet."""

    def __init__(self, *, limit: int, keep_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.sessions: Overlay[SessionChanged] = Overlay("sessions", limit=limit, keep_s=keep_s)
        self.commands: Overlay[Remembered] = Overlay("commands", limit=limit, keep_s=keep_s)
        self.stations: Overlay[StationChanged] = Overlay("stations", limit=limit, keep_s=keep_s)
        self.nouns: dict[str, Overlay[Any]] = {
            noun.kind: Overlay(noun.many, limit=limit, keep_s=keep_s) for noun in NOUNS
        }
        self._clock = clock

    def heard(self, record: Record, mark: Mark) -> None:
        """A record of Kafka: held until ClickHouse has it."""
        match record:
            case SessionChanged():
                newest = _newest(self.sessions.get(record.session), record)
                self.sessions.put(record.session, newest, mark, at_s=self._clock())
            case StationChanged():
                state = _newest(self.stations.get(record.station), record)
                self.stations.put(record.station, state, mark, at_s=self._clock())
            case CommandRequested():
                self._command(record.id, mark, request=record)
            case CommandCancelled():
                self._command(record.command_id, mark, cancelled_at=record.requested_at)
            case CommandSettled():
                self._command(record.command_id, mark, settled=record)
            case _ if (noun := _NOUN_OF.get(type(record))) is not None:
                self._noun(noun, record, mark)

    def stored(self, upto: Mapping[TopicPartition, int]) -> None:
        """ClickHouse has everything before these offsets."""
        overlays: tuple[Overlay[Any], ...] = (self.sessions, self.commands, self.stations, *self.nouns.values())
        for overlay in overlays:
            overlay.stored(upto, at_s=self._clock())

    def _noun(self, noun: LiveNoun, record: Any, mark: Mark) -> None:
        overlay, id_ = self.nouns[noun.kind], getattr(record, noun.id)
        before = overlay.get(id_)
        newest = before if before is not None and before.revision > record.revision else record
        overlay.put(id_, newest, mark, at_s=self._clock())

    def _command(self, command_id: str, mark: Mark, **changes: Any) -> None:
        remembered = self.commands.get(command_id) or Remembered()
        self.commands.put(command_id, msgspec.structs.replace(remembered, **changes), mark, at_s=self._clock())


def _newest(before: Changed | None, record: Changed) -> Changed:
    """As ClickHouse decides it: by the time of the change."""
    return before if before is not None and before.changed_at > record.changed_at else record


def _everything(_record: Record) -> bool:
    return True


class Overlaid:
    """The port's reads: those of `below`, and over them what `overlays` holds. `caught_up(topics)` waits until that is as new as Kafka.

    Lists have the records that `holds`.
    """

    def __init__(
        self,
        below: Reads,
        overlays: Overlays,
        caught_up: Callable[[Collection[Topic]], Awaitable[Any]],
        *,
        holds: Callable[[Any], bool] = _everything,
    ) -> None:
        self._below = below
        self._holds = holds
        self._overlays = overlays
        self._caught_up = caught_up

    def __getattr__(self, name: str) -> Any:
        """The reads of declared nouns; every other read is that of ClickHouse."""
        for noun in NOUNS:
            if name in (noun.many, noun.one):
                return partial(self._many if name == noun.many else self._one, noun)
        return getattr(self._below, name)

    async def sessions(
        self, where: SessionFilter = ALL_SESSIONS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Session]:
        """Charging sessions by their start, the newest first."""
        await self._caught_up(SESSIONS_TOLD)
        laid = _laid(self._overlays.sessions, lambda one: self._holds(one) and session_fits(one, where), session_of)
        below = partial(_page, self._below.sessions, where)
        return await merged(below, laid, order=_SESSIONS, cursor=cursor, limit=limit)

    async def session(self, session: str) -> Session | None:
        """One session as it is now; None where there is none of that id."""
        await self._caught_up(SESSIONS_TOLD)
        entry = self._overlays.sessions.get(session)
        return await self._below.session(session) if entry is None else session_of(entry)

    async def stations(
        self, where: StationFilter = ALL_STATIONS, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Station]:
        """Stations by id. Removed ones are left out unless they are connected."""
        await self._caught_up(STATIONS_TOLD)
        laid = _laid(self._overlays.stations, lambda one: self._holds(one) and station_fits(one, where), station_row)
        below = partial(_page, self._below.stations, where)
        return await merged(below, laid, order=_STATIONS, cursor=cursor, limit=limit)

    async def _many(
        self, noun: LiveNoun, where: Any = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[Any]:
        """A list of a declared noun, in its order."""
        await self._caught_up((noun.topic,))
        wanted = noun.filter() if where is None else where
        entries = self._overlays.nouns[noun.kind]
        laid = _laid(entries, lambda one: self._holds(one) and fits(one, wanted, noun.rules), noun.row)
        below = partial(_page, getattr(self._below, noun.many), wanted)
        return await merged(below, laid, order=noun.order, cursor=cursor, limit=limit)

    async def _one(self, noun: LiveNoun, id_: str) -> Any:
        """One of a declared noun as it is now; None where there is none of that id."""
        await self._caught_up((noun.topic,))
        entry = self._overlays.nouns[noun.kind].get(id_)
        return await getattr(self._below, noun.one)(id_) if entry is None else noun.row(entry)

    async def command(self, command_id: str) -> CommandView | None:
        """One command; None where there is none of that id."""
        await self._caught_up(COMMANDS_TOLD)
        remembered = self._overlays.commands.get(command_id)
        if remembered is not None and remembered.request is not None:
            return command_of(remembered)
        try:
            row = await self._below.command(command_id)
        except Outage:
            if remembered is None or remembered.settled is None:
                raise
            row = None
        return _with_news(row, remembered)

    async def commands(
        self, station: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[CommandView]:
        """Commands of a station, or of all of them, the newest first."""
        await self._caught_up(COMMANDS_TOLD)
        entries = self._overlays.commands.snapshot()
        whole = {id_: one for id_, one in entries.items() if one.request is not None}
        wanted = (
            one
            for one in whole.values()
            if one.request is not None
            and (station is None or one.request.station == station)
            and self._holds(one.request)
        )

        async def below(at: str | None, number: int) -> Page[CommandView]:
            page = await self._below.commands(station, cursor=at, limit=number)
            rows = tuple(_with_news(row, entries.get(row.command_id)) or row for row in page.items)
            return Page(rows, page.next_cursor)

        return await merged(
            below,
            Laid(items=wanted, row=command_of, hidden=whole),
            order=_COMMANDS,
            cursor=cursor,
            limit=limit,
        )

    async def commands_called(self, stations: Mapping[str, str]) -> dict[str, CommandView]:
        """The commands of these ids, as far as there are any; `stations`: whom each is for."""
        await self._caught_up(COMMANDS_TOLD)
        entries = {id_: one for id_ in stations if (one := self._overlays.commands.get(id_)) is not None}
        whole = {id_: command_of(one) for id_, one in entries.items() if one.request is not None}
        rest = {id_: station for id_, station in stations.items() if id_ not in whole}
        rows = await self._below.commands_called(rest) if rest else {}
        return whole | {id_: _with_news(row, entries.get(id_)) or row for id_, row in rows.items()}

    async def stations_called(self, names: Collection[str]) -> dict[str, Station]:
        """The known stations among these names, removed or not."""
        await self._caught_up(STATIONS_TOLD)
        entries = {name: one for name in names if (one := self._overlays.stations.get(name)) is not None}
        rest = [name for name in names if name not in entries]
        rows = await self._below.stations_called(rest) if rest else {}
        return {name: station_row(one) for name, one in entries.items()} | rows


def _laid(overlay: Overlay[Held], wanted: Callable[[Held], bool], row: Callable[[Held], Row]) -> Laid[Row]:
    """What an overlay lays over a list of ClickHouse: of all that it holds, those that are wanted."""
    entries = overlay.snapshot()
    return Laid(items=(one for one in entries.values() if wanted(one)), row=row, hidden=entries)


def _page(
    read: Callable[..., Awaitable[Page[Row]]], where: Any, cursor: str | None, limit: int
) -> Awaitable[Page[Row]]:
    """Ask ClickHouse for a page of a list."""
    return read(where, cursor=cursor, limit=limit)


def _with_news(row: CommandView | None, remembered: Remembered | None) -> CommandView | None:
    """A row of ClickHouse with the newer records of the command that this process has read; its request is not among them."""
    if remembered is None:
        return row
    if row is None:
        return command_of(remembered) if remembered.settled is not None else None
    if remembered.cancelled_at is not None and row.cancel_requested_at is None:
        row = msgspec.structs.replace(row, cancel_requested_at=remembered.cancelled_at)
    return with_outcome(row, remembered.settled)
