"""Times: replaces unbelievable times of a session by times of arrival. PURE.

A time that is not believable (`schemas.clocks`) is replaced by its time of arrival. Where a station's clock is off by a constant
amount, readings and charging states move with begin and end. The session is not rated (`times-impossible`) where the times of arrival
are no help either: it became known only afterwards, or would end before it began.
"""

import datetime as dt
from typing import NamedTuple

from msgspec.structs import replace

from schemas.anomalies import Anomaly
from schemas.base import Timestamp
from schemas.billing import BilledSession, CostAsked, Sample, SessionUsage
from schemas.clocks import AHEAD, is_believable, was_never_set
from schemas.transactions import SessionChanged
from services.billing.localtime import MICROSECOND


class Believable(NamedTuple):
    """A session with believable times; `impossible` where its times are unknown."""

    snapshot: SessionChanged
    usage: SessionUsage
    impossible: bool


def add_snapshot(
    before: BilledSession, snapshot: SessionChanged, usage: SessionUsage, request: CostAsked | None
) -> BilledSession:
    """Add a newer snapshot; notes when its begin, its end and its presumed end first arrived."""
    last, at = before.snapshot, snapshot.changed_at
    ended_before = last is not None and snapshot.ended_at is not None and last.ended_at == snapshot.ended_at
    presumed = snapshot.status == "presumed-ended"
    return replace(
        before,
        snapshot=snapshot,
        usage=usage,
        asked=request,
        heard_at=max(before.heard_at, at),
        began_heard_at=at if last is None else before.began_heard_at,
        end_heard_at=before.end_heard_at if ended_before else at if snapshot.ended_at is not None else None,
        presumed_at=(before.presumed_at or at) if presumed else None,
    )


def believable_times(session: BilledSession) -> Believable:
    """The session with believable times, for billing."""
    snapshot, usage = session.snapshot, session.usage
    assert snapshot is not None
    began_arrived, end_arrived = session.began_heard_at, session.end_heard_at or snapshot.changed_at
    started, ended = snapshot.started_at, snapshot.ended_at
    start = started if _can_be(started, began_arrived) else began_arrived or end_arrived
    end = ended if ended is None or _can_be(ended, end_arrived) else end_arrived
    if (start, end) == (started, ended) and (end is None or start <= end):
        return Believable(snapshot, usage, impossible=False)
    begin_off, end_off = start - started, end - ended if end and ended else start - started
    steady = abs(begin_off - end_off) <= AHEAD
    # only the end is wrong: its arrival is right if the begin arrived live; both are wrong: arrivals are right if the length agrees
    live = bool(begin_off) or (began_arrived is not None and began_arrived - start <= AHEAD)
    is_certain = steady if begin_off and end_off else live
    if end is not None and end < start:
        return Believable(_with_times(snapshot, start, max(start, end_arrived)), usage, impossible=True)
    usage = _shift(usage, begin_off) if steady else usage
    return Believable(_with_times(snapshot, start, end), usage, impossible=not is_certain)


def _can_be(at: Timestamp, heard_at: Timestamp | None) -> bool:
    return not was_never_set(at) if heard_at is None else is_believable(at, heard_at)


def _with_times(snapshot: SessionChanged, start: Timestamp, end: Timestamp | None) -> SessionChanged:
    anomalies = tuple(sorted({*snapshot.anomalies, str(Anomaly.CLOCK_SUSPECT)}))
    last = snapshot.last_meter_at
    if last is not None and start != snapshot.started_at:
        last = max(start, min(last + (start - snapshot.started_at), end or last))
    return replace(snapshot, started_at=start, ended_at=end, last_meter_at=last, anomalies=anomalies)


def _shift(usage: SessionUsage, by: dt.timedelta) -> SessionUsage:
    """Shift all times of the usage by the clock's error."""
    us = by // MICROSECOND
    return replace(
        usage,
        register=_later(usage.register, us),
        exported=_later(usage.exported, us),
        states=tuple(replace(mark, at=mark.at + by) for mark in usage.states),
        flows=tuple(replace(mark, at=mark.at + by) for mark in usage.flows),
        power_at=None if usage.power_at is None else usage.power_at + by,
    )


def _later(register: tuple[Sample, ...], us: int) -> tuple[Sample, ...]:
    return tuple([replace(sample, us=sample.us + us) for sample in register])
