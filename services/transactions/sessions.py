"""Sessions: applies transaction messages to one session, and makes its published snapshot. PURE."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.authorization import token_key
from schemas.base import Timestamp
from schemas.clocks import was_never_set
from schemas.deviations import Deviation
from schemas.states.transactions import SessionLimits, SessionState
from schemas.transactions import MeterValuesReported, SessionChanged, SessionStatus, TransactionReported
from services.transactions.energy import (
    measure,
)
from services.transactions.eventnumbers import missing, with_number
from services.transactions.exporting import exported, flows
from services.transactions.identity import (
    clock_doubts,
    is_before,
    is_impossible,
    is_steadily_late,
)
from services.transactions.limits import kept_by_station, limit_of, station_limit
from services.transactions.operationmodes import operation_mode
from services.transactions.stationcosts import station_costs

MAX_SEEN = 48
"""Digests of facts kept per session. Older repeats are applied again, which only repeats records with the same ids."""

STOPPED_LOCALLY = "Local"
"""The reason of an end without one (2.x TransactionType.stoppedReason; 1.6 5.8 StopTransaction.reason)."""

RESUMED = "TxResumed"
"""The reason of an event by which a station goes on with a transaction after a boot (2.1 TriggerReasonEnumType; E17.FR.14)."""

MICROSECOND = timedelta(microseconds=1)

_TOKEN_RANK = {"Started": 0, "Updated": 1, "Ended": 2}


# -- one session ------------------------------------------------------------------------------------------------------


def status(session: SessionState) -> SessionStatus:
    """Ended (reported or ordered), presumed ended, or active."""
    if session.end_at is not None or session.ordered_end:
        return "ended"
    return "active" if is_active(session) else "presumed-ended"


def is_active(session: SessionState) -> bool:
    """Whether the session runs, as far as is known."""
    return session.end_at is None and not session.ordered_end and not session.superseded and not is_over(session)


def is_over(session: SessionState) -> bool:
    """Whether there is evidence that it is over, and no later sign of life."""
    if session.over_at is None:
        return False
    return session.alive_at is None or not is_before(session.over_at, session.alive_at)


def started_at(session: SessionState) -> Timestamp:
    """When it started; while its start is unknown, its first known moment."""
    return session.start_at or session.first_at


def has_wrong_clock(session: SessionState) -> bool:
    """Whether the station's clock was plainly wrong at its start: never set, or ahead of ours."""
    return session.heard_at is not None and is_impossible(started_at(session), session.heard_at)


def by_its_clock(session: SessionState, heard_at: Timestamp) -> Timestamp:
    """One of our times by the clock of the session's facts: minus their smallest lag."""
    return heard_at - timedelta(microseconds=session.lag_us or 0)


def last_sign_at(session: SessionState) -> Timestamp:
    """The last known moment or sign of life of the session."""
    return max(session.last_at, session.alive_at or session.last_at)


def ended_at(session: SessionState) -> Timestamp | None:
    """When it ended: as ordered, as reported, or its last known moment."""
    if is_active(session):
        return None
    return session.told_end_at or session.end_at or session.last_at


def running_token(session: SessionState) -> str:
    """The key of the token it runs on now; empty for none, and for one that an operator released."""
    runs = session.token is not None and is_active(session) and not session.released
    return token_key(session.token.value) if runs and session.token is not None else ""


def snapshot(session: SessionState, station: str, *, id: str, changed_at: Timestamp) -> SessionChanged:
    """The published snapshot of the session."""
    began = started_at(session)
    energy = measure(session.energy, began)
    odd: set[str] = {*session.anomalies, *energy.anomalies}
    if session.start_at is None:
        odd.add(Anomaly.START_MISSING)
    if session.end_at is not None and session.end_at < began:
        odd.add(Anomaly.CLOCK_SUSPECT)
    now, lost = status(session), missing(session.events)
    if lost and session.end_at is not None:
        odd.add(Anomaly.EVENTS_MISSING)
    if now == "presumed-ended" and session.over_by:
        odd.add(session.over_by)
    given_back = exported(session, began, odd, active=now == "active")
    return SessionChanged(
        id=id,
        session=session.session,
        station=station,
        revision=session.revision,
        transaction_id=session.transaction_id,
        evse=session.evse,
        connector=session.connector,
        token=session.token,
        status=now,
        estimated=now == "presumed-ended",
        charging_state=_charging_state(session),
        charging_state_at=session.charging_state_at,
        started_at=began,
        ended_at=ended_at(session),
        stopped_reason=session.stopped_reason,
        stopped_detail=session.stopped_detail,
        meter_start_wh=energy.start_wh,
        meter_stop_wh=energy.stop_wh,
        energy_wh=energy.energy_wh if session.told_energy_wh is None else session.told_energy_wh,
        power_w=session.power.value if session.power and now == "active" else None,
        soc_percent=session.soc.value if session.soc else None,
        last_meter_at=session.last_meter_at,
        remote_start_id=session.remote_start_id,
        reservation_id=session.reservation_id,
        offline=session.offline,
        anomalies=tuple(sorted(str(word) for word in odd)) if odd else (),
        missing_events=lost,
        resumed_at=session.resumed_at,
        changed_at=changed_at,
        **_said(session),
        **given_back,
        **({} if session.limits == NOTHING_LIMITED else _limits(session)),
    )


def _said(session: SessionState) -> dict[str, Any]:
    """What only a 2.1 station says of a session."""
    return {name: getattr(session, name) for name in ("station_tariff", "station_cost", "operation_mode")}


NOTHING_LIMITED = SessionLimits()


def _limits(session: SessionState) -> dict[str, Any]:
    return {
        "limit": limit_of(session),
        "station_limit": station_limit(session),
        "limit_kept": kept_by_station(session),
    }


