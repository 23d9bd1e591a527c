"""Metrics of `demandresponse`."""

from services.demandresponse.metrics import STATIONS


def test_stations_are_counted_by_status_and_never_by_their_name() -> None:
    assert STATIONS._labelnames == ("status",)
