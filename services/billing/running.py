"""Running: publishes the cost of a running session to its station, in an answer or by CostUpdated (I02), and to its limit. PURE."""

from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.base import Record, derived_id
from schemas.billing import BilledSession, CostAsked, CostUpdated, StationBilling
from schemas.commands import CommandRequested
from schemas.sessionlimits import SessionCosted
from schemas.tariffs import Tariff
from schemas.tarifftranslation import described
from schemas.transactions import SessionChanged
from services.billing.answering import answer_cost_so_far
from services.billing.issuing import Site, running_cost
from services.billing.lookup import References, site_of, tariff_for
from services.billing.sessions import is_running, put_session
from services.billing.times import believable_times

COST_TTL = timedelta(seconds=30)
COST_TIMEOUT_S = 15.0
COST_PRIORITY = 9
"""The lowest priority: commands of operators go first."""

LIMITED_EVERY = timedelta(seconds=30)
"""How often the cost is told to a station that keeps to a limit of cost."""

COST_REFUSED_FOR = timedelta(days=7)
"""After this time CostUpdated is tried again: a new firmware may support it."""

LONGEST_TRANSACTION_ID = 36

EVERY_SITE = "*"
TEXT_MOST = 512
"""Characters of a tariff in words that every 2.x station takes."""


class Policy(NamedTuple):
    """The policy: the time zone of stations without one, how often CostUpdated is sent (None: never), and how long the bill of a
    session with a presumed end waits. `text_sites`: sites whose stations show the tariff
    in words (EVERY_SITE: all); `price_sites`: those whose 1.6 stations get price messages."""

    default_zone: ZoneInfo
    cost_every: timedelta | None = None
    presumed_grace: timedelta = timedelta(minutes=10)
    text_sites: frozenset[str] = frozenset()
    price_sites: frozenset[str] = frozenset()


class Surroundings(NamedTuple):
    """What a step needs besides state and record."""

    references: References
    policy: Policy


def publish_running_cost(
    state: StationBilling, session: BilledSession, around: Surroundings
) -> tuple[StationBilling, list[Record]]:
    """Put an unbilled session into the state, answer a cost request, and send CostUpdated where it is due and the session runs."""
    snapshot = session.snapshot
    assert snapshot is not None
    every, request = _cost_every(snapshot, around.policy), session.asked
    limited = is_running(session) and snapshot.limit.max_cost is not None
    wanted = every is not None and is_running(session) and not _is_unsupported(state, snapshot)
    wanted = wanted and every is not None and _is_due(session, snapshot, every)
    if request is None and not wanted and not limited:
        return put_session(state, session), []
    session = replace(session, asked=None)
    site = site_of(around.references, state.station, around.policy.default_zone)
    believable = believable_times(session)
    tariff = tariff_for(around.references, believable.snapshot, site)
    cost = running_cost(believable, tariff, site)
    text = _text(request, tariff, site, around.policy.text_sites)
    if text and (digest := derived_id(text)) != session.text_told:
        session = replace(session, text_told=digest)
    else:
        text = ""
    outputs = answer_cost_so_far(request, snapshot, cost, text)
    if limited and cost is not None and tariff is not None and cost != session.cost_published:
        session = replace(session, cost_published=cost)
        outputs = [*outputs, _costed(snapshot, cost, tariff.currency)]
    if cost is None or not wanted or cost == session.cost_told:
        return put_session(state, session), outputs
    command = _cost_update(session, snapshot, cost)
    state = replace(state, cost_command=command.id)
    return put_session(state, replace(session, cost_told_at=snapshot.changed_at, cost_told=cost)), [*outputs, command]


def _text(request: CostAsked | None, tariff: Tariff | None, site: Site, sites: frozenset[str]) -> str:
    """The tariff in words for the driver, where the answer may carry it (I06.FR.01)."""
    shown = EVERY_SITE in sites or site.name in sites
    return described(tariff, TEXT_MOST) if request is not None and tariff is not None and shown else ""


def _cost_every(snapshot: SessionChanged, policy: Policy) -> timedelta | None:
    """How often the station is told the cost; one that keeps to a limit of cost needs it to know when to stop (E16.FR.11)."""
    if "cost" not in snapshot.limit_kept:
        return policy.cost_every
    return LIMITED_EVERY if policy.cost_every is None else min(policy.cost_every, LIMITED_EVERY)


def _costed(snapshot: SessionChanged, cost: Decimal, currency: str) -> SessionCosted:
    return SessionCosted(
        id=derived_id(snapshot.id, snapshot.session, "costed"),
        station=snapshot.station,
        session=snapshot.session,
        token=snapshot.token,
        cost=cost,
        currency=currency,
        at=snapshot.changed_at,
    )


def _cost_update(session: BilledSession, snapshot: SessionChanged, cost: Decimal) -> CommandRequested:
    at = snapshot.changed_at
    return CommandRequested(
        id=derived_id(snapshot.id, session.session, "cost-updated"),
        station=snapshot.station,
        command=CostUpdated(transaction_id=snapshot.transaction_id, total_cost=cost),
        requested_at=at,
        expires_at=at + COST_TTL,
        priority=COST_PRIORITY,
        when_offline="fail",
        timeout_s=COST_TIMEOUT_S,
        requested_by="billing",
    )


def _is_unsupported(state: StationBilling, snapshot: SessionChanged) -> bool:
    at = state.cost_refused_at
    return at is not None and snapshot.changed_at - at < COST_REFUSED_FOR


def _is_due(session: BilledSession, snapshot: SessionChanged, every: timedelta) -> bool:
    if not 0 < len(snapshot.transaction_id) <= LONGEST_TRANSACTION_ID:
        return False
    return session.cost_told_at is None or snapshot.changed_at - session.cost_told_at >= every
