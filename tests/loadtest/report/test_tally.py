"""What a worker counts, summarised for each action."""

import msgspec
import pytest

from loadtest.report.tally import Stretch, Tally, stretch_of, summarised
from tests.loadtest.proof.entries import entry


def test_an_action_is_summarised_with_its_rate_and_latencies():
    tally = Tally()
    for _ in range(10):
        tally.count_answer("Heartbeat", 0.002)
    tally.count_answer("Authorize", 0.1)

    first, second = summarised(tally, elapsed_s=5)

    assert (first.action, first.count, first.per_s) == ("Heartbeat", 10, 2.0)
    assert second.p99_ms == pytest.approx(100, rel=0.011)


def test_a_stretch_survives_its_way_from_worker_to_conductor():
    tally = Tally()
    tally.count_answer("Heartbeat", 0.002)
    tally.failed("Authorize", "InternalError")
    tally.sessions.append(entry())
    stretch = stretch_of(tally, worker=3, phase="measuring", at_s=1.5, connected=7)

    assert msgspec.json.decode(msgspec.json.encode(stretch), type=Stretch) == stretch
