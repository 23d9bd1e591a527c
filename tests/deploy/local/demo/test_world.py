"""What the demo provisions is what the API takes, and its cards are those of the simulated drivers."""

import msgspec

from deploy.local.demo import world
from deploy.local.demo.stations import FLEET
from loadtest.station.fleet import PRODUCTS, tokens_of
from schemas.boottemplates import Traits, misfit
from schemas.sealing import NO_KEY
from services.api.boottemplates.rows import ProvisionBootTemplate
from services.api.boottemplates.writing import written
from services.api.stations.rows import ProvisionStation
from services.api.tokens.checks import check_token
from services.api.tokens.rows import ProvisionToken


def test_the_cards_are_those_of_drivers_but_for_the_master_pass() -> None:
    drivers = tokens_of(1, 20)

    assert drivers[: len(world.CARDS)] == world.CARDS
    assert set(world.TOKENS) == {*world.CARDS, world.MASTER}
    assert world.MASTER not in drivers


def test_there_is_a_card_of_each_kind() -> None:
    cards = [msgspec.convert(body, ProvisionToken) for body in world.TOKENS.values()]
    for card in cards:
        check_token(card)

    assert {"", "VANS", "MASTER"} == {card.group for card in cards}
    assert any(card.status == "Blocked" for card in cards)
    assert any(card.prepaid for card in cards)
    assert any(card.hours for card in cards)
    assert any(card.places for card in cards)
    assert any(card.expires_at for card in cards)


def test_the_template_after_a_boot_fits_one_vendor_of_simulated_stations() -> None:
    data = msgspec.convert(world.BOOT_TEMPLATE_BODY, ProvisionBootTemplate)
    content = written(world.BOOT_TEMPLATE, data, (), seal=NO_KEY)

    assert content.enabled
    vendors = {product.vendor for product in PRODUCTS}
    fitting = {each for each in vendors if not misfit(content.stations, Traits(station="X", vendor=each))}
    assert fitting == {world.VENDOR}
    assert misfit(content.stations, Traits(station="X", vendor="Somebody")) != ""


def test_every_simulated_station_stands_at_a_site_of_its_city() -> None:
    rows = [dict(world.provisioned(station)) for station in FLEET]

    assert [row.pop("station") for row in rows] == list(FLEET)
    assert {msgspec.convert(row, ProvisionStation).site for row in rows} >= {"de-ham", "fr-par"}
