"""Reservations on the running product, with stations written by others: reserved, used, cancelled, expired, refused."""

import asyncio
import datetime as dt
import uuid
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")


def a_name(version: str) -> str:
    return f"RESERVES-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"


def until(seconds: float) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)).isoformat()


async def reserved(api: httpx.AsyncClient, station: str, seconds: float = 3600, **body: Any) -> dict[str, Any]:
    answer = await api.post(
        f"/stations/{station}/reservations",
        json={"token": "04A2B3C4D5", "evse": 1, "expires_at": until(seconds)} | body,
    )
    assert answer.is_success, answer.text
    given: dict[str, Any] = answer.json()["reservation"]
    return given


async def becomes(api: httpx.AsyncClient, reservation: str, status: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        answer = await api.get(f"/reservations/{reservation}")
        given: dict[str, Any] | None = answer.json() if answer.is_success else None
        return given if given is not None and given["status"] == status else None

    found: dict[str, Any] = await eventually(there)
    return found


async def known(api: httpx.AsyncClient, name: str) -> bool:
    answer = await api.get(f"/stations/{name}")
    return answer.is_success and bool(answer.json()["connected"])


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase("H01", "H03", "1.6:5.13", "1.6:5.13a", "TC_H_01_CSMS")
async def test_a_reservation_is_used_by_the_session_of_its_token(product: Product, version: str) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        made = await reserved(api, name)
        assert (made["status"], station.reserved) == ("accepted", made["reservation_id"])

        await station.start("04A2B3C4D5", made["reservation_id"])

        used = await becomes(api, made["reservation"], "used")
        sessions = (await api.get("/sessions", params={"station": name})).json()["items"]
        assert used["session"] in [session["session"] for session in sessions]


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase("H01", "H02", "1.6:5.1", "TC_H_17_CSMS")
async def test_a_reservation_is_cancelled_once_and_a_refusal_has_the_stations_word(
    product: Product, version: str
) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        made = await reserved(api, name)
        refused = await reserved(api, name, token="ANOTHER")
        assert (refused["status"], refused["detail"]) == ("refused", "Occupied")

        cancelled = (await api.delete(f"/reservations/{made['reservation']}")).json()

        assert cancelled["reservation"]["status"] == "cancelled"
        assert station.reserved is None
        await becomes(api, made["reservation"], "cancelled")
        assert (await api.delete(f"/reservations/{made['reservation']}")).status_code == 409
        listed = (await api.get("/reservations", params={"station": name})).json()["items"]
        assert {one["status"] for one in listed} == {"cancelled", "refused"}


@pytest.mark.usecase("H04", "1.6:5.13b")
async def test_a_reservation_that_nobody_uses_expires_though_the_station_says_nothing(product: Product) -> None:
    name = a_name("1.6")
    async with connected("1.6", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))

        made = await reserved(api, name, seconds=2)

        ended = await becomes(api, made["reservation"], "expired")
        assert ended["ended_at"] == ended["expires_at"]


@pytest.mark.usecase("H04", "H01.FR.16", "TC_H_07_CSMS")
async def test_a_station_of_2x_says_that_it_gave_a_reservation_up(product: Product) -> None:
    name = a_name("2.0.1")
    async with connected("2.0.1", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        made = await reserved(api, name)
        async with api.stream("GET", "/events", params={"station": name, "kinds": "reservation"}) as stream:
            lines = stream.aiter_lines()
            assert (await anext(lines)).startswith("retry:")

            await station.gives_up(made["reservation_id"])

            told = [await asyncio.wait_for(first_data(lines), 20)]
        assert '"status":"removed"' in told[0]
        await becomes(api, made["reservation"], "removed")


async def first_data(lines: AsyncIterator[str]) -> str:
    async for line in lines:
        if line.startswith("data:") and '"removed"' in line:
            return line
    raise AssertionError("the stream ended")
