"""Metrics of `demandresponse`."""

from services.demandresponse.metrics import OPENADR_POLLS, STATIONS


def test_stations_are_counted_by_status_and_never_by_their_name() -> None:
    assert STATIONS._labelnames == ("status",)


def test_polls_are_counted_by_result() -> None:
    assert OPENADR_POLLS._labelnames == ("result",)