def _charging_state(session: SessionState) -> str:
    """The reported charging state; without one, Charging while power flows."""
    if session.charging_state or not is_active(session):
        return session.charging_state
    return "Charging" if flows(session) else ""


# -- what a fact adds -------------------------------------------------------------------------------------------------


def add_fact(session: SessionState, fact: TransactionReported, digest: str) -> SessionState:
    """The session after a transaction message, without its meter values. The order of facts does not matter."""
    odd: list[str] = list(clock_doubts(fact))
    changes: dict[str, Any] = {
        **_place(session, fact, odd),
        **_token(session, fact),
        **_charging(session, fact),
        "first_at": extent(session.first_at, fact.at, min),
        "last_at": extent(session.last_at, fact.at, max),
        "remote_start_id": session.remote_start_id if fact.remote_start_id is None else fact.remote_start_id,
        "reservation_id": session.reservation_id if fact.reservation_id is None else fact.reservation_id,
        "offline": session.offline or fact.offline,
        "events": session.events if fact.seq_no is None else with_number(session.events, fact.seq_no),
        **arrival(session, fact.at, fact.received_at),
        **station_costs(session, fact),
        **operation_mode(session, fact),
    }
    if fact.event == "Started":
        if session.start_at not in {None, fact.at}:
            odd.append(Anomaly.STARTED_TWICE)
        changes["start_at"] = min(session.start_at or fact.at, fact.at)
    if fact.event == "Ended":
        changes |= _end(session, fact, odd)
    else:
        changes["alive_at"] = latest(session.alive_at, fact.at)
    if fact.trigger == RESUMED:
        changes["resumed_at"] = latest(session.resumed_at, fact.at)
    odd += quarantine_anomalies(fact)
    return remember(with_anomalies(replace(session, **changes), *odd), digest)


def quarantine_anomalies(fact: TransactionReported | MeterValuesReported) -> tuple[Anomaly, ...]:
    """The anomaly for sampled values of the message that the gateway has put into quarantine."""
    return (Anomaly.QUARANTINED,) if Deviation.SAMPLE_SET_APART in fact.deviations else ()


def remember(session: SessionState, digest: str) -> SessionState:
    """Note the digest of an applied fact."""
    return replace(session, seen=(*session.seen[1 - MAX_SEEN :], digest))


def with_anomalies(session: SessionState, *words: str) -> SessionState:
    """The session with these anomalies added."""
    if all(word in session.anomalies for word in words):
        return session
    return replace(session, anomalies=tuple(sorted({str(word) for word in (*session.anomalies, *words)})))


def _place(session: SessionState, fact: TransactionReported, odd: list[str]) -> dict[str, Any]:
    """EVSE and connector: those of the start take precedence."""
    places: dict[str, int | None] = {"evse": session.evse, "connector": session.connector}
    for name, named in (("evse", fact.evse), ("connector", fact.connector)):
        current = places[name]
        if named is None or named == current:
            continue
        if current is not None:
            odd.append(Anomaly.EVSE_MISMATCH)
        if current is None or (fact.event == "Started" and session.start_at is None):
            places[name] = named
    return places


def _token(session: SessionState, fact: TransactionReported) -> dict[str, Any]:
    """The token of the start; else the first one."""
    if fact.token is None or not token_key(fact.token.value):
        return {}
    rank = _TOKEN_RANK[fact.event]
    if session.token_at is not None and (session.token_rank, session.token_at) <= (rank, fact.at):
        return {}
    return {"token": fact.token, "token_rank": rank, "token_at": fact.at}


def _charging(session: SessionState, fact: TransactionReported) -> dict[str, Any]:
    seq = -1 if fact.seq_no is None else fact.seq_no
    if not fact.charging_state:
        return {}
    current = session.charging_state_at
    if current is not None and (fact.at, seq, fact.charging_state) <= (
        current,
        session.charging_state_seq,
        session.charging_state,
    ):
        return {}
    return {"charging_state": fact.charging_state, "charging_state_at": fact.at, "charging_state_seq": seq}


def _end(session: SessionState, fact: TransactionReported, odd: list[str]) -> dict[str, Any]:
    reason = fact.stopped_reason or STOPPED_LOCALLY
    if session.start_at is not None and session.heard_at is not None:
        began = (session.start_at, session.heard_at)
        if is_steadily_late(began, (fact.at, fact.received_at)):
            odd.append(Anomaly.CLOCK_SUSPECT)
    end = {
        "end_at": fact.at,
        "end_heard_at": fact.received_at,
        "stopped_reason": reason,
        "stopped_detail": fact.stopped_detail,
    }
    if session.end_at is None:
        return end
    if session.end_at != fact.at:
        odd.append(Anomaly.ENDED_TWICE)
    return end if fact.at < session.end_at else {}


def arrival(session: SessionState, at: Timestamp, received_at: Timestamp) -> dict[str, Any]:
    """Our time of its first fact, and the smallest lag of its facts."""
    lag_us = (received_at - at) // MICROSECOND
    return {
        "heard_at": received_at if session.heard_at is None else min(session.heard_at, received_at),
        "lag_us": lag_us if session.lag_us is None else min(session.lag_us, lag_us),
    }


def extent(current: Timestamp, moment: Timestamp, choose: Callable[[Timestamp, Timestamp], Timestamp]) -> Timestamp:
    """The first or last known moment; a time of a clock that was never set yields to one of a clock that was."""
    if was_never_set(current) != was_never_set(moment):
        return max(current, moment)
    return choose(current, moment)


def latest(current: Timestamp | None, at: Timestamp) -> Timestamp:
    return at if current is None else max(current, at)
