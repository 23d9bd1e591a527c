"""Demand response: which stations are in the scope of an event."""

import datetime as dt

from schemas.demandresponse import DemandTerms, in_scope
from schemas.stations import StationChanged

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
STATION = StationChanged(
    id="1", station="A", revision=1, site="berlin-1", labels={"grid": "west"}, tenant="acme", changed_at=NOON
)


def terms(**members: object) -> DemandTerms:
    return DemandTerms(from_at=NOON, to_at=NOON, **members)  # type: ignore[arg-type]


def test_without_sites_and_labels_every_station_of_the_tenant_is_in_the_scope() -> None:
    assert in_scope(terms(), "acme", STATION)
    assert in_scope(terms(), "", STATION)
    assert not in_scope(terms(), "umbrella", STATION)


def test_a_station_has_one_of_the_sites_and_all_of_the_labels() -> None:
    assert in_scope(terms(sites=("x", "berlin-1"), labels={"grid": "west"}), "acme", STATION)
    assert not in_scope(terms(sites=("x",)), "acme", STATION)
    assert not in_scope(terms(labels={"grid": "west", "kind": "fast"}), "acme", STATION)
