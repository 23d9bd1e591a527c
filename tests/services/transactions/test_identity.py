"""Repeated facts are recognised, and times are doubted."""

import datetime as dt

from schemas.anomalies import Anomaly
from services.transactions.identity import clock_doubts, fact_digest, is_before, is_steadily_late, session_id
from tests.services.transactions.records import after, metered, reported, start_16

HOUR = dt.timedelta(hours=1)


def test_a_fact_that_is_sent_again_has_the_same_digest() -> None:
    assert fact_digest(reported("m1")) == fact_digest(reported("m9", received_at=after(500), offline=True))
    assert fact_digest(reported("m1")) != fact_digest(reported("m1", seq_no=77))
    assert fact_digest(metered()) != fact_digest(metered(evse=2))


def test_a_transaction_id_that_comes_again_is_another_session() -> None:
    assert session_id("A", "1", after(0)) == session_id("A", "1", after(0)) != session_id("A", "1", after(1))


def test_a_time_far_ahead_is_doubted_and_a_queued_one_is_not() -> None:
    assert clock_doubts(start_16(at=after(0), received_at=after(0) - HOUR)) == (Anomaly.CLOCK_SUSPECT,)
    assert clock_doubts(start_16(at=after(0), received_at=after(0) + 48 * HOUR)) == ()
    assert clock_doubts(start_16(at_source="gateway")) == (Anomaly.CLOCK_UNREADABLE,)


def test_start_and_end_that_are_late_by_the_same_show_a_wrong_clock() -> None:
    start, end = after(0), after(60)

    assert is_steadily_late((start, start + 24 * HOUR), (end, end + 24 * HOUR))
    assert not is_steadily_late((start, end + 24 * HOUR), (end, end + 24 * HOUR))


def test_a_time_in_whole_seconds_is_not_before_a_moment_of_its_second() -> None:
    second = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)

    assert not is_before(second, second.replace(microsecond=900_000))
    assert is_before(second, second + dt.timedelta(seconds=1))
