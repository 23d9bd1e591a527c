"""Tariffs at stations over HTTP: listed, translated, sent by name, refused by name."""

from decimal import Decimal

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.configuration import SetConfiguration
from schemas.stationtariffs import ChangeTransactionTariff, SetDefaultTariff
from services.api.fakes import World
from services.api.stationtariffs.rows import StationTariffFilter, station_tariffs_of
from tests.services.api.builders import STATION, a_state, a_station_tariffs, an_outcome

KWH = {
    "currency": "EUR",
    "label": "Ad hoc",
    "elements": [{"price_components": [{"type": "ENERGY", "price": "0.40", "vat": "19"}]}],
}
STEPPED = {
    "currency": "EUR",
    "elements": [{"price_components": [{"type": "TIME", "price": "1", "step_size": 60}]}],
}
DEFAULT, OF_TRANSACTION = (
    f"/api/v1/stations/{STATION}/default-tariff",
    f"/api/v1/stations/{STATION}/transaction-tariff",
)


@pytest.fixture(autouse=True)
async def a_known_station_and_its_tariffs(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_state(version="2.1"))
    assert (await client.put("/api/v1/tariffs/ad-hoc", json=KWH)).status_code == 200
    assert (await client.put("/api/v1/tariffs/stepped", json=STEPPED)).status_code == 200
    world.bus.published.clear()


@pytest.mark.usecase("I07")
async def test_a_provisioned_tariff_is_sent_by_its_name(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)

    answer = await client.post(DEFAULT, json={"tariff": "ad-hoc", "evse": 2, "ttl_s": 90})

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, SetDefaultTariff)
    assert request.command.evse == 2
    assert request.command.tariff.energy is not None
    assert request.command.tariff.energy.prices[0].price_kwh == Decimal("0.4")
    told = answer.json()
    assert (answer.status_code, told["command"]["outcome"]) == (200, "accepted")
    assert told["station_tariff"]["tariff_id"] == request.command.tariff.tariff_id


@pytest.mark.usecase("I11")
async def test_a_running_transaction_gets_another_tariff(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(outcome="rejected", detail="TxNotFound", sent=True)

    answer = await client.post(OF_TRANSACTION, json={"tariff": "ad-hoc", "transaction_id": "tx-1"})

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, ChangeTransactionTariff)
    assert request.command.transaction_id == "tx-1"
    assert answer.json()["command"]["detail"] == "TxNotFound"


async def test_without_an_answer_in_time_it_is_pending(client: AsyncClient) -> None:
    answer = await client.post(DEFAULT, json={"tariff": "ad-hoc", "wait_s": 0})

    assert (answer.status_code, answer.json()["command"]["outcome"]) == (202, "pending")


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"tariff": "stepped"}, 422, "elements[0].price_components[0].step_size"),
        ({"tariff": "gone"}, 404, "gone"),
        ({"tariff": ""}, 422, "tariff"),
        ({"tariff": "a/b"}, 422, "provisioned"),
        ({"tariff": "ad-hoc", "evse": -1}, 422, "evse"),
        ({}, 422, "tariff"),
    ],
)
async def test_what_cannot_be_sent_is_named(
    client: AsyncClient, world: World, body: dict[str, object], status: int, said: str
) -> None:
    answer = await client.post(DEFAULT, json=body)

    assert answer.status_code == status
    assert said in answer.text
    assert world.bus.published == []


async def test_a_tariff_is_shown_as_stations_get_it_and_what_cannot_be_said(client: AsyncClient) -> None:
    good = (await client.get("/api/v1/tariffs/ad-hoc/station-form")).json()
    bad = (await client.get("/api/v1/tariffs/stepped/station-form")).json()

    assert good["text"] == "Ad hoc: 0.476 EUR per kWh. VAT included."
    assert good["station_tariff"]["energy"]["tax_rates"][0]["type"] == "VAT"
    assert (good["problems"], bad["station_tariff"]) == ([], None)
    assert bad["problems"][0].startswith("elements[0].price_components[0].step_size")
    assert (await client.get("/api/v1/tariffs/gone/station-form")).status_code == 404


@pytest.mark.usecase("I09")
async def test_what_is_installed_where_is_listed(client: AsyncClient, world: World) -> None:
    world.reads.station_tariff_rows[STATION] = station_tariffs_of(a_station_tariffs())

    one = (await client.get(f"/api/v1/stations/{STATION}/tariffs")).json()
    page = (await client.get(f"/api/v1/station-tariffs?station={STATION}&status=in-step&limit=7")).json()

    assert (one["status"], one["installed"][0]["evses"]) == ("in-step", [1, 2])
    assert [item["station"] for item in page["items"]] == [STATION]
    asked = world.reads.asked["stations_tariffs"]
    assert asked == (StationTariffFilter(station=STATION, status="in-step"), None, 7)
    assert (await client.get("/api/v1/stations/NOBODY/tariffs")).status_code == 404
    assert (await client.get("/api/v1/station-tariffs?status=perhaps")).status_code in (400, 422)


async def test_a_station_of_which_nothing_is_known_is_unmanaged(client: AsyncClient) -> None:
    told = (await client.get(f"/api/v1/stations/{STATION}/tariffs")).json()

    assert (told["status"], told["installed"], told["read_at"]) == ("unmanaged", [], None)


@pytest.mark.usecase("I04", "I04.FR.02", "I05", "I05.FR.01")
async def test_the_texts_of_a_station_without_tariff_or_cost_are_set_in_a_language(
    client: AsyncClient, world: World
) -> None:
    world.bus.settles = an_outcome(sent=True)
    body = {"language": "de", "tariff": "0,59 EUR je kWh", "total_cost": "Siehe App"}

    answer = await client.post(f"/api/v1/stations/{STATION}/fallback-texts", json=body)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, SetConfiguration)
    written = {
        f"{each.component}.{each.variable}[{each.variable_instance}]": each.value for each in request.command.settings
    }
    assert written == {
        "TariffCostCtrlr.TariffFallbackMessage[de]": "0,59 EUR je kWh",
        "TariffCostCtrlr.TotalCostFallbackMessage[de]": "Siehe App",
    }
    assert (answer.status_code, answer.json()["outcome"]) == (200, "accepted")


@pytest.mark.parametrize("body", [{}, {"tariff": "x" * 513}, {"tariff": "x", "language": "too-long-a-tag"}])
async def test_texts_that_no_station_takes_are_refused(
    client: AsyncClient, world: World, body: dict[str, object]
) -> None:
    answer = await client.post(f"/api/v1/stations/{STATION}/fallback-texts", json=body)

    assert answer.status_code == 422
    assert world.bus.published == []
