"""Ordering: who is concerned, whose part of a site's limit is how great, and what each is told."""

from decimal import Decimal

from schemas.demandresponse import DemandEventOrdered
from schemas.stations import ConnectorState
from services.api.demandresponse.ordering import Told, concerned, needs_baseline, orders, told
from tests.services.api.builders import NOON, a_state
from tests.services.api.demandresponse.worlds import some_terms


def connectors(count: int) -> tuple[ConnectorState, ...]:
    return tuple(ConnectorState(evse=n + 1, connector=1, status="Available", at=NOON) for n in range(count))


def test_stations_that_are_there_are_told_first_and_removed_ones_never() -> None:
    stations = [a_state(station="A", connected=False), a_state(station="B"), a_state(station="C", removed=True)]

    assert [each.station for each in concerned(stations, some_terms(), "")] == ["B", "A"]


def test_a_sites_limit_is_divided_by_evses() -> None:
    stations = [
        a_state(station="A", site="s", connectors=connectors(3)),
        a_state(station="B", site="s", connectors=connectors(1)),
        a_state(station="C", site="t", connectors=()),
    ]
    parts = {each.station: each.part for each in told(stations, some_terms(per="site"))}

    assert parts == {"A": Decimal("0.75"), "B": Decimal("0.25"), "C": Decimal(1)}
    assert {each.part for each in told(stations, some_terms())} == {Decimal(1)}


def test_ramps_and_percentages_need_a_baseline() -> None:
    assert not needs_baseline(some_terms())
    assert needs_baseline(some_terms(ramp_up_min=1))
    assert needs_baseline(some_terms(limit_w=None, percent=Decimal(50)))


def test_orders_have_ids_of_their_cause_and_the_stations_own_baseline() -> None:
    ordered = DemandEventOrdered(id="o", event="e", edition=2, terms=some_terms(), requested_at=NOON, tenant="acme")
    made = orders(ordered, [Told(station="A"), Told(station="B", part=Decimal("0.5"))], {"A": Decimal(7)})

    assert made == orders(ordered, [Told(station="A"), Told(station="B", part=Decimal("0.5"))], {"A": Decimal(7)})
    assert [(each.station, each.baseline_w, each.part) for each in made] == [("A", 7, 1), ("B", None, Decimal("0.5"))]
    assert {(each.edition, each.owner, each.ordered_at) for each in made} == {(2, "acme", NOON)}
