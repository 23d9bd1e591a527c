"""Stations written by others charge on the running product; the API shows the exact energy that ClickHouse holds."""

import asyncio
import uuid
from typing import Any

import httpx
import pytest

from schemas.quantities import ENERGY_IMPORT
from tests.integration.product import Product, eventually
from tests.integration.stations import DELIVERED_WH, KINDS, READINGS_WH, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")


def a_name(version: str) -> str:
    return f"OTHERS-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"


async def command(api: httpx.AsyncClient, station: str, name: str, **arguments: Any) -> dict[str, Any]:
    answer = await api.post(
        f"/stations/{station}/commands",
        json={"command": name, "arguments": arguments, "ttl_s": 60, "wait_s": 10},
    )
    assert answer.is_success, answer.text
    given: dict[str, Any] = answer.json()
    return given


async def sessions_of(api: httpx.AsyncClient, station: str) -> list[dict[str, Any]]:
    answer = await api.get("/sessions", params={"station": station})
    assert answer.is_success, answer.text
    return list(answer.json()["items"])


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase(
    "B01",
    "C01",
    "C05",
    "E01",
    "E03",
    "E06",
    "F01",
    "F02",
    "F03",
    "B11",
    "G01",
    "1.6:4.2",
    "1.6:4.1",
    "1.6:4.8",
    "1.6:4.10",
    "1.6:4.9",
    "1.6:5.11",
    "1.6:5.12",
    "1.6:5.14",
)
async def test_a_whole_session_is_charged_commanded_and_analysed(product: Product, version: str) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        assert await station.boot() == "Accepted"
        assert await station.authorize("04A2B3C4D5") == "Accepted"

        await eventually(lambda: known_and_connected(api, name))
        started = await command(api, name, "RemoteStart", token="04A2B3C4D5", evse=1)
        assert started["outcome"] == "accepted"
        await asyncio.wait_for(station.start_asked.wait(), 10)

        transaction = await station.start("04A2B3C4D5")
        for minute, register_wh in enumerate(READINGS_WH[:-1], start=1):
            await station.meter(minute, register_wh)
        active = await eventually(lambda: active_session(api, name))
        assert active["transaction_id"] == transaction

        stopped = await command(api, name, "RemoteStop", transaction_id=transaction)
        assert stopped["outcome"] == "accepted"
        await asyncio.wait_for(station.stop_asked.wait(), 10)
        await station.end(5, READINGS_WH[-1])

        ended = await eventually(lambda: ended_session(api, name))
        assert float(ended["energy_wh"]) == DELIVERED_WH
        assert len(await sessions_of(api, name)) == 1

        reset = await command(api, name, "Reset", type="OnIdle")
        assert reset["outcome"] == "accepted"
        assert [word.split()[0] for word in station.heard] == ["RemoteStart", "RemoteStop", "Reset"]


async def known_and_connected(api: httpx.AsyncClient, name: str) -> bool:
    answer = await api.get(f"/stations/{name}")
    return answer.is_success and bool(answer.json()["connected"])


async def active_session(api: httpx.AsyncClient, name: str) -> dict[str, Any] | None:
    return next((s for s in await sessions_of(api, name) if s["status"] == "active" and s.get("energy_wh")), None)


async def ended_session(api: httpx.AsyncClient, name: str) -> dict[str, Any] | None:
    return next((s for s in await sessions_of(api, name) if s["status"] == "ended"), None)


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.usecase("E08", "E14", "E14.FR.01", "E14.FR.02", "TC_E_30_CSMS")
async def test_a_session_whose_end_is_lost_is_over_by_the_station_s_word(product: Product, version: str) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        transaction = await station.start("04A2B3C4D5")
        await station.meter(1, READINGS_WH[0])
        station.loses(2)
        await station.meter(4, READINGS_WH[1])
        await eventually(lambda: active_session(api, name))

        asked = await command(api, name, "GetTransactionStatus", transaction_id=transaction)
        assert (asked["outcome"], asked["response"]) == (
            "accepted",
            {"messagesInQueue": False, "ongoingIndicator": True},
        )
        (running,) = await sessions_of(api, name)
        assert (running["status"], running["missing_events"]) == ("active", 2)

        station.transaction = ""  # it ended, and nobody wrote that down
        asked = await command(api, name, "GetTransactionStatus", transaction_id=transaction)
        assert asked["response"] == {"messagesInQueue": False, "ongoingIndicator": False}

        async def over() -> dict[str, Any] | None:
            return next((one for one in await sessions_of(api, name) if one["status"] == "presumed-ended"), None)

        session = await eventually(over)
        assert (session["estimated"], session["anomalies"]) == (True, ["over-by-transaction-status"])
        assert session["energy_wh"] is not None


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase("J02", "1.6:4.7")
async def test_meter_values_of_a_session_are_there_to_the_wh(product: Product, version: str) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await station.start("04A2B3C4D5")
        for minute, register_wh in enumerate(READINGS_WH, start=1):
            await station.meter(minute, register_wh)
        await station.end(5, READINGS_WH[-1])

        session = await eventually(lambda: ended_session(api, name))

        async def registers() -> set[int] | None:
            answer = await api.get(f"/sessions/{session['session']}/meter-values", params={"limit": 500})
            assert answer.is_success, answer.text
            items = answer.json()["items"]
            read = {round(float(item["value"])) for item in items if item["measurand"] == ENERGY_IMPORT}
            return read if set(READINGS_WH) <= read else None  # begin and end may be there before what lies between

        assert await eventually(registers)


