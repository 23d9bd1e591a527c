"""Percentiles of latencies, counted in buckets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.report.histogram import Histogram


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
