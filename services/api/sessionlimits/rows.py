"""Session limits as the API takes and gives them. PURE."""

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

import msgspec

from schemas.sessionlimits import LimitStatus, SessionLimitChanged
from schemas.transactionlimits import TransactionLimit
from services.api.tokens.rows import TokenLimits

MEMBERS = TokenLimits.__struct_fields__
"""What may be limited, as the API names it."""


class LimitSession(TokenLimits, frozen=True, kw_only=True):
    """What the session is limited to from now on, besides what its token is limited to. It replaces an earlier order: what is null here
    is limited no longer."""

    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=500, description="Why; it is kept with the session.")]


class SessionLimit(msgspec.Struct, frozen=True, kw_only=True):
    """A limited session. `max_*` is what it is limited to, `station_max_*` what its station said it keeps to, and `kept_by_station` what
    it is left to keep to. `reached` is what was reached first, `value` how far the session was then, in the unit of the limit."""

    session: str
    station: str
    transaction_id: str
    token: str
    max_cost: Decimal | None
    currency: str
    max_energy_wh: Decimal | None
    max_time_s: int | None
    max_soc_percent: int | None
    station_max_cost: Decimal | None
    station_max_energy_wh: Decimal | None
    station_max_time_s: int | None
    station_max_soc_percent: int | None
    kept_by_station: tuple[str, ...]
    status: LimitStatus | str
    reached: str
    value: Decimal | None
    reached_at: dt.datetime | None
    attempts: int
    detail: str
    changed_at: dt.datetime


class SessionLimitFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which limited sessions; None does not filter. `token` in any case."""

    station: str | None = None
    token: str | None = None
    status: str | None = None


ALL_SESSION_LIMITS = SessionLimitFilter()


def session_limit_of(record: SessionLimitChanged) -> SessionLimit:
    """The record as the API gives it."""
    limits = _limits(record.limit, "") | _limits(record.station_limit, "station_") | {"currency": record.limit.currency}
    same: dict[str, Any] = {
        name: getattr(record, name) for name in SessionLimit.__struct_fields__ if name not in limits
    }
    return SessionLimit(**same, **limits)


def _limits(limit: TransactionLimit, prefix: str) -> dict[str, Any]:
    return {prefix + name: getattr(limit, name) for name in MEMBERS}
