"""Limits: what a session is limited to by us, and what its station keeps to (2.1, E16). PURE."""

from decimal import Decimal

from schemas.states.transactions import SessionState
from schemas.transactionlimits import MEMBERS, LimitKind, TransactionLimit, stricter


def limit_of(session: SessionState) -> TransactionLimit:
    """What the session is limited to by us."""
    return stricter(session.limits.token, session.limits.ordered)


def station_limit(session: SessionState) -> TransactionLimit:
    """What its station said it keeps to."""
    values = {each.kind: each.value for each in session.limits.station}
    return TransactionLimit(
        max_cost=values.get("cost"),
        max_energy_wh=values.get("energy"),
        max_time_s=_whole(values.get("time")),
        max_soc_percent=_whole(values.get("soc")),
    )


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)


def kept_by_station(session: SessionState) -> tuple[LimitKind, ...]:
    """The limits of ours that its station keeps to, for it said the same or less (E16.FR.08)."""
    ours, theirs = limit_of(session), station_limit(session)
    return tuple(kind for kind, member in MEMBERS.items() if is_within(getattr(theirs, member), getattr(ours, member)))


def is_within(theirs: Decimal | int | None, ours: Decimal | int | None) -> bool:
    """Whether a limit is known and no greater than another that is."""
    return theirs is not None and ours is not None and theirs <= ours
