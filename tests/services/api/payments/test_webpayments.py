"""QR codes: stations are set up to show them, and what is scanned is checked."""

from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from schemas.commands import CommandRequested
from schemas.configuration import SetConfiguration
from schemas.sealing import Seal
from schemas.transactionlimits import NO_LIMIT, TransactionLimit
from services.api.fakes import KEY, World
from services.api.payments.webpayments import asked_limit, url_template
from tests.services.api.apps import app_of
from tests.services.api.builders import STATION, a_state, an_outcome
from tests.services.api.conftest import client_of, stranger_of
from tests.services.api.payments import worlds
from tests.services.api.payments.worlds import by_the_specification, taking_payments

SET_UP = f"/api/v1/stations/{STATION}/web-payments/set-up"


@pytest.fixture
def world() -> World:
    world = World(taking_payments(KEY))
    world.bus.hold(a_state(version="2.1"))
    world.bus.settles = an_outcome(sent=True)
    return world


async def secret(client: httpx.AsyncClient, world: World, **body: object) -> dict[str, str]:
    """What the station was told when it was set up, by variable."""
    answer = await client.post(SET_UP, json=body)
    assert answer.status_code == 200, answer.text
    (request,) = (each for each in world.bus.published if isinstance(each, CommandRequested))
    assert isinstance(request.command, SetConfiguration)
    values = {each.variable: each.value for each in request.command.settings}
    assert values["SharedSecret"].startswith("sealed:")
    return values | {"SharedSecret": Seal(worlds.KEY).open(values["SharedSecret"])}


@pytest.mark.usecase("C25", "C25.FR.07", "C25.FR.09", "C25.FR.20", "C25.FR.50", "C25.FR.51", "C25.FR.52", "C25.FR.59")
async def test_a_driver_who_scans_the_code_of_a_station_is_sent_to_the_payment_page(
    client: httpx.AsyncClient, world: World
) -> None:
    told = await secret(client, world, evse=2)
    assert told["URLTemplate"] == "https://csms.example/pay/{chargingstationid}/{evse}/{totp}/{version}"
    code = by_the_specification(
        told["SharedSecret"], int(world.now.timestamp()), int(told["ValidityTime"]), int(told["Length"])
    )
    path = f"/pay/{STATION}/2/{code}/{told['TOTPVersion']}?maxenergy=20000&maxcost=x"

    answer = await stranger_of(world).get(path)

    assert answer.status_code == 303
    assert answer.headers["cache-control"] == "no-store"
    ticket = parse_qs(urlsplit(answer.headers["location"]).query)["ticket"][0]
    read = (await client.get(f"/api/v1/web-tickets/{ticket}")).json()
    assert (read["station"], read["evse"], read["limit"]) == (STATION, 2, {"max_energy_wh": "20000"})


async def test_a_station_with_one_display_has_codes_without_an_evse(client: httpx.AsyncClient, world: World) -> None:
    told = await secret(client, world)
    code = by_the_specification(told["SharedSecret"], int(world.now.timestamp()), 60, 12)

    assert (await stranger_of(world).get(f"/pay/{STATION}/{code}/v1")).status_code == 303


@pytest.mark.usecase("C25", "C25.FR.08")
@pytest.mark.parametrize(("station", "version"), [(STATION, "v1"), ("CP-OTHER", "v1"), (STATION, "v2")])
async def test_whoever_has_no_valid_code_is_not_sent_there(
    client: httpx.AsyncClient, world: World, station: str, version: str
) -> None:
    told = await secret(client, world, evse=2)
    right = by_the_specification(told["SharedSecret"], int(world.now.timestamp()), 60, 12)
    code = "000000000000" if (station, version) == (STATION, "v1") else right

    answer = await stranger_of(world).get(f"/pay/{station}/2/{code}/{version}")

    assert answer.status_code == 403
    assert "Scan the code" in answer.text


async def test_guesses_from_one_address_are_few(world: World) -> None:
    stranger = stranger_of(world)
    answers = [(await stranger.get(f"/pay/{STATION}/1/{number:012}/v1")).status_code for number in range(62)]

    assert (answers[59], answers[60], answers[61]) == (403, 429, 429)


async def test_a_ticket_that_is_none_says_what_to_do(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/v1/web-tickets/none")

    assert (answer.status_code, "scan the code again" in answer.json()["detail"]) == (404, True)


async def test_without_a_payment_page_nothing_is_set_up_and_no_code_is_taken() -> None:
    world = World()
    world.bus.hold(a_state(version="2.1"))
    client = client_of(app_of(world.ports()))
    client.headers["Authorization"] = f"Bearer {KEY}"

    answer = await client.post(SET_UP, json={})

    assert (answer.status_code, "web_payment_url" in answer.json()["detail"]) == (409, True)
    assert (await stranger_of(world).get(f"/pay/{STATION}/1/abc/v1")).status_code == 404


@pytest.mark.usecase("C25", "C25.FR.56", "C25.FR.57", "C25.FR.58", "C25.FR.60")
def test_limits_of_the_address_are_taken_where_they_are_numbers() -> None:
    asked = {"maxenergy": "20000", "maxtime": "3600", "MaxCost": "12.5", "maxsoc": "80", "color": "red"}

    assert asked_limit(asked) == TransactionLimit(
        max_energy_wh=Decimal(20000), max_time_s=3600, max_cost=Decimal("12.5")
    )
    assert asked_limit({"maxenergy": "-1", "maxtime": "NaN", "maxcost": "1e99"}) == NO_LIMIT


def test_an_address_ends_in_one_slash_at_most() -> None:
    assert url_template("https://a/", evse=False) == url_template("https://a", evse=False)
