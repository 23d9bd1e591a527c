"""Identity: recognises repeated facts, and derives session ids. PURE."""

from datetime import timedelta

from schemas.anomalies import Anomaly
from schemas.base import Timestamp, derived_id
from schemas.clocks import is_believable
from schemas.deviations import Deviation
from schemas.startnumbers import content_digest, token_key_of
from schemas.transactionlimits import NO_LIMIT
from schemas.transactions import MeterValuesReported, TransactionReported

PLACEHOLDERS = frozenset({"", "-1", "0"})
"""Transaction ids of stations that have none to send."""

BEHIND = timedelta(hours=12)
LONG_ENOUGH = timedelta(minutes=5)
STEADY = timedelta(minutes=1)


def fact_digest(fact: TransactionReported | MeterValuesReported) -> str:
    """A digest of a fact, without members that change when it is sent again (message id, offline flag, our times)."""
    values = [
        (m.at if m.at != fact.received_at else None, m.samples) for m in fact.meter_values
    ]  # None: a time of ours
    if isinstance(fact, MeterValuesReported):
        return content_digest(("meter-values", fact.evse, fact.transaction_id, values))
    at = fact.at if fact.at_source == "station" else None
    who = (fact.event, fact.transaction_id, fact.seq_no, at, fact.evse, fact.connector, token_key_of(fact))
    what = (fact.trigger, fact.charging_state, fact.stopped_reason, fact.meter_wh, values)
    # a limit is left out where there is none, so that digests stay what they were
    return content_digest((who, what) if fact.limit == NO_LIMIT else (who, what, fact.limit))


def session_id(station: str, transaction_id: str, at: Timestamp) -> str:
    """The id of the session that a fact opens; the same transaction id at a later time is another session."""
    return derived_id("session", station, transaction_id, at.isoformat())


def clock_doubts(fact: TransactionReported) -> tuple[Anomaly, ...]:
    """The anomalies of the time of a fact.

    A late report alone is none: 1.6 stations send queued messages unmarked; 2.x marks them as offline (E04).
    """
    if Deviation.TIME_IMPOSSIBLE in fact.deviations:
        return (Anomaly.CLOCK_SUSPECT,)
    if fact.at_source == "gateway":
        return (Anomaly.CLOCK_UNREADABLE,)
    late = fact.at < fact.received_at - BEHIND and fact.seq_no is not None and not fact.offline
    return (Anomaly.CLOCK_SUSPECT,) if late or is_impossible(fact.at, fact.received_at) else ()


def is_steadily_late(started: tuple[Timestamp, Timestamp], ended: tuple[Timestamp, Timestamp]) -> bool:
    """Whether start and end are late by the same long time: then the clock is wrong, because queued messages arrive together."""
    (start_at, start_heard_at), (end_at, end_heard_at) = started, ended
    lag = start_heard_at - start_at
    lasted = end_heard_at - start_heard_at
    return lag > BEHIND and lasted > LONG_ENOUGH and abs((end_heard_at - end_at) - lag) < STEADY


def is_impossible(at: Timestamp, heard_at: Timestamp) -> bool:
    """Whether a fact received at `heard_at` cannot have happened at `at`; a time long ago is possible, as stations can be offline."""
    return not is_believable(at, heard_at)


def is_before(at: Timestamp, other: Timestamp) -> bool:
    """Whether one time is before the other. A time in whole seconds is not before any moment of its second."""
    return at < (other.replace(microsecond=0) if at.microsecond == 0 else other)
