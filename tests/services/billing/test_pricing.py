"""Price messages to 1.6 stations: the price once, the running cost every so often, the cost in the end; off unless the site is named."""

from decimal import Decimal
from typing import Any

import pytest

from schemas.base import Due, Record
from schemas.commands import CommandRequested, CommandSettled
from schemas.pricemessages import ShowFinalCost, ShowRunningCost, ShowUserPrice
from services.billing.issuing import Site
from services.billing.pricing import price_now, with_prices
from services.billing.running import Surroundings
from tests.services.billing.building import BERLIN, component, element, tariff
from tests.services.billing.records import (
    STATION,
    Billing,
    after,
    ended,
    energies,
    metered,
    of,
    rated,
    reading,
    saying_at,
    session,
    station,
)

TARIFF = tariff(element(component("ENERGY", "0.50", vat=19), component("FLAT", "1.00"), component("PARKING_TIME", "6")))


class Shown:
    """A core with its prices shown; `sites` are those that have them."""

    def __init__(self, *sites: str) -> None:
        self.billing: Billing = rated(station(), by=TARIFF)
        self.billing.policy = self.billing.policy._replace(price_sites=frozenset(sites))

    def tells(self, *facts: Record) -> list[Any]:
        """The price messages that the facts lead to, what is decided sent too."""
        found: list[Record] = []
        for fact in facts:
            for event, outputs in self._steps(fact):
                around = Surroundings(self.billing.references, self.billing.policy)
                self.billing.state, said = with_prices(self.billing.state, event, outputs, around)
                found += said
        return [each.command for each in of(found, CommandRequested)]

    def _steps(self, fact: Record) -> list[tuple[Record, list[Record]]]:
        steps = [(fact, self.billing.step(fact))]
        while (at := saying_at(self.billing.state)) is not None:
            due = Due(key=STATION, at=at, sent_at=at)
            steps.append((due, self.billing.step(due)))
        return steps


def running(minutes: float, stop: Any, **changes: Any) -> Any:
    return session(minutes=minutes, **{**energies(1000, stop), "transaction_id": "77", **changes})


@pytest.mark.usecase("1.6:CPR")
def test_the_price_is_shown_once_and_the_running_cost_each_minute() -> None:
    shown = Shown("berlin-1")
    shown.tells(metered(reading(0, 1000), reading(1, 3000)))

    first = shown.tells(running(1, 3000))
    soon = shown.tells(running(1.5, 3500))
    later = shown.tells(running(3, 5000, charging_state="SuspendedEV"))

    assert [type(each) for each in first] == [ShowUserPrice, ShowRunningCost]
    assert first[0].text.startswith("0.595 EUR per kWh; 1.00 EUR per session; 6.00 EUR per hour of parking")
    assert first[1] == ShowRunningCost(
        transaction_id="77",
        at=after(1),
        meter_wh=Decimal(3000),
        cost=first[1].cost,
        kwh_price=Decimal("0.595"),
        flat_fee=Decimal("1"),
        idle_hour_price=Decimal("6"),
    )
    assert first[1].cost > 1
    assert soon == []
    assert [(type(each), each.state) for each in later] == [(ShowRunningCost, "Idle")]


@pytest.mark.usecase("1.6:CPR")
def test_the_cost_in_the_end_is_that_of_the_bill() -> None:
    shown = Shown("*")
    messages = shown.tells(metered(reading(0, 1000), reading(60, 11000)), ended(transaction_id="77"))

    (final,) = [each for each in messages if isinstance(each, ShowFinalCost)]
    assert final.transaction_id == "77"
    assert final.cost == Decimal("6.95")
    assert final.text.startswith("0.595 EUR per kWh")


@pytest.mark.parametrize("sites", [(), ("elsewhere",)])
def test_nothing_is_sent_unless_the_site_is_named(sites: tuple[str, ...]) -> None:
    shown = Shown(*sites)

    assert shown.tells(metered(reading(0, 1000), reading(1, 3000)), running(1, 3000), ended(transaction_id="77")) == []


@pytest.mark.usecase("1.6:CPR")
def test_a_station_that_knows_no_such_messages_is_left_in_peace() -> None:
    shown = Shown("*")
    shown.tells(metered(reading(0, 1000), reading(1, 3000)), running(1, 3000))
    refused = CommandSettled(
        id="o",
        command_id=shown.billing.state.price_command,
        station=session().station,
        command="ShowRunningCost",
        outcome="unsupported",
        settled_at=after(1),
    )
    shown.tells(refused)

    assert shown.tells(running(5, 5000)) == []
    assert shown.tells(running(60 * 24 * 8, 6000)) != []


def test_a_price_that_counts_at_another_time_is_not_shown() -> None:
    by_night = tariff(element(component("ENERGY", "0.50"), start_time="22:00", end_time="06:00"))

    assert price_now(by_night, "ENERGY", running(1, 2000), Site("", BERLIN)) is None
    assert price_now(TARIFF, "TIME", running(1, 2000), Site("", BERLIN)) is None


def test_an_end_that_is_reported_late_is_no_news_for_a_driver() -> None:
    shown = Shown("*")
    late = ended(transaction_id="77", changed_at=after(180))

    assert [
        each
        for each in shown.tells(metered(reading(0, 1000), reading(60, 11000), received_at=after(180)), late)
        if isinstance(each, ShowFinalCost)
    ] == []


@pytest.mark.usecase("C20", "C20.FR.03")
def test_a_session_that_charged_nothing_costs_nothing() -> None:
    billing = rated()
    billing.tell(metered(reading(0, 1000)), ended(minutes=0, stop=1000))

    (cdr,) = billing.cdrs()
    assert cdr.costs is not None
    assert cdr.costs.total.excl_vat == 0
