"""Identity: which facts are the same fact, which transaction has which number, which session has which id. PURE."""

import hashlib
from collections.abc import Set
from datetime import timedelta

import msgspec

from schemas.authorization import token_key
from schemas.base import Timestamp, derived_id
from schemas.transactions import Anomaly, MeterValuesReported, TransactionReported

LARGEST_NUMBER = 2**31 - 1
"""Transaction numbers are positive signed 32-bit integers: some stations store them so."""

PLACEHOLDERS = frozenset({"", "-1", "0"})
"""What stations send that have no transaction id to send."""

FIRST_BELIEVABLE_YEAR = 2015
AHEAD = timedelta(minutes=15)
BEHIND = timedelta(hours=12)

_encode = msgspec.json.Encoder().encode


def fact_digest(fact: TransactionReported | MeterValuesReported) -> str:
    """The content of a fact, without what a station changes when it sends it again (message id, offline flag, our times)."""
    values = [
        (m.at if m.at != fact.received_at else None, m.samples) for m in fact.meter_values
    ]  # None: a time of ours
    if isinstance(fact, MeterValuesReported):
        return _digest(("meter-values", fact.evse, fact.transaction_id, values))
    at = fact.at if fact.at_source == "station" else None
    who = (fact.event, fact.transaction_id, fact.seq_no, at, fact.evse, fact.connector, _key(fact))
    what = (fact.trigger, fact.charging_state, fact.stopped_reason, fact.meter_wh, values)
    return _digest((who, what))


def start_key(fact: TransactionReported) -> str:
    """The content of a start that brings no transaction id: station, connector, time, meter start and token."""
    at = fact.at if fact.at_source == "station" else None
    return _digest((fact.station, fact.evse, fact.connector, at, fact.meter_wh, _key(fact)))


def transaction_number(key: str, fact: TransactionReported, *, taken: Set[str]) -> str:
    """The transaction id we give to a start: made of its content, moved on where the station's memory has it already.

    Without a time of the station the content may come again in earnest: then our own time tells the starts apart.
    """
    cause = key if fact.at_source == "station" else f"{key}{fact.received_at.isoformat()}"
    number = int.from_bytes(hashlib.blake2b(cause.encode(), digest_size=8).digest()) % LARGEST_NUMBER + 1
    while str(number) in taken:
        number = number % LARGEST_NUMBER + 1
    return str(number)


def session_id(station: str, transaction_id: str, at: Timestamp) -> str:
    """The id of the session that a fact opens: a transaction id that comes again later is another session."""
    return derived_id("session", station, transaction_id, at.isoformat())


def clock_doubts(fact: TransactionReported) -> tuple[Anomaly, ...]:
    """What is odd about the time a fact says it happened."""
    if fact.at_source == "gateway":
        return (Anomaly.CLOCK_UNREADABLE,)
    late = fact.at < fact.received_at - BEHIND and not fact.offline
    return (Anomaly.CLOCK_SUSPECT,) if late or is_impossible(fact.at, fact.received_at) else ()


def is_impossible(at: Timestamp, heard_at: Timestamp) -> bool:
    """No time at which something can have happened that was heard then; what lies behind may have been offline."""
    return at.year < FIRST_BELIEVABLE_YEAR or at > heard_at + AHEAD


def _key(fact: TransactionReported) -> str:
    return token_key(fact.token.value) if fact.token is not None else ""


def _digest(content: object) -> str:
    return hashlib.blake2b(_encode(content), digest_size=9).hexdigest()
