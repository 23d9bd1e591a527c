"""Judging: whether a session has reached its limit, and when it will by what is known of its pace. PURE."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from schemas.sessionlimits import LimitedSession, Progress, Reached
from schemas.transactionlimits import LimitKind

FORESEEN = Decimal("1.5")
"""So far ahead a pace is believed, in intervals between the last two readings: until soon after the next one should have come."""

MICROSECOND = timedelta(microseconds=1)


class Verdict(NamedTuple):
    """What was reached, and how far the session was."""

    reached: Reached
    value: Decimal | None


def judge(session: LimitedSession, at: datetime) -> Verdict | None:
    """What the session has reached at a moment; of several the one that its station does not keep to. None: nothing.

    Energy and cost are carried on at their last pace, so that a session ends at its limit and not one reading later.
    """
    found = [each for each in (_cost(session, at), _energy(session, at), _time(session, at), _soc(session)) if each]
    return min(found, key=lambda each: each.reached in session.kept, default=None)


def _cost(session: LimitedSession, at: datetime) -> Verdict | None:
    most = session.limit.max_cost
    if most is None or session.cost is None:
        return Verdict("cost", Decimal(0)) if most is not None and most <= 0 else None
    if session.limit.currency and session.currency and session.currency != session.limit.currency:
        return Verdict("currency", session.cost.value)
    return _carried("cost", session.cost, most, at)


def _energy(session: LimitedSession, at: datetime) -> Verdict | None:
    most = session.limit.max_energy_wh
    return None if most is None or session.energy is None else _carried("energy", session.energy, most, at)


def _carried(kind: LimitKind, progress: Progress, most: Decimal, at: datetime) -> Verdict | None:
    if progress.value >= most:
        return Verdict(kind, progress.value)
    reached_at = foreseen(progress, most)
    return Verdict(kind, most) if reached_at is not None and reached_at <= at else None


def _time(session: LimitedSession, at: datetime) -> Verdict | None:
    ends_at = _time_is_up(session)
    seconds = Decimal((at - session.began_at) // timedelta(seconds=1))
    return Verdict("time", seconds) if ends_at is not None and at >= ends_at else None


def _time_is_up(session: LimitedSession) -> datetime | None:
    most = session.limit.max_time_s
    return None if most is None else session.began_at + timedelta(seconds=most)


def _soc(session: LimitedSession) -> Verdict | None:
    most, soc = session.limit.max_soc_percent, session.soc_percent
    return Verdict("soc", soc) if most is not None and soc is not None and soc >= most else None


def foreseen(progress: Progress, most: Decimal) -> datetime | None:
    """When it reaches `most` at its last pace; None where that is too far ahead to tell, or nothing moves."""
    if progress.before is None or progress.before_at is None or progress.value <= progress.before:
        return None
    interval_us = (progress.at - progress.before_at) // MICROSECOND
    if interval_us <= 0:
        return None
    share = (most - progress.value) / (progress.value - progress.before)
    if not 0 <= share <= FORESEEN:
        return None
    return progress.at + MICROSECOND * int(share * interval_us)


def next_moment(session: LimitedSession) -> datetime | None:
    """When the session may reach a limit next, without anything new being said of it."""
    moments = [_time_is_up(session)]
    for progress, most in ((session.cost, session.limit.max_cost), (session.energy, session.limit.max_energy_wh)):
        if progress is not None and most is not None:
            moments.append(foreseen(progress, most))
    return min((each for each in moments if each is not None), default=None)


def moved(progress: Progress | None, value: Decimal, at: datetime) -> Progress:
    """The progress after a further word; one of the same moment or an earlier one changes nothing.

    The same value again ends the pace once it is as old as the interval before: then nothing moves.
    """
    if progress is None:
        return Progress(value=value, at=at)
    if at <= progress.at:
        return progress
    if value != progress.value:
        return Progress(value=value, at=at, before=progress.value, before_at=progress.at)
    if progress.before_at is None or at - progress.at < progress.at - progress.before_at:
        return progress
    return Progress(value=value, at=at)
