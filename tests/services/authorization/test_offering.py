"""What a driver is shown of the tariff with the answer to Authorize: their own as a structure, whichever applies in words."""

import pytest

from schemas.authorization import AuthorizationDecided
from schemas.base import Record
from schemas.stations import REF_STATIONS, StationProvisioned
from schemas.tariffs import (
    REF_TARIFF_ASSIGNMENTS,
    REF_TARIFFS,
    TariffAssigned,
    TariffProvisioned,
    site_target,
    token_target,
)
from services.authorization.core import initial, step
from services.authorization.offering import sites_of, with_tariffs
from services.authorization.verdict import Policy
from tests.services.authorization.records import TOKEN, TRANSACTION, asked, provisioned
from tests.services.billing.building import component, tariff
from tests.services.moments import at

BERLIN = frozenset({"berlin"})
OWN = tariff({"price_components": [component("ENERGY", "0.30")]}, tariff="own")
STEPPED = tariff({"price_components": [component("TIME", "1", step_size=60)]}, tariff="own")
SITE = tariff({"price_components": [component("ENERGY", "0.40")]}, tariff="site")


def references(own=None) -> dict[str, dict[str, Record]]:
    assigned = {site_target("berlin"): "site"} | ({token_target(TOKEN): "own"} if own is not None else {})
    return {
        REF_STATIONS.name: {
            "DE-BER-0001": StationProvisioned(station="DE-BER-0001", site="berlin", provisioned_at=at(0))
        },
        REF_TARIFFS.name: {
            one.tariff: TariffProvisioned(tariff=one.tariff, current=one) for one in (SITE, own) if one is not None
        },
        REF_TARIFF_ASSIGNMENTS.name: {
            target: TariffAssigned(target=target, scope="site", tariffs=(name,), assigned_at=at(0))
            for target, name in assigned.items()
        },
    }


def answer(given, sites=BERLIN, *, status="Accepted", **changes) -> AuthorizationDecided:
    state, _ = step(initial(TOKEN), provisioned(status=status), Policy())
    request = asked(**changes)
    _, outputs = step(state, request, Policy())
    (found,) = (each for each in with_tariffs(request, outputs, given, sites) if isinstance(each, AuthorizationDecided))
    return found


@pytest.mark.usecase("I08", "I08.FR.01", "I08.FR.09")
def test_a_token_with_a_tariff_of_its_own_gets_its_structure() -> None:
    found = answer(references(OWN))

    assert found.tariff is not None
    assert found.tariff.tariff_id.startswith("own.1-")
    assert found.tariff.valid_from is None
    assert found.tariff_text == "0.30 EUR per kWh."


@pytest.mark.usecase("I01", "I01.FR.01")
def test_others_get_the_tariff_of_the_place_in_words() -> None:
    found = answer(references())

    assert (found.tariff, found.tariff_text) == (None, "0.40 EUR per kWh.")


def test_a_tariff_that_cannot_be_said_as_a_structure_is_said_in_words() -> None:
    found = answer(references(STEPPED))

    assert (found.tariff, found.tariff_text) == (None, "1.00 EUR per hour of charging.")


@pytest.mark.usecase("I01", "I01.FR.02")
@pytest.mark.parametrize("sites", ["", "oslo"])
def test_only_where_the_site_has_it_shown(sites) -> None:
    found = answer(references(OWN), sites_of(sites))

    assert (found.tariff, found.tariff_text) == (None, "")
    assert answer(references(OWN), sites_of("*")).tariff is not None


def test_neither_a_refused_token_nor_a_transaction_is_shown_a_tariff() -> None:
    assert answer(references(OWN), status="Blocked").tariff is None
    assert answer(references(OWN), **TRANSACTION).tariff is None


def test_the_decision_itself_is_the_same() -> None:
    shown, plain = answer(references(OWN)), answer(references(OWN), frozenset())

    assert (shown.id, shown.status, shown.reply_to) == (plain.id, plain.status, plain.reply_to)
