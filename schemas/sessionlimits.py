"""Session limits: sessions that are limited by cost, energy, time or state of charge, and those that were stopped by that (E16).

2.1 stations that keep to a limit end or suspend the session themselves. All others are stopped by the service `sessionlimits`, by a
remote stop when the limit is reached.
"""

from decimal import Decimal
from typing import Literal

import msgspec

from schemas.authorization import IdToken
from schemas.base import Record, Timestamp
from schemas.topic import Topic
from schemas.transactionlimits import NO_LIMIT, LimitKind, TransactionLimit

Reached = LimitKind | Literal["currency"]
"""What was reached. `currency`: the session costs money in another currency than its limit is in, which nothing can compare."""

LimitStatus = Literal["watched", "reached", "stopping", "stopped", "kept", "not-stopped"]
"""`reached`: its station keeps to the limit, and is waited for. `stopping`: it is asked to stop. `stopped`: it is over since. `kept`: it is
over, and no limit was reached. `not-stopped`: its station did not stop it, and is asked no more."""


class SessionCosted(Record, frozen=True, kw_only=True, tag="session-costed"):
    """What a running session with a limit of cost costs so far, by billing. `at` is our time of the session's change."""

    id: str
    station: str
    session: str
    token: IdToken | None = None
    cost: Decimal
    currency: str
    at: Timestamp


class SessionLimitChanged(Record, frozen=True, kw_only=True, tag="session-limit-changed"):
    """A limited session, after a change; the newest `revision` stands for all before.

    `reached` is what was reached first, `value` how far the session was then (in the unit of the limit), `attempts` how often its
    station was asked to stop, and `detail` what came of the last time. `kept_by_station` are the limits that its station keeps to,
    `station_limit` what it said it keeps to: also what a driver or a payment terminal set there (C23).
    """

    id: str
    station: str
    session: str
    revision: int
    transaction_id: str
    token: str = ""
    limit: TransactionLimit = NO_LIMIT
    station_limit: TransactionLimit = NO_LIMIT
    kept_by_station: tuple[LimitKind, ...] = ()
    status: LimitStatus
    reached: Reached | Literal[""] = ""
    value: Decimal | None = None
    reached_at: Timestamp | None = None
    attempts: int = 0
    detail: str = ""
    changed_at: Timestamp


# -- state of `sessionlimits` for a station ---------------------------------------------------------------------------


class Progress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How far a session is in one thing, and how far it was before: at our times."""

    value: Decimal
    at: Timestamp
    before: Decimal | None = None
    before_at: Timestamp | None = None


class Stopping(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A stop that the station was asked for: until when its outcome, and then the end of the session, is waited for."""

    command_id: str
    until: Timestamp
    settled: bool = False


class LimitedSession(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A limited session. `began_at` is its start, or our time of its first change where that is no time. `changed_at` is that of its newest
    snapshot. `not_before` is when its station may be asked again. `said` is what was published of it last."""

    session: str
    transaction_id: str
    token: str = ""
    limit: TransactionLimit = NO_LIMIT
    station_limit: TransactionLimit = NO_LIMIT
    kept: tuple[LimitKind, ...] = ()
    began_at: Timestamp
    changed_at: Timestamp
    over: bool = False
    suspended: bool = False
    energy: Progress | None = None
    cost: Progress | None = None
    currency: str = ""
    soc_percent: Decimal | None = None
    reached: Reached | Literal[""] = ""
    value: Decimal | None = None
    reached_at: Timestamp | None = None
    stopping: Stopping | None = None
    attempts: int = 0
    detail: str = ""
    not_before: Timestamp | None = None
    said: SessionLimitChanged | None = None


class StationSessionLimits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The limited sessions of a station. `costs` came before their session was known."""

    station: str
    sessions: tuple[LimitedSession, ...] = ()
    costs: tuple[SessionCosted, ...] = ()


SESSION_COSTS = Topic(
    name="csms.session-costs",
    meaning="What running sessions with a limit of cost cost so far.",
    records=(SessionCosted,),
)
SESSION_LIMITS = Topic(
    name="csms.session-limits",
    meaning="Each limited session, after every change: watched, reached, stopped.",
    records=(SessionLimitChanged,),
)

TOPICS = (SESSION_COSTS, SESSION_LIMITS)
