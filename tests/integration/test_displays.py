"""Display messages on the running product, with stations written by others: shown, refused, replaced, reported, cleared."""

import uuid
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")

V2X = [version for version in KINDS if version != "1.6"]


def a_name(version: str) -> str:
    return f"SHOWS-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"


async def known(api: httpx.AsyncClient, name: str) -> bool:
    answer = await api.get(f"/stations/{name}")
    return answer.is_success and bool(answer.json()["connected"])


async def shown(api: httpx.AsyncClient, station: str, **body: Any) -> dict[str, Any]:
    answer = await api.post(f"/stations/{station}/display-messages", json={"text": "Hello"} | body)
    assert answer.is_success, answer.text
    given: dict[str, Any] = answer.json()["message"]
    return given


async def becomes(api: httpx.AsyncClient, message: str, status: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        answer = await api.get(f"/display-messages/{message}")
        given: dict[str, Any] | None = answer.json() if answer.is_success else None
        return given if given is not None and given["status"] == status else None

    found: dict[str, Any] = await eventually(there)
    return found


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("O01", "O05", "O06", "O06.FR.01", "TC_O_04_CSMS", "TC_O_05_CSMS", "TC_O_12_CSMS", "TC_O_17_CSMS")
async def test_a_message_is_shown_replaced_and_cleared_and_a_refusal_has_the_stations_word(
    product: Product, version: str
) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        first = await shown(api, name)
        assert (first["status"], list(station.shown)) == ("accepted", [first["message_id"]])
        refused = await shown(api, name, message_priority="AlwaysFront")
        assert (refused["status"], refused["detail"]) == ("refused", "NotSupportedPriority")

        second = await shown(api, name, text="Bye", message_id=first["message_id"])

        await becomes(api, first["display_message"], "replaced")
        assert station.shown[second["message_id"]]["message"]["content"] == "Bye"
        station.shown.clear()
        cleared = (await api.delete(f"/display-messages/{second['display_message']}")).json()
        assert (cleared["message"]["status"], cleared["command"]["detail"]) == ("cleared", "Unknown")
        await becomes(api, second["display_message"], "cleared")


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("O02", "O02.FR.02", "TC_O_06_CSMS", "TC_O_10_CSMS")
async def test_a_message_for_a_transaction_goes_with_it(product: Product, version: str) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        unknown = await shown(api, name, transaction_id="nobody")
        assert (unknown["status"], unknown["detail"]) == ("refused", "UnknownTransaction")
        transaction = await station.start("04A2B3C4D5")
        message = await shown(api, name, transaction_id=transaction)
        assert message["status"] == "accepted"

        await station.end(30, 1_007_321)

        await becomes(api, message["display_message"], "transaction-ended")


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("O03", "O04", "O03.FR.06", "TC_O_02_CSMS", "TC_O_03_CSMS")
async def test_what_a_station_reports_is_known_and_what_it_does_not_is_gone(product: Product, version: str) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        ours = await shown(api, name)
        foreign = {"priority": "InFront", "message": {"format": "UTF8", "content": "From elsewhere"}}
        station.shown = {41: {"id": 41} | foreign, 42: {"id": 42} | foreign}

        asked = await api.post(f"/stations/{name}/commands", json={"command": "GetDisplayMessages", "wait_s": 10})

        assert asked.json()["outcome"] == "accepted"
        await becomes(api, ours["display_message"], "gone")

        async def both() -> bool:
            there = {"station": name, "status": "accepted"}
            items = (await api.get("/display-messages", params=there)).json()["items"]
            return {(one["message_id"], one["text"]) for one in items} == {
                (41, "From elsewhere"),
                (42, "From elsewhere"),
            }

        await eventually(both)
        station.shown = {}
        nothing = await api.post(f"/stations/{name}/commands", json={"command": "GetDisplayMessages", "wait_s": 10})
        assert (nothing.json()["outcome"], nothing.json()["detail"]) == ("accepted", "Unknown")


async def test_16_has_no_display_messages(product: Product) -> None:
    name = a_name("1.6")
    async with connected("1.6", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))

        told = (await api.post(f"/stations/{name}/display-messages", json={"text": "Hello"})).json()

        assert (told["message"]["status"], told["command"]["outcome"]) == ("refused", "unsupported")