@pytest.mark.parametrize("version", KINDS)
async def test_a_station_that_was_provisioned_with_a_password_needs_it(product: Product, version: str) -> None:
    name, password = a_name(version), "correct-horse-battery"
    async with product.api() as api:
        assert (await api.put(f"/stations/{name}", json={"password": password})).is_success

        async def refused() -> bool:
            try:
                async with connected(version, name, product.url):
                    return False
            except Exception as error:  # the library's own exception for a refused handshake
                return "401" in str(error)

        assert await eventually(refused)
        async with connected(version, name, product.url, password=password) as station:
            assert await station.boot() == "Accepted"
        assert (await api.delete(f"/stations/{name}")).is_success


@pytest.mark.parametrize("version", KINDS)
async def test_every_frame_is_in_the_ocpp_log(product: Product, version: str) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()

        async def actions() -> bool:
            answer = await api.get(f"/stations/{name}/frames")
            seen = {(f["direction"], f["action"]) for f in answer.json()["items"]} if answer.is_success else set()
            return {(d, a) for d in ("in", "out") for a in ("BootNotification", "StatusNotification")} <= seen

        assert await eventually(actions)


async def test_any_action_of_the_stations_own_version_can_be_sent_raw(product: Product) -> None:
    name = a_name("1.6")
    async with connected("1.6", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known_and_connected(api, name))

        sent = await api.post(f"/stations/{name}/ocpp/Reset", json={"payload": {"type": "Soft"}, "wait_s": 10})
        bad = await api.post(f"/stations/{name}/ocpp/Reset", json={"payload": {"type": "Gently"}, "wait_s": 10})

        assert sent.json()["outcome"] == "accepted", sent.text
        assert bad.status_code == 422
        assert "type" in bad.text
        assert station.heard == ["Reset Soft"]


async def test_a_command_that_the_station_does_not_know_is_unsupported(product: Product) -> None:
    name = a_name("2.0.1")
    async with connected("2.0.1", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known_and_connected(api, name))

        answer = await command(api, name, "UnlockConnector", evse=1, connector=1)

        assert answer["outcome"] == "unsupported"


async def test_a_command_for_an_offline_station_waits_or_fails_as_asked(product: Product) -> None:
    name = a_name("1.6")
    async with connected("1.6", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known_and_connected(api, name))
    async with product.api() as api:
        await eventually(lambda: known_and_gone(api, name))
        body = {"command": "Reset", "arguments": {}, "ttl_s": 60, "wait_s": 5}

        failed = await api.post(f"/stations/{name}/commands", json={**body, "when_offline": "fail"})
        waiting = await api.post(f"/stations/{name}/commands", json={**body, "wait_s": 0})
        async with connected("1.6", name, product.url) as station:
            await station.boot()
            settled = await eventually(lambda: settled_command(api, waiting.json()["command_id"]))

        assert failed.json()["outcome"] == "disconnected"
        assert waiting.json()["outcome"] == "pending"
        assert settled["outcome"] == "accepted"


async def known_and_gone(api: httpx.AsyncClient, name: str) -> bool:
    answer = await api.get(f"/stations/{name}")
    return answer.is_success and not answer.json()["connected"]


async def settled_command(api: httpx.AsyncClient, command_id: str) -> dict[str, Any] | None:
    answer = await api.get(f"/commands/{command_id}")
    assert answer.is_success, answer.text
    given: dict[str, Any] = answer.json()
    return given if given["outcome"] != "pending" else None
