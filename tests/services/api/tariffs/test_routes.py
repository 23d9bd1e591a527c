"""Tariffs and their assignments over HTTP."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient

from schemas.tariffs import TariffAssigned, TariffProvisioned, TariffRemoved, TariffUnassigned
from services.api.fakes import World
from services.api.sessions.views import session_of
from tests.services.api.builders import NOON, a_session

TARIFF = {
    "currency": "EUR",
    "label": "Day and night",
    "elements": [
        {
            "price_components": [{"type": "ENERGY", "price": 0.45, "vat": 19, "step_size": 1}],
            "restrictions": {"start_time": "07:00", "end_time": "22:00", "day_of_week": ["MONDAY"]},
        },
        {"price_components": [{"type": "ENERGY", "price": "0.30", "vat": "19"}, {"type": "FLAT", "price": "1"}]},
    ],
}


def changed(**members: Any) -> dict[str, Any]:
    return {**TARIFF, **members}


def with_element(component: dict[str, Any] | None = None, **restrictions: Any) -> dict[str, Any]:
    """A tariff whose one element has this component and these restrictions."""
    given = {"type": "ENERGY", "price": "0.30", **(component or {})}
    return changed(elements=[{"price_components": [given], "restrictions": restrictions}])


# -- provisioning -----------------------------------------------------------------------------------------------------


async def test_a_tariff_in_ocpi_s_words_is_kept_to_the_digit(client: AsyncClient, world: World) -> None:
    put = await client.put("/api/v1/tariffs/day", json=TARIFF)
    got = await client.get("/api/v1/tariffs/day")

    (record,) = world.bus.published
    assert isinstance(record, TariffProvisioned)
    assert str(record.current.elements[0].price_components[0].price) == "0.45"
    assert put.json() == got.json()
    assert (got.json()["version"], got.json()["provisioned_by"]) == (1, "operator")


async def test_a_change_is_a_new_version_and_the_old_one_stays(client: AsyncClient, world: World) -> None:
    await client.put("/api/v1/tariffs/day", json=TARIFF)
    world.now += dt.timedelta(days=1)

    put = await client.put("/api/v1/tariffs/day", json=changed(label="New"))
    versions = (await client.get("/api/v1/tariffs/day/versions")).json()

    assert put.json()["version"] == 2
    assert [(v["version"], v["label"]) for v in versions] == [(2, "New"), (1, "Day and night")]


async def test_the_same_again_is_no_new_version(client: AsyncClient, world: World) -> None:
    first = await client.put("/api/v1/tariffs/day", json=TARIFF)
    world.now += dt.timedelta(days=1)

    again = await client.put("/api/v1/tariffs/day", json=TARIFF)

    assert again.json() == first.json()
    assert len(world.bus.published) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (changed(currency="EU"), "currency"),
        (changed(currency="eur"), "currency"),
        (changed(elements=[]), "elements"),
        (changed(elemnts=[]), "elemnts"),
        (changed(elements=[{"price_components": []}]), "elements[0].price_components"),
        (with_element({"price": "-1"}), "elements[0].price_components[0].price"),
        (with_element({"price": "0.00001"}), "elements[0].price_components[0].price"),
        (with_element({"price": "much"}), "elements[0].price_components[0].price"),
        (with_element({"vat": 101}), "elements[0].price_components[0].vat"),
        (with_element({"step_size": 0}), "elements[0].price_components[0].step_size"),
        (with_element({"type": "WATER"}), "elements[0].price_components[0].type"),
        (with_element({"prize": 1}), "elements[0].price_components[0].prize"),
        (with_element(min_current=32), "elements[0].restrictions.min_current"),
        (with_element(start_time="24:00"), "elements[0].restrictions.start_time"),
        (with_element(start_time="07:00", end_time="07:00"), "elements[0].restrictions.end_time"),
        (with_element(start_date="2026-02-30"), "elements[0].restrictions.start_date"),
        (with_element(start_date="2026-03-01", end_date="2026-03-01"), "elements[0].restrictions.end_date"),
        (with_element(min_kwh=5, max_kwh=5), "elements[0].restrictions.max_kwh"),
        (with_element(min_power=5, max_power=4), "elements[0].restrictions.max_power"),
        (with_element(max_duration=0), "elements[0].restrictions.max_duration"),
        (with_element(day_of_week=["MONDAY", "MONDAY"]), "elements[0].restrictions.day_of_week"),
        (with_element(suspended_evse="sometimes"), "elements[0].restrictions.suspended_evse"),
        (with_element({"type": "TIME"}, suspended_evse="parking"), "elements[0].restrictions.suspended_evse"),
        (changed(min_price={"excl_vat": 1}), "min_price.incl_vat"),
        (changed(min_price={"excl_vat": 2, "incl_vat": 1}), "min_price.incl_vat"),
        (
            changed(min_price={"excl_vat": 2, "incl_vat": 3}, max_price={"excl_vat": 1, "incl_vat": 3}),
            "max_price.excl_vat",
        ),
        (changed(start_date_time="2026-01-01T00:00:00Z", end_date_time="2025-01-01T00:00:00Z"), "end_date_time"),
        (changed(start_date_time="2026-01-01T00:00:00"), "start_date_time"),
    ],
)
async def test_a_bad_tariff_is_refused_by_the_name_of_its_member(
    client: AsyncClient, world: World, body: object, field: str
) -> None:
    answer = await client.put("/api/v1/tariffs/bad", json=body)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert all(error["detail"] for error in answer.json()["errors"])
    assert world.bus.published == []


async def test_everything_that_is_wrong_is_named_at_once(client: AsyncClient) -> None:
    body = changed(currency="E1R", elements=[{"price_components": [{"type": "FLAT", "price": -1}] * 2}])

    errors = (await client.put("/api/v1/tariffs/bad", json=body)).json()["errors"]

    assert [error["field"] for error in errors] == [
        "currency",
        "elements[0].price_components[0].price",
        "elements[0].price_components[1].type",
        "elements[0].price_components[1].price",
    ]


@pytest.mark.parametrize("tariff", ["%20", "x" * 37, "a%07"])
async def test_what_ocpi_cannot_call_a_tariff_is_refused(client: AsyncClient, tariff: str) -> None:
    assert (await client.put(f"/api/v1/tariffs/{tariff}", json=TARIFF)).status_code == 422


async def test_tariffs_are_listed_a_page_at_a_time(client: AsyncClient) -> None:
    for tariff in ("c", "a", "b"):
        await client.put(f"/api/v1/tariffs/{tariff}", json=TARIFF)

    first = (await client.get("/api/v1/tariffs?limit=2")).json()
    second = (await client.get(f"/api/v1/tariffs?limit=2&cursor={first['next_cursor']}")).json()

    assert [item["tariff"] for item in (*first["items"], *second["items"])] == ["a", "b", "c"]
    assert second["next_cursor"] is None


async def test_a_removed_tariff_goes_on_counting_when_it_comes_back(client: AsyncClient, world: World) -> None:
    await client.put("/api/v1/tariffs/day", json=TARIFF)

    assert (await client.delete("/api/v1/tariffs/day")).status_code == 204
    assert isinstance(world.bus.published[-1], TariffRemoved)
    assert (await client.get("/api/v1/tariffs/day")).status_code == 404
    assert (await client.delete("/api/v1/tariffs/day")).status_code == 404
    assert (await client.put("/api/v1/tariffs/day", json=TARIFF)).json()["version"] == 2


async def test_a_tariff_that_is_assigned_cannot_be_removed(client: AsyncClient) -> None:
    await client.put("/api/v1/tariffs/day", json=TARIFF)
    await client.put("/api/v1/tariff-assignments/site/berlin", json={"tariffs": ["day"]})

    refused = await client.delete("/api/v1/tariffs/day")
    await client.delete("/api/v1/tariff-assignments/site/berlin")

    assert refused.status_code == 409
    assert "site:berlin" in refused.json()["detail"]
    assert (await client.delete("/api/v1/tariffs/day")).status_code == 204


# -- assignments ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("default", "default"),
        ("site/berlin-1", "site:berlin-1"),
        ("site/north/hall%202", "site:north/hall 2"),
        ("station/DE-1", "station:DE-1"),
        ("connector/DE-1/1/2", "connector:DE-1/1/2"),
        ("token/04a2", "token:04A2"),
    ],
)
async def test_tariffs_are_assigned_to_a_target(client: AsyncClient, world: World, path: str, target: str) -> None:
    await client.put("/api/v1/tariffs/day", json=TARIFF)

    put = await client.put(f"/api/v1/tariff-assignments/{path}", json={"tariffs": ["day"]})
    got = await client.get(f"/api/v1/tariff-assignments/{path}")
    listed = (await client.get("/api/v1/tariff-assignments")).json()["items"]

    assert isinstance(world.bus.published[-1], TariffAssigned)
    assert put.json() == got.json() == listed[0]
    assert (got.json()["target"], got.json()["tariffs"]) == (target, ["day"])


async def test_an_assignment_remembers_what_held_before(client: AsyncClient, world: World) -> None:
    path = "/api/v1/tariff-assignments/site/berlin"
    for tariff in ("day", "night"):
        await client.put(f"/api/v1/tariffs/{tariff}", json=TARIFF)
        await client.put(path, json={"tariffs": [tariff]})
        await client.put(path, json={"tariffs": [tariff]})
    await client.delete(path)
    await client.put(path, json={"tariffs": ["day"]})

    said = [record for record in world.bus.published if isinstance(record, TariffAssigned | TariffUnassigned)]
    assert [[earlier.tariffs for earlier in record.earlier] for record in said] == [
        [],
        [("day",)],
        [("night",), ("day",)],
        [(), ("night",), ("day",)],
    ]


async def test_a_removed_assignment_is_gone_at_once(client: AsyncClient, world: World) -> None:
    await client.put("/api/v1/tariffs/day", json=TARIFF)
    await client.put("/api/v1/tariff-assignments/default", json={"tariffs": ["day"]})

    assert (await client.delete("/api/v1/tariff-assignments/default")).status_code == 204
    assert isinstance(world.bus.published[-1], TariffUnassigned)
    assert (await client.get("/api/v1/tariff-assignments/default")).status_code == 404


@pytest.mark.parametrize(
    ("path", "tariffs", "field"),
    [
        ("default", ["day", "gone"], "tariffs[1]"),
        ("default", [], "tariffs"),
        ("default/x", ["day"], "name"),
        ("site", ["day"], "name"),
        ("connector/DE-1", ["day"], "name"),
        ("connector/DE-1/0/1", ["day"], "name"),
        ("planet/earth", ["day"], "kind"),
    ],
)
async def test_a_bad_assignment_is_named(client: AsyncClient, path: str, tariffs: list[str], field: str) -> None:
    await client.put("/api/v1/tariffs/day", json=TARIFF)

    answer = await client.put(f"/api/v1/tariff-assignments/{path}", json={"tariffs": tariffs})

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json()["errors"]] == [field]


# -- simulation -------------------------------------------------------------------------------------------------------


def a_past_session(world: World) -> None:
    """An hour from two in the afternoon, 10 kWh."""
    ended_at = NOON + dt.timedelta(hours=1)
    energy = {"meter_start_wh": 1000, "meter_stop_wh": 11000, "energy_wh": 10000}
    over = a_session(status="ended", ended_at=ended_at, **{name: Decimal(wh) for name, wh in energy.items()})
    world.reads.session_rows["s1"] = session_of(over)


async def test_a_past_session_is_worked_out_by_a_tariff(client: AsyncClient, world: World) -> None:
    a_past_session(world)
    await client.put("/api/v1/tariffs/day", json=TARIFF)

    rated = (await client.post("/api/v1/tariffs/day/simulate", json={"session": "s1"})).json()

    assert rated["costs"]["total"] == {"excl_vat": "5.50", "incl_vat": "6.36"}
    assert (rated["tariff"], rated["tariff_version"], rated["unrated"]) == ("day", 1, "")
    assert rated["periods"][0]["energy_wh"] == "10000.0000"


async def test_a_draft_can_be_tried_before_it_is_provisioned(client: AsyncClient, world: World) -> None:
    a_past_session(world)

    rated = await client.post("/api/v1/tariffs/simulate", json={"session": "s1", "tariff": with_element()})

    assert rated.json()["costs"]["total"]["excl_vat"] == "3.00"
    assert world.bus.published == []


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [({"session": "none"}, 422, "session"), ({"session": "s1", "version": 7}, 422, "version"), ({}, 422, "session")],
)
async def test_what_cannot_be_simulated_is_named(
    client: AsyncClient, world: World, body: object, status: int, field: str
) -> None:
    a_past_session(world)
    await client.put("/api/v1/tariffs/day", json=TARIFF)

    answer = await client.post("/api/v1/tariffs/day/simulate", json=body)

    assert answer.status_code == status
    assert [error["field"] for error in answer.json()["errors"]] == [field]


async def test_a_bad_draft_is_named_within_its_request(client: AsyncClient, world: World) -> None:
    a_past_session(world)

    answer = await client.post("/api/v1/tariffs/simulate", json={"session": "s1", "tariff": changed(currency="??!")})

    assert [error["field"] for error in answer.json()["errors"]] == ["tariff.currency"]
