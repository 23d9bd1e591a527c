"""Charging: the charging states of a session, from events and connector statuses, each at its own time. PURE."""

from msgspec.structs import replace

from schemas.base import Timestamp, derived_id
from schemas.states.transactions import ConnectorWord, ForgottenSession, SessionState, StationTransactions
from schemas.stations import ConnectorStatusReported
from schemas.transactions import ChargingStateRecorded, TransactionReported
from services.transactions.places import connector_word, connectors_of, is_at, moment_in
from services.transactions.sessions import ended_at, has_wrong_clock, started_at

STATES_16 = {
    "Preparing": "EVConnected",
    "Charging": "Charging",
    "SuspendedEV": "SuspendedEV",
    "SuspendedEVSE": "SuspendedEVSE",
    "Finishing": "EVConnected",
}
"""The 2.x ChargingStateEnumType of a transaction, by the 1.6 status of its connector."""

SIGNS_OF_LIFE = frozenset({"Charging", "SuspendedEV", "SuspendedEVSE"})
"""1.6 connector statuses that only a connector with a transaction has (4.9)."""


def charging_of_event(
    fact: TransactionReported, session: SessionState | ForgottenSession, evse: int | None
) -> list[ChargingStateRecorded]:
    """The charging state in a 2.x TransactionEvent; an empty list for none."""
    if not fact.charging_state:
        return []
    where = (fact.station, session.session, session.transaction_id, evse)
    return [_record(where, fact.charging_state, fact.at, fact.received_at)]


def charging_of_status(
    state: StationTransactions, report: ConnectorStatusReported
) -> tuple[SessionState, SessionState, ChargingStateRecorded] | None:
    """The session on the connector at the time of the status, before and after it, and the record; None where none ran."""
    word = connector_word(report)
    if word.word not in STATES_16:
        return None
    running = [s for s in state.sessions if is_at(s, report.evse, report.connector) and _ran(state, s, word)]
    if not running:
        return None
    session = max(running, key=started_at)
    return session, *_apply_word(session, word, report.station)


def charging_before_start(
    state: StationTransactions, session: SessionState
) -> tuple[SessionState, list[ChargingStateRecorded]]:
    """Apply connector statuses that arrived before the start of the session; returns the session and the records."""
    records: list[ChargingStateRecorded] = []
    for place in connectors_of(state, session):
        for word in place.words:
            if word.word in STATES_16 and _ran(state, session, word):
                session, record = _apply_word(session, word, state.station)
                records.append(record)
    return session, records


def with_charging(session: SessionState, word: str, at: Timestamp) -> SessionState:
    """The session with the charging state of a connector status, unless a newer one is known."""
    if word in SIGNS_OF_LIFE:
        session = replace(session, alive_at=max(session.alive_at or at, at))
    known_at = session.charging_state_at
    if known_at is not None and at <= known_at:
        return session
    return replace(session, charging_state=STATES_16[word], charging_state_at=at, charging_state_seq=-1)


def _ran(state: StationTransactions, session: SessionState, word: ConnectorWord) -> bool:
    """Whether the session ran at the time of this status, as far as is known."""
    at, over_at = moment_in(session, word), ended_at(session)
    if at is None or over_at is None:
        return at is not None
    if word.at is None or has_wrong_clock(session):
        heard_by = session.end_heard_at
        return at <= over_at if heard_by is None else word.heard_at <= heard_by
    if session.end_at is None and session.over_at is not None and not session.superseded:
        return not _is_of_the_next(state, session, at)
    return at <= over_at


def _is_of_the_next(state: StationTransactions, session: SessionState, at: Timestamp) -> bool:
    """Whether another car arrived since the session was presumed over, so that the status belongs to that one."""
    over_at = session.over_at
    words = [word for place in connectors_of(state, session) for word in place.words]
    came = [word.at for word in words if word.word == "Preparing" and word.at is not None]
    return over_at is not None and over_at < at and any(over_at <= moment <= at for moment in came)


def _apply_word(session: SessionState, word: ConnectorWord, station: str) -> tuple[SessionState, ChargingStateRecorded]:
    at = moment_in(session, word)
    assert at is not None
    where = (station, session.session, session.transaction_id, session.evse)
    return with_charging(session, word.word, at), _record(where, STATES_16[word.word], at, word.heard_at)


def _record(
    where: tuple[str, str, str, int | None], state: str, at: Timestamp, received_at: Timestamp
) -> ChargingStateRecorded:
    station, session, transaction_id, evse = where
    return ChargingStateRecorded(
        id=derived_id("charging-state", station, session, state, at.isoformat()),
        station=station,
        session=session,
        evse=evse,
        transaction_id=transaction_id,
        state=state,
        at=at,
        received_at=received_at,
    )
