"""Sessions: what each fact adds to one session, and the session as it is told to the world. PURE."""

from collections.abc import Callable
from typing import Any, NamedTuple

from msgspec.structs import replace

from schemas.authorization import token_key
from schemas.base import Timestamp
from schemas.quantities import POWER_IMPORT, MeterValue, Reading, SampledValue
from schemas.transactions import (
    Anomaly,
    Point,
    SessionChanged,
    SessionState,
    SessionStatus,
    TransactionReported,
)
from services.transactions.energy import (
    BEGIN,
    END,
    add_reading,
    add_told_start,
    add_told_stop,
    is_late_interval,
    measure,
    suspected,
)
from services.transactions.identity import FIRST_BELIEVABLE_YEAR, clock_doubts, is_impossible
from services.transactions.meter import IMPOSSIBLE_JUMP, Normalised, Reject, as_sample, normalise

MAX_SEEN = 48
"""Facts remembered by content, per session. Older repeats are applied again, which changes nothing but repeats records by
the same id."""

STOPPED_LOCALLY = "Local"
"""What an end without a reason means (2.x TransactionType.stoppedReason; 1.6 5.8 StopTransaction.reason)."""

_TOKEN_RANK = {"Started": 0, "Updated": 1, "Ended": 2}


class Absorbed(NamedTuple):
    """A session after some readings, what of them is believed, and what is not."""

    session: SessionState
    readings: tuple[Reading, ...]
    rejects: tuple[Reject, ...]


# -- what a session is ------------------------------------------------------------------------------------------------


def status(session: SessionState) -> SessionStatus:
    """Ended by word of the station, presumed so, or active: never by the passing of time."""
    if session.end_at is not None:
        return "ended"
    return "presumed-ended" if session.superseded else "active"


def is_active(session: SessionState) -> bool:
    """The session runs, as far as anybody said."""
    return session.end_at is None and not session.superseded


def started_at(session: SessionState) -> Timestamp:
    """When it started; before its start is heard, the first moment known of it."""
    return session.start_at or session.first_at


def has_wrong_clock(session: SessionState) -> bool:
    """The station's clock was plainly wrong when it started: never set, or ahead of ours."""
    return session.heard_at is not None and is_impossible(started_at(session), session.heard_at)


def ended_at(session: SessionState) -> Timestamp | None:
    """When it ended; for a presumed end the last moment known of it."""
    return session.end_at or (session.last_at if session.superseded else None)


def running_token(session: SessionState) -> str:
    """The key of the token it runs on now; empty for none."""
    return token_key(session.token.value) if session.token is not None and is_active(session) else ""


def snapshot(session: SessionState, station: str, *, id: str, changed_at: Timestamp) -> SessionChanged:
    """The session as a whole."""
    began = started_at(session)
    energy = measure(session.energy, began)
    odd: set[str] = {*session.anomalies, *energy.anomalies}
    if session.start_at is None:
        odd.add(Anomaly.START_MISSING)
    if session.end_at is not None and session.end_at < began:
        odd.add(Anomaly.CLOCK_SUSPECT)
    return SessionChanged(
        id=id,
        session=session.session,
        station=station,
        revision=session.revision,
        transaction_id=session.transaction_id,
        evse=session.evse,
        connector=session.connector,
        token=session.token,
        status=status(session),
        charging_state=_charging_state(session),
        charging_state_at=session.charging_state_at,
        started_at=began,
        ended_at=ended_at(session),
        stopped_reason=session.stopped_reason,
        meter_start_wh=energy.start_wh,
        meter_stop_wh=energy.stop_wh,
        energy_wh=energy.energy_wh,
        power_w=session.power.value if session.power else None,
        soc_percent=session.soc.value if session.soc else None,
        last_meter_at=session.last_meter_at,
        remote_start_id=session.remote_start_id,
        reservation_id=session.reservation_id,
        offline=session.offline,
        anomalies=tuple(sorted(str(word) for word in odd)) if odd else (),
        changed_at=changed_at,
    )


def _charging_state(session: SessionState) -> str:
    """As the station told it; stations that never tell are charging while power flows."""
    if session.charging_state or not is_active(session):
        return session.charging_state
    return "Charging" if session.power is not None and session.power.value > 0 else ""


# -- what a fact adds -------------------------------------------------------------------------------------------------


def add_fact(session: SessionState, fact: TransactionReported, digest: str) -> SessionState:
    """The session after a transaction message, but for its meter values. The order of facts does not matter."""
    odd: list[str] = list(clock_doubts(fact))
    changes: dict[str, Any] = {
        **_place(session, fact, odd),
        **_token(session, fact),
        **_charging(session, fact),
        "first_at": _extent(session.first_at, fact.at, min),
        "last_at": _extent(session.last_at, fact.at, max),
        "remote_start_id": session.remote_start_id if fact.remote_start_id is None else fact.remote_start_id,
        "reservation_id": session.reservation_id if fact.reservation_id is None else fact.reservation_id,
        "offline": session.offline or fact.offline,
    }
    if fact.event == "Started":
        if session.start_at not in {None, fact.at}:
            odd.append(Anomaly.STARTED_TWICE)
        changes["start_at"] = min(session.start_at or fact.at, fact.at)
    if fact.event == "Ended":
        changes |= _end(session, fact, odd)
    return remember(with_anomalies(replace(session, **changes), *odd), digest)


