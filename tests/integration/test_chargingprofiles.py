"""Charging profiles on the running product, with stations written by others: set, cleared, reported, limited, pulled."""

import uuid
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")

V2X = tuple(version for version in KINDS if version != "1.6")


def a_name(version: str) -> str:
    return f"PROFILES-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"


def body(limit: str = "7000.5", **changes: Any) -> dict[str, Any]:
    schedule = {"unit": "W", "periods": [{"limit": limit}]}
    return {"evse": 1, "profile": {"purpose": "TxDefaultProfile", "schedules": [schedule]} | changes}


async def known(api: httpx.AsyncClient, name: str) -> bool:
    answer = await api.get(f"/stations/{name}")
    return answer.is_success and bool(answer.json()["connected"])


async def becomes(api: httpx.AsyncClient, name: str, number: int, **wanted: Any) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        answer = await api.get(f"/stations/{name}/charging-profiles/{number}")
        given: dict[str, Any] | None = answer.json() if answer.is_success else None
        return given if given is not None and wanted.items() <= given.items() else None

    found: dict[str, Any] = await eventually(there)
    return found


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase("K01", "K08", "K10", "1.6:5.5", "1.6:5.7", "1.6:5.16")
async def test_a_profile_is_set_told_in_the_composite_schedule_and_cleared(product: Product, version: str) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))

        made = (await api.post(f"/stations/{name}/charging-profiles", json=body())).json()

        number = made["profile_id"]
        assert made["command"]["outcome"] == "accepted"
        assert list(station.profiles) == [number]
        await becomes(api, name, number, status="installed", known="accepted")
        asked = await api.post(f"/stations/{name}/composite-schedule", json={"evse": 1, "duration_s": 600})
        schedule = asked.json()["schedule"]
        assert (schedule["unit"], schedule["duration_s"], float(schedule["periods"][0]["limit"])) == ("W", 600, 7000.5)

        cleared = (await api.delete(f"/stations/{name}/charging-profiles/{number}")).json()

        assert cleared["profile"]["status"] == "cleared"
        assert station.profiles == {}
        await becomes(api, name, number, status="cleared")


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("K09")
async def test_what_a_station_reports_is_what_stands(product: Product, version: str) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        lost = (await api.post(f"/stations/{name}/charging-profiles", json=body())).json()["profile_id"]
        kept = (await api.post(f"/stations/{name}/charging-profiles", json=body(stack_level=1))).json()["profile_id"]
        await becomes(api, name, kept, status="installed")

        asked = (await api.post(f"/stations/{name}/charging-profiles/report")).json()
        assert asked["outcome"] == "accepted"
        foreign = station.profiles[kept] | {"id": -5, "charging_profile_purpose": "ChargingStationExternalConstraints"}
        await station.reports_profiles(station.profiles[kept], last=False)
        await station.reports_profiles(foreign, source="EMS")

        await becomes(api, name, kept, status="installed", known="reported")
        await becomes(api, name, lost, status="gone")
        await becomes(api, name, -5, status="installed", source="EMS", command_id="")
        assert (await api.delete(f"/stations/{name}/charging-profiles/-5")).status_code == 409


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("K11", "K12", "K13", "K15", "K17")
async def test_limits_of_others_hold_until_they_are_cleared_and_needs_are_answered(
    product: Product, version: str
) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))

        async def sources() -> list[str]:
            return [one["source"] for one in (await api.get(f"/stations/{name}/charging-limits")).json()]

        async def told(wanted: list[str]) -> bool:
            return await sources() == wanted

        await station.is_limited("EMS")
        await eventually(lambda: told(["EMS"]))
        await station.is_free_again("EMS")
        await eventually(lambda: told([]))
        dc = {"ev_max_current": 200, "ev_max_voltage": 800}
        assert await station.tells_needs(requested_energy_transfer="DC", dc_charging_parameters=dc) == "Processing"

        async def waits_for_a_transaction() -> bool:
            items = (await api.get(f"/stations/{name}/charging-needs")).json()["items"]
            return [(one["answered"], (one["plan"] or {}).get("plans")) for one in items] == [("Processing", 0)]

        await eventually(waits_for_a_transaction)


@pytest.mark.usecase("K28", "K28.FR.07", "K28.FR.12")
async def test_a_station_that_pulls_is_told_what_its_dynamic_profile_is_to_hold(product: Product) -> None:
    name = a_name("2.1")
    async with connected("2.1", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        made = (await api.post(f"/stations/{name}/charging-profiles", json=body(kind="Dynamic"))).json()
        await becomes(api, name, made["profile_id"], status="installed")

        given = await station.pulls(made["profile_id"])
        nothing = await station.pulls(99)

        assert (given.status, given.schedule_update["limit"]) == ("Accepted", 7000.5)
        assert nothing.status == "Rejected"


@pytest.mark.parametrize("version", V2X)
@pytest.mark.usecase("K02", "K16", "K16.FR.06", "K16.FR.07", "K16.FR.08", "TC_K_58_CSMS")
async def test_an_ev_that_means_to_exceed_our_profile_is_refused_and_gets_it_again(
    product: Product, version: str
) -> None:
    name = a_name(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        transaction = await station.start("04A2B3C4D5")

        async def charges() -> bool:
            found = (await api.get("/sessions", params={"station": name})).json()["items"]
            return [one["status"] for one in found] == ["active"]

        await eventually(charges)
        given = body(purpose="TxProfile", transaction_id=transaction)
        made = (await api.post(f"/stations/{name}/charging-profiles", json=given)).json()
        await becomes(api, name, made["profile_id"], status="installed")

        assert await station.means_to_charge(7_000) == "Accepted"
        station.profiles.clear()
        assert await station.means_to_charge(50_000) == "Rejected"

        async def again() -> bool:
            return made["profile_id"] in station.profiles

        await eventually(again)
        await station.end(5, 20_000)
        await becomes(api, name, made["profile_id"], status="ended")
