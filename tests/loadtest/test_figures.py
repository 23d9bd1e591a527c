"""Percentiles, summaries, shares of workers and the ledger's comparison."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.assignment import Assignment, shared
from loadtest.curve import Charged, advance
from loadtest.histogram import Histogram
from loadtest.html import page
from loadtest.ledger import Entry, Found, differences
from loadtest.outcome import Recording, outcome_of
from loadtest.processes import Usage, Watch
from loadtest.sessions import CURVES, SAMPLE_EVERY_S, charged_after
from loadtest.tally import Stretch, Tally, stretch_of, summarised

AT = datetime(2026, 3, 1, 10, 0, tzinfo=UTC)


def histogram(*seconds: float) -> Histogram:
    counted = Histogram()
    for one in seconds:
        counted.add(one)
    return counted


@given(st.lists(st.floats(0.000_01, 60), min_size=1), st.sampled_from([1, 50, 95, 99, 100]))
def test_a_percentile_is_within_one_percent_of_the_exact_one(latencies, percent):
    exact = sorted(latencies)[max(0, -(-len(latencies) * percent // 100) - 1)]

    assert histogram(*latencies).percentile(percent) == pytest.approx(exact, rel=0.011)


def test_percentiles_of_merged_histograms_are_those_of_all_latencies():
    merged, whole = histogram(0.001, 0.5), histogram(0.001, 0.5, 0.02, 0.3, 0.7)
    merged.merge(histogram(0.02, 0.3, 0.7))

    assert merged.buckets == whole.buckets
    assert merged.count == 5


def test_nothing_counted_has_no_percentile():
    assert Histogram().percentile(99) is None


def test_an_action_is_summarised_with_its_rate_and_latencies():
    tally = Tally()
    for _ in range(10):
        tally.answered("Heartbeat", 0.002)
    tally.answered("Authorize", 0.1)

    first, second = summarised(tally, elapsed_s=5)

    assert (first.action, first.count, first.per_s) == ("Heartbeat", 10, 2.0)
    assert second.p99_ms == pytest.approx(100, rel=0.011)


def test_a_stretch_survives_its_way_from_worker_to_conductor():
    tally = Tally()
    tally.answered("Heartbeat", 0.002)
    tally.failed("Authorize", "InternalError")
    tally.sessions.append(entry())
    stretch = stretch_of(tally, worker=3, phase="measuring", at_s=1.5, connected=7)

    assert msgspec.json.decode(msgspec.json.encode(stretch), type=Stretch) == stretch


def test_what_is_counted_before_and_after_the_measurement_makes_no_rate():
    def told(phase: str, at_s: float) -> Stretch:
        tally = Tally()
        tally.answered("Heartbeat", 0.002)
        tally.counts["sessions"] += 1
        return stretch_of(tally, worker=0, phase=phase, at_s=at_s, connected=1)

    recording = Recording()
    for phase, at_s in (("connecting", 0.0), ("ready", 9.0), ("measuring", 1.0), ("measuring", 2.0), ("settling", 5.0)):
        recording.add(told(phase, at_s))
    outcome = outcome_of(
        recording, scenario="x", options={}, shortcomings=[], connecting_s=9.0, processes=[], timeline=[]
    )

    assert (outcome.elapsed_s, outcome.answers, outcome.answers_per_s, outcome.sessions_per_s) == (2.0, 2, 1.0, 1.0)


def test_the_timeline_puts_all_workers_of_a_second_together():
    recording = Recording()
    for worker in (0, 1):
        tally = Tally()
        tally.answered("Heartbeat", 0.002 * (1 + worker))
        recording.add(stretch_of(tally, worker=worker, phase="measuring", at_s=3.95, connected=5))
    (second,) = recording.timeline({3: ({"gateway": 0.5}, {"gateway": 9})})

    assert (second.at_s, second.answers, second.connected, second.cores) == (3, 2, 10, {"gateway": 0.5})


def assignment(**other: object) -> Assignment:
    values = {
        "scenario": "sessions",
        "worker": 0,
        "url": "ws://127.0.0.1:1/ocpp",
        "prefix": "LOAD",
        "first": 0,
        "stations": 10,
        "active": 7,
        "seconds": 1.0,
        "versions": ("1.6", "2.1"),
        "password": "",
        "seed": 1,
        "ramp_per_s": 100.0,
        "rate_per_s": 9.0,
        "think_s": 0.0,
        "meter_values": 5,
        "timeout_s": 5.0,
        "sources": (),
        "backdate_s": 0.0,
        "fact": "meter-values",
        "drop": "ours",
        "spread_s": 0.0,
    }
    return Assignment(**(values | other))


def test_workers_share_stations_active_ones_and_rate_without_overlap():
    shares = shared(assignment(), 3)

    assert [(share.first, share.stations, share.active) for share in shares] == [(0, 4, 3), (4, 3, 2), (7, 3, 2)]
    assert [share.rate_per_s for share in shares] == [3.0] * 3


def test_names_versions_and_source_addresses_go_in_turn():
    whole = assignment(sources=("127.0.0.2", "127.0.0.3"))

    assert [whole.version_of(number) for number in range(3)] == ["1.6", "2.1", "1.6"]
    assert [whole.source_of(number) for number in range(3)] == ["127.0.0.2", "127.0.0.3", "127.0.0.2"]
    assert whole.name_of(7) == "LOAD-00007"
    assert len(whole.token_of(99_999)) <= 20


def test_remembered_energy_is_what_charging_gives():
    assert charged_after(CURVES[3], 6) == advance(CURVES[3], Charged(), 6 * SAMPLE_EVERY_S)


# -- the ledger -------------------------------------------------------------------------------------------------------


def entry(**other: object) -> Entry:
    values = {
        "station": "A",
        "transaction_id": "1",
        "state": "ended",
        "started_at": AT,
        "meter_start_wh": 1_000,
        "meter_stop_wh": 1_161,
        "facts": 7,
    }
    return Entry(**(values | other))


def found(**other: object) -> Found:
    values = {
        "session": "s1",
        "station": "A",
        "transaction_id": "1",
        "status": "ended",
        "energy_wh": Decimal(161),
        "started_at": AT,
    }
    return Found(**(values | other))


def test_a_session_that_is_there_once_with_its_energy_makes_no_difference():
    assert differences([entry()], [found()]) == []


@pytest.mark.parametrize(
    ("sessions", "kind"),
    [
        ([], "missing"),
        ([found(), found(session="s2")], "duplicate"),
        ([found(energy_wh=Decimal("160.9"))], "energy"),
        ([found(energy_wh=None)], "energy"),
        ([found(status="active")], "not ended"),
    ],
)
def test_each_way_to_differ_is_told(sessions, kind):
    assert [difference.kind for difference in differences([entry()], sessions)] == [kind]


def test_a_session_that_no_station_had_is_told():
    assert [d.kind for d in differences([entry()], [found(), found(transaction_id="2", session="s2")])] == ["unknown"]


def test_an_unacknowledged_start_may_or_may_not_have_made_a_session():
    unsure = entry(transaction_id="", state="unsure", meter_stop_wh=None)

    assert differences([unsure], []) == []
    assert differences([unsure], [found()]) == []


def test_an_open_session_must_exist_and_its_energy_is_not_compared():
    still_open = entry(state="open", meter_stop_wh=None)

    assert differences([still_open], [found(status="active", energy_wh=Decimal(3))]) == []
    assert [difference.kind for difference in differences([still_open], [])] == ["missing"]


def test_energy_comes_from_the_api_as_text_or_number():
    for energy in ("161", "161.0", 161):
        told = msgspec.json.encode(msgspec.to_builtins(found()) | {"energy_wh": energy})

        assert differences([entry()], [msgspec.json.decode(told, type=Found)]) == []


# -- processes --------------------------------------------------------------------------------------------------------


class Scripted(Watch):
    """A watch over a process that uses what the test says."""

    def __init__(self, *usages: Usage) -> None:
        self._usages = iter(usages)
        super().__init__([])

    def look(self) -> dict[str, Usage]:
        return {"gateway": next(self._usages)}


def test_cpu_per_thousand_calls_counts_from_go_to_end_and_memory_from_the_start():
    watch = Scripted(
        Usage(at_s=0, cpu_s=10, rss_bytes=1_000_000),
        Usage(at_s=5, cpu_s=11, rss_bytes=2_000_000),
        Usage(at_s=9, cpu_s=13, rss_bytes=3_000_000),
    )
    watch.go()
    watch.end()
    (summary,) = watch.summary(calls=4_000, connections=100)

    assert (summary.cpu_s, summary.cores, summary.cpu_s_per_1000_calls) == (2.0, 0.5, 0.5)
    assert summary.bytes_per_connection == 20_000


# -- the report page --------------------------------------------------------------------------------------------------


def test_the_page_shows_charts_tables_and_differences_and_fetches_nothing():
    recording = Recording()
    for at_s in (0.95, 1.95, 2.95):
        tally = Tally()
        tally.answered("Heart<beat>", 0.002)
        tally.failed("Authorize", "InternalError")
        recording.add(stretch_of(tally, worker=0, phase="measuring", at_s=at_s, connected=5))
    outcome = outcome_of(
        recording,
        scenario="sessions",
        options={"stations": 5},
        shortcomings=["interrupted"],
        connecting_s=1.0,
        processes=[],
        timeline=recording.timeline({0: ({"gateway": 0.5}, {"gateway": 9_000_000})}),
    )
    told = differences([entry()], [])
    text = page(msgspec.structs.replace(outcome, differences=told))

    assert text.count("<svg") == 6
    assert "Heart&lt;beat&gt;" in text
    assert "Authorize: InternalError" in text
    assert "missing" in text
    assert "interrupted" in text
    assert "http" not in text
    assert "<script" not in text