def remember(session: SessionState, digest: str) -> SessionState:
    """The fact of this content is applied."""
    return replace(session, seen=(*session.seen[1 - MAX_SEEN :], digest))


def with_anomalies(session: SessionState, *words: str) -> SessionState:
    """The session with more words of what is odd about it."""
    if all(word in session.anomalies for word in words):
        return session
    return replace(session, anomalies=tuple(sorted({str(word) for word in (*session.anomalies, *words)})))


def _place(session: SessionState, fact: TransactionReported, odd: list[str]) -> dict[str, Any]:
    """EVSE and connector: the start's word stands before all others."""
    places: dict[str, int | None] = {"evse": session.evse, "connector": session.connector}
    for name, told in (("evse", fact.evse), ("connector", fact.connector)):
        held = places[name]
        if told is None or told == held:
            continue
        if held is not None:
            odd.append(Anomaly.EVSE_MISMATCH)
        if held is None or (fact.event == "Started" and session.start_at is None):
            places[name] = told
    return places


def _token(session: SessionState, fact: TransactionReported) -> dict[str, Any]:
    """The token it was started with; else the first it heard of."""
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
    held = session.charging_state_at
    if held is not None and (fact.at, seq, fact.charging_state) <= (
        held,
        session.charging_state_seq,
        session.charging_state,
    ):
        return {}
    return {"charging_state": fact.charging_state, "charging_state_at": fact.at, "charging_state_seq": seq}


def _end(session: SessionState, fact: TransactionReported, odd: list[str]) -> dict[str, Any]:
    reason = fact.stopped_reason or STOPPED_LOCALLY
    if session.end_at is None:
        return {"end_at": fact.at, "stopped_reason": reason}
    if session.end_at != fact.at:
        odd.append(Anomaly.ENDED_TWICE)
    if fact.at < session.end_at:
        return {"end_at": fact.at, "stopped_reason": reason}
    return {}


def _extent(held: Timestamp, moment: Timestamp, choose: Callable[[Timestamp, Timestamp], Timestamp]) -> Timestamp:
    """The first or last moment known; a clock that was never set yields to one that was."""
    if (held.year < FIRST_BELIEVABLE_YEAR) != (moment.year < FIRST_BELIEVABLE_YEAR):
        return max(held, moment)
    return choose(held, moment)


# -- what readings add ------------------------------------------------------------------------------------------------


def add_told_register(session: SessionState, fact: TransactionReported) -> Absorbed:
    """The session after the register reading that a start or a stop brings outside of its meter values."""
    if fact.meter_wh is None or fact.event == "Updated":
        return Absorbed(session, (), ())
    context = BEGIN if fact.event == "Started" else END
    meter_value = MeterValue(at=fact.at, samples=(SampledValue(value=fact.meter_wh, context=context, unit="Wh"),))
    told = normalise((meter_value,))
    if not told.readings:
        return Absorbed(with_anomalies(session, Anomaly.QUARANTINED), (), told.rejects)
    point = Point(fact.at, told.readings[0].value)
    add = add_told_start if context == BEGIN else add_told_stop
    account = add(session.energy, point)
    if account is None:
        return _doubted(session, told.readings[0], meter_value)
    after = replace(session, energy=account, last_meter_at=_latest(session.last_meter_at, fact.at))
    return Absorbed(after, told.readings, ())


def add_readings(session: SessionState, values: Normalised) -> Absorbed:
    """The session after normalised meter values; a register that cannot have jumped so is not believed."""
    believed: list[Reading] = []
    rejects = list(values.rejects)
    for reading in sorted(values.readings, key=_at) if len(values.readings) > 1 else values.readings:
        if is_late_interval(session.energy, reading):
            session = with_anomalies(session, Anomaly.INTERVAL_LATE)
        account = add_reading(session.energy, reading)
        if account is None:
            session, _, doubted = _doubted(session, reading, as_sample(reading))
            rejects += doubted
            continue
        believed.append(reading)
        if account is not session.energy:
            session = replace(session, energy=account)
    if rejects:
        session = with_anomalies(session, Anomaly.QUARANTINED)
    return Absorbed(_with_latest(session, believed), tuple(believed), tuple(rejects))


def _doubted(session: SessionState, reading: Reading, meter_value: MeterValue) -> Absorbed:
    after = replace(session, energy=suspected(session.energy, reading))
    return Absorbed(with_anomalies(after, Anomaly.QUARANTINED), (), (Reject(IMPOSSIBLE_JUMP, meter_value),))


def _with_latest(session: SessionState, believed: list[Reading]) -> SessionState:
    """Power and state of charge of the newest meter value, and the moments they span."""
    if not believed:
        return session
    power, soc = session.power, session.soc
    for reading in believed:
        if reading.measurand == POWER_IMPORT and not reading.phase:
            power = _newest(power, reading)
        elif reading.measurand == "SoC":
            soc = _newest(soc, reading)
    return replace(
        session,
        power=power,
        soc=soc,
        last_meter_at=_latest(session.last_meter_at, believed[-1].at),
        first_at=_extent(session.first_at, believed[0].at, min),
        last_at=_extent(session.last_at, believed[-1].at, max),
    )


def _newest(held: Point | None, reading: Reading) -> Point:
    if held is not None and (held.at, held.value) >= (reading.at, reading.value):
        return held
    return Point(reading.at, reading.value)


def _latest(held: Timestamp | None, at: Timestamp) -> Timestamp:
    return at if held is None else max(held, at)


def _at(reading: Reading) -> Timestamp:
    return reading.at
