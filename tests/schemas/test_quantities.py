"""Measurement locations are ranked."""

from schemas.quantities import LOCATIONS, location_rank


def test_the_outlet_ranks_best_and_an_unknown_location_last() -> None:
    assert location_rank("Outlet") == 0
    assert all(location_rank(location) < location_rank("Roof") for location in LOCATIONS)
