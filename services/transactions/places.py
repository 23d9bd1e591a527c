"""Places: the last statuses of a station's connectors, and which session a status belongs to. PURE."""

from collections.abc import Iterable

from msgspec.structs import replace

from schemas.base import Timestamp
from schemas.states.transactions import ConnectorWord, ConnectorWords, SessionState, StationTransactions
from schemas.stations import MAX_CONNECTORS, ConnectorStatusReported
from services.transactions.identity import is_impossible
from services.transactions.sessions import by_its_clock, has_wrong_clock, started_at

MAX_WORDS = 4
"""Statuses kept of one connector, for a session whose start arrives after them."""


def connector_word(report: ConnectorStatusReported) -> ConnectorWord:
    """The status to keep; with the station's time only where that is possible."""
    timed = report.at_source == "station" and not is_impossible(report.at, report.received_at)
    return ConnectorWord(
        word=report.detail or report.status, at=report.at if timed else None, heard_at=report.received_at
    )


def add_status(state: StationTransactions, report: ConnectorStatusReported) -> StationTransactions:
    """The state with a status of a connector added; the same object where it is known, or older than those kept."""
    word = connector_word(report)
    words = words_of(state, report.evse, report.connector)
    if word in words or (words and len(words) == MAX_WORDS and _order(word) < _order(words[0])):
        return state
    newest_words = tuple(sorted((*words, word), key=_order))[-MAX_WORDS:]
    others = [c for c in state.connectors if (c.evse, c.connector) != (report.evse, report.connector)]
    if len(others) >= MAX_CONNECTORS:
        return state
    connectors = (*others, ConnectorWords(evse=report.evse, connector=report.connector, words=newest_words))
    return replace(state, connectors=connectors)


def words_of(state: StationTransactions, evse: int, connector: int) -> tuple[ConnectorWord, ...]:
    """The last statuses of a connector, oldest first."""
    return next((c.words for c in state.connectors if (c.evse, c.connector) == (evse, connector)), ())


def connectors_of(state: StationTransactions, session: SessionState) -> list[ConnectorWords]:
    """The connectors that the session may be on: its own, or all of its EVSE where it has none."""
    return [c for c in state.connectors if is_at(session, c.evse, c.connector)]


def is_at(session: SessionState, evse: int, connector: int) -> bool:
    """Whether the session may be on this connector. EVSE 0 is the station as a whole."""
    return evse > 0 and session.evse == evse and session.connector in {None, connector}


def moment_in(session: SessionState, word: ConnectorWord) -> Timestamp | None:
    """The time of a status by the session's clock; None where it is from before the session began.

    Where either has no usable time of the station, it is the time of arrival minus the lag of the session's own facts, so that the
    result does not depend on the order in which status and facts are read.
    """
    if word.at is not None and not has_wrong_clock(session):
        return word.at if word.at > started_at(session) else None
    if session.heard_at is None or word.heard_at <= session.heard_at:
        return None
    at = max(by_its_clock(session, word.heard_at), started_at(session))
    return at if session.end_at is None else min(at, session.end_at)


def newest(words: Iterable[ConnectorWord]) -> ConnectorWord | None:
    """The last status; None for none."""
    return max(words, key=_order, default=None)


def _order(word: ConnectorWord) -> tuple[Timestamp, Timestamp]:
    return (word.at or word.heard_at, word.heard_at)
