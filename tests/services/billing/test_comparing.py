"""Our bill beside what the station computed: kept, compared, and the bill stays ours."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from schemas.authorization import IdToken
from schemas.base import ReplyTo
from schemas.stationcosts import StationAmount, StationCost
from schemas.transactions import TransactionDecided
from services.billing.comparing import differs
from tests.services.billing.building import component, element, tariff
from tests.services.billing.records import (
    ENERGY,
    assigned,
    ended,
    energies,
    metered,
    of,
    provisioned,
    rated,
    reading,
    session,
)

READINGS = metered(reading(0, 1000), reading(60, 11000))


def cost(incl: str | None = "5.95", **changes) -> StationCost:
    total = StationAmount(excl_tax=Decimal("5.00"), incl_tax=None if incl is None else Decimal(incl))
    return StationCost(**{"currency": "EUR", "total": total} | changes)


def billed(station_cost: StationCost | None, **changes):
    billing = rated(**changes)
    billing.tell(READINGS, ended(station_cost=station_cost, station_tariff="t-1"))
    return billing.cdrs()


@pytest.mark.usecase("I12")
def test_the_stations_cost_is_kept_beside_the_bill() -> None:
    (cdr,) = billed(cost())

    assert cdr.costs is not None
    assert cdr.costs.total.incl_vat == Decimal("5.95")
    assert (cdr.station_tariff, cdr.station_cost, cdr.anomalies) == ("t-1", cost(), ())


@pytest.mark.usecase("I12")
@pytest.mark.parametrize("theirs", [cost("5.93"), cost("6.10"), cost(currency="CHF"), cost(None)])
def test_another_cost_is_an_anomaly_and_the_bill_stays(theirs) -> None:
    (cdr,) = billed(theirs)

    assert cdr.anomalies == ("cost-differs",)
    assert cdr.costs is not None
    assert cdr.costs.total.incl_vat == Decimal("5.95")


@pytest.mark.parametrize(
    "theirs", [cost("5.96"), cost("5.94"), cost("1", failed=True), cost(total=StationAmount()), None]
)
def test_a_rounded_an_uncalculated_and_an_absent_cost_are_no_anomaly(theirs) -> None:
    (cdr,) = billed(theirs)

    assert cdr.anomalies == ()


def test_a_session_without_a_price_is_not_compared() -> None:
    (cdr,) = billed(cost("9"))
    assert differs(cdr, cost("9"))
    assert not differs(replace(cdr, costs=None, unrated="no-tariff"), cost("9"))


def test_the_stations_word_alone_makes_no_new_bill() -> None:
    billing = rated()
    billing.tell(READINGS, ended())
    billing.tell(ended(station_cost=cost("7"), revision=2, changed_at=ended().changed_at.replace(minute=59)))

    assert len(billing.cdrs()) == 1


@pytest.mark.usecase("I06", "I06.FR.01", "I06.FR.02")
def test_the_tariff_in_words_goes_with_an_answer_once_and_again_when_it_is_another() -> None:
    own = replace(tariff(element(component("ENERGY", "0.20"))), tariff="own")
    billing = rated()
    billing.know(provisioned(own), assigned("token:GUEST", "own"))
    billing.policy = billing.policy._replace(text_sites=frozenset({"*"}))

    def answer(minutes, **changes):
        waiting = ReplyTo(gateway="gw-0", epoch=1, message_id=f"m{minutes}")
        fact = session(minutes=minutes, awaits_cost=waiting, **energies(1000, 2000), **changes)
        (decision,) = of(billing.tell(fact), TransactionDecided)
        return decision.text

    assert answer(1) == "0.595 EUR per kWh. VAT included."
    assert answer(2) == ""
    assert answer(3, token=IdToken(value="GUEST")) == "0.20 EUR per kWh."
    billing.policy = billing.policy._replace(text_sites=frozenset({"elsewhere"}))
    assert answer(4, token=IdToken(value="CARD", type="ISO14443")) == ""
    assert ENERGY is not own
