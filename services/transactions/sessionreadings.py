"""Session readings: applies registers and meter values to one session, and rejects implausible jumps. PURE."""

from typing import NamedTuple

from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.base import Timestamp
from schemas.quantities import MeterValue, Reading, SampledValue
from schemas.states.transactions import EnergyAccount, Point, SessionState
from schemas.transactions import MeterValuesReported, TransactionReported
from services.transactions.energy import (
    BEGIN,
    END,
    add_meter_start,
    add_meter_stop,
    add_reading,
    is_late_interval,
    with_suspect,
)
from services.transactions.exporting import FLOWS, account_of
from services.transactions.meter import IMPOSSIBLE_JUMP, Normalised, Reject, as_sample, normalise
from services.transactions.sessions import arrival, extent, latest, with_anomalies


class WithReadings(NamedTuple):
    """A session after some readings, the accepted ones, and the rejected ones."""

    session: SessionState
    readings: tuple[Reading, ...]
    rejects: tuple[Reject, ...]


def add_register(session: SessionState, fact: TransactionReported) -> WithReadings:
    """The session after the meterStart or meterStop of a message."""
    if fact.meter_wh is None or fact.event == "Updated":
        return WithReadings(session, (), ())
    context = BEGIN if fact.event == "Started" else END
    meter_value = MeterValue(at=fact.at, samples=(SampledValue(value=fact.meter_wh, context=context, unit="Wh"),))
    normalised = normalise((meter_value,))
    if not normalised.readings:
        return WithReadings(with_anomalies(session, Anomaly.QUARANTINED), (), normalised.rejects)
    point = Point(fact.at, normalised.readings[0].value)
    add = add_meter_start if context == BEGIN else add_meter_stop
    account = add(session.energy, point)
    if account is None:
        return _reject_jump(session, normalised.readings[0], meter_value)
    after = replace(session, energy=account, last_meter_at=latest(session.last_meter_at, fact.at))
    return WithReadings(after, normalised.readings, ())


def add_meter_values(session: SessionState, fact: MeterValuesReported, values: Normalised) -> WithReadings:
    """The session after meter values outside of a transaction message."""
    last_at = max((meter_value.at for meter_value in fact.meter_values), default=None)
    if last_at is not None:
        session = replace(session, **arrival(session, last_at, fact.received_at))
    return add_readings(session, values)


def add_readings(session: SessionState, values: Normalised) -> WithReadings:
    """The session after normalised meter values; readings that jump implausibly are rejected."""
    believed: list[Reading] = []
    rejects = list(values.rejects)
    for reading in sorted(values.readings, key=_at) if len(values.readings) > 1 else values.readings:
        direction = account_of(reading)
        before: EnergyAccount = getattr(session, direction)
        if is_late_interval(before, reading):
            session = with_anomalies(session, Anomaly.INTERVAL_LATE)
        account = add_reading(before, reading)
        if account is None:
            session, _, rejected = _reject_jump(session, reading, as_sample(reading))
            rejects += rejected
            continue
        believed.append(reading)
        if account is not before:
            session = replace(session, **{direction: account})
    if rejects:
        session = with_anomalies(session, Anomaly.QUARANTINED)
    return WithReadings(_with_latest(session, believed), tuple(believed), tuple(rejects))


def _reject_jump(session: SessionState, reading: Reading, meter_value: MeterValue) -> WithReadings:
    direction = account_of(reading)
    after = replace(session, **{direction: with_suspect(getattr(session, direction), reading)})
    return WithReadings(with_anomalies(after, Anomaly.QUARANTINED), (), (Reject(IMPOSSIBLE_JUMP, meter_value),))


def _with_latest(session: SessionState, believed: list[Reading]) -> SessionState:
    """The session with power and state of charge of the newest readings, and its first and last known moments."""
    if not believed:
        return session
    powers, soc, alive_at = {name: getattr(session, name) for name in FLOWS.values()}, session.soc, session.alive_at
    for reading in believed:
        if (flow := FLOWS.get(reading.measurand)) is not None and not reading.phase:
            powers[flow] = _newest(powers[flow], reading)
            alive_at = latest(alive_at, reading.at) if reading.value > 0 else alive_at
        elif reading.measurand == "SoC":
            soc = _newest(soc, reading)
    return replace(
        session,
        **powers,
        soc=soc,
        alive_at=alive_at,
        last_meter_at=latest(session.last_meter_at, believed[-1].at),
        first_at=extent(session.first_at, believed[0].at, min),
        last_at=extent(session.last_at, believed[-1].at, max),
    )


def _newest(current: Point | None, reading: Reading) -> Point:
    if current is not None and (current.at, current.value) >= (reading.at, reading.value):
        return current
    return Point(reading.at, reading.value)


def _at(reading: Reading) -> Timestamp:
    return reading.at
