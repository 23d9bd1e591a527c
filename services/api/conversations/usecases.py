"""Use cases of conversations: find exchanges, with their commands and sessions; export them. Routes and pages call them."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import timedelta

import msgspec

from services.api.commands.usecases import find_command
from services.api.conversations.rows import Cause, Cut, Exchange, ExchangeFilter, NamedSession, Wanted
from services.api.ports import Ports
from services.api.sessions.usecases import known_session
from services.api.web.paging import LIMIT_MOST, Page
from services.api.web.parameters import in_time
from services.api.web.problems import invalid

ALL_STATIONS_S = 3600
"""Of all stations together, so much of the log is searched where no time is given."""

ALL_STATIONS_MOST = timedelta(days=1)

EXPORT_MOST = 100_000
"""Exchanges of one export, at most."""

NOBODY = ExchangeFilter(station="", epoch=0)
"""Fits no exchange."""


async def find_exchanges(ports: Ports, wanted: Wanted, *, cursor: str | None, limit: int) -> Page[Exchange]:
    """Exchanges, newest first, with their commands and sessions. Raises Problem: 422, 404 for an unknown session; BadCursor; Outage."""
    page = await ports.reads.exchanges(await filter_of(ports, wanted), cursor=cursor, limit=limit)
    return Page(await joined(ports, page.items), page.next_cursor)


async def exported(ports: Ports, wanted: Wanted, *, limit: int) -> AsyncIterator[bytes]:
    """Exchanges as JSON lines, oldest first; a `Cut` at the end where there are more than `limit`.

    The first page is read before this returns. Raises as `find_exchanges` does.
    """
    where = await filter_of(ports, wanted)
    first = await ports.reads.exchanges(where, limit=min(limit, LIMIT_MOST), oldest_first=True)
    return _lines(ports, where, first, limit=limit)


async def _lines(ports: Ports, where: ExchangeFilter, page: Page[Exchange], *, limit: int) -> AsyncIterator[bytes]:
    given = 0
    while True:
        given += len(page.items)
        yield b"".join(msgspec.json.encode(each) + b"\n" for each in await joined(ports, page.items))
        if page.next_cursor is None:
            return
        if given >= limit:
            yield msgspec.json.encode(Cut(since=page.items[-1].at)) + b"\n"
            return
        some = min(limit - given, LIMIT_MOST)
        page = await ports.reads.exchanges(where, cursor=page.next_cursor, limit=some, oldest_first=True)


async def filter_of(ports: Ports, wanted: Wanted) -> ExchangeFilter:
    """What is looked for in the log. Raises Problem, Outage."""
    in_time(wanted.since, wanted.until)
    station, since, transaction_id = wanted.station, wanted.since, None
    if wanted.session is not None:
        session = await known_session(ports, wanted.session)
        station, transaction_id = station or session.station, session.transaction_id
        if station != session.station:
            return NOBODY
    if wanted.command_id is not None and station is None:
        command = await find_command(ports, wanted.command_id)
        if command is None:
            return NOBODY
        station = command.station
    if station is None:
        until = wanted.until or ports.clock()
        since = since or until - timedelta(seconds=ALL_STATIONS_S)
        if until - since > ALL_STATIONS_MOST:
            raise invalid(
                "from", "of all stations at most a day: name a station, a session or a command, or a later time"
            )
    return ExchangeFilter(
        station=station,
        since=since,
        until=wanted.until,
        action=wanted.action,
        direction=wanted.direction,
        message_id=wanted.message_id,
        command_id=wanted.command_id,
        epoch=wanted.connection,
        errors=wanted.errors,
        text=wanted.text,
        transaction_id=transaction_id,
    )


async def joined(ports: Ports, exchanges: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """The same exchanges, with what is known of their commands, and their sessions. Raises Outage."""
    wanted = {each.command.command_id: each.station for each in exchanges if each.command is not None}
    commands = await ports.reads.commands_called(wanted) if wanted else {}
    causes = {
        id_: Cause(**{name: getattr(command, name) for name in Cause.__struct_fields__})
        for id_, command in commands.items()
    }
    sessions = await _sessions(ports, exchanges)
    return tuple(
        msgspec.structs.replace(
            each,
            command=each.command and causes.get(each.command.command_id, each.command),
            session=_session_of(each, sessions.get((each.station, each.transaction_id), ())),
        )
        for each in exchanges
    )


async def _sessions(ports: Ports, exchanges: Iterable[Exchange]) -> dict[tuple[str, str], list[NamedSession]]:
    naming = [each for each in exchanges if each.transaction_id]
    if not naming:
        return {}
    stations, transactions = {each.station for each in naming}, {each.transaction_id for each in naming}
    found: defaultdict[tuple[str, str], list[NamedSession]] = defaultdict(list)
    for session in await ports.reads.sessions_named(stations, transactions):
        found[session.station, session.transaction_id].append(session)
    return found


def _session_of(exchange: Exchange, sessions: Sequence[NamedSession]) -> str | None:
    """The session of the exchange's transaction; of several, the last that had begun by then, for ids of 1.6 may come again."""
    by_start = sorted(sessions, key=lambda session: session.started_at)
    begun = [session for session in by_start if session.started_at <= exchange.at]
    fitting = begun[-1:] or by_start[:1]
    return fitting[0].session if fitting else None
