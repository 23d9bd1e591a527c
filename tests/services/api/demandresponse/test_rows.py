"""Rows: an event has its terms and what it is, a station what it was told."""

from services.api.demandresponse.rows import event_of, station_of
from tests.services.api.builders import STATION
from tests.services.api.demandresponse.worlds import an_event, at_a_station


def test_an_event_is_its_terms_and_its_standing() -> None:
    row = event_of(an_event(opted_out=("berlin-1",)))

    assert (row.title, row.limit_w, row.status, row.opted_out) == ("Evening peak", 4_200, "active", ("berlin-1",))


def test_a_station_has_what_it_was_told() -> None:
    row = station_of(at_a_station())

    assert (row.station, row.least, row.unit, row.status) == (STATION, 4_200, "W", "accepted")
