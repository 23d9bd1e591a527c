"""Settings of `demandresponse`."""

from services.demandresponse.settings import DemandResponseSettings


def test_stations_are_told_ten_minutes_ahead_by_default() -> None:
    assert DemandResponseSettings().demand_response_ahead_s == 600
