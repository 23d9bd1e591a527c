"""An EV fetches its contracts one after the other."""

import datetime as dt

import pytest

from services.iso15118.contracts import CONTRACTS_MOST, HELD, HELD_MOST, Given, Waiting
from services.iso15118.port import ISO_20
from tests.pki import NOW
from tests.services.iso15118.given import contract_asked

SECOND = dt.timedelta(seconds=1)


@pytest.mark.usecase("M01", "M01.FR.04", "M01.FR.07")
def test_the_same_request_gets_the_next_contract_until_none_remains() -> None:
    waiting, asked = Waiting(), contract_asked(schema_version=ISO_20, maximum_chains=3)

    given = [waiting.first(asked, ("A", "B", "C", "D"), NOW)]
    while (one := waiting.next(asked, NOW + SECOND)) is not None:
        given.append(one)

    assert given == [Given("A", 2), Given("B", 1), Given("C", 0)]  # and no more than the EV takes


def test_an_ev_of_iso_15118_2_has_one_contract_and_none_remain() -> None:
    waiting, asked = Waiting(), contract_asked()

    assert waiting.first(asked, ("A", "B"), NOW) == Given("A", None)
    assert waiting.next(asked, NOW) is None


def test_another_station_or_another_message_gets_nothing_of_it() -> None:
    waiting, asked = Waiting(), contract_asked(maximum_chains=2)
    waiting.first(asked, ("A", "B"), NOW)

    assert waiting.next(contract_asked(maximum_chains=2, station="CP-2"), NOW) is None
    assert waiting.next(contract_asked(maximum_chains=2, exi_request="AAAA"), NOW) is None
    assert waiting.next(asked, NOW) == Given("B", 0)


def test_what_is_not_fetched_is_forgotten_and_what_is_held_is_bounded() -> None:
    waiting = Waiting()
    for number in range(HELD_MOST + 1):
        waiting.first(contract_asked(maximum_chains=2, station=f"CP-{number}"), ("A", "B"), NOW)

    assert waiting.next(contract_asked(maximum_chains=2, station="CP-0"), NOW) is None
    assert waiting.next(contract_asked(maximum_chains=2, station="CP-1"), NOW + HELD) is None
    assert waiting.next(contract_asked(maximum_chains=2, station="CP-2"), NOW + HELD - SECOND) == Given("B", 0)
    many = waiting.first(contract_asked(maximum_chains=900), ("A",) * 900, NOW)
    assert many.remaining == CONTRACTS_MOST - 1
