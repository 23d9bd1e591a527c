"""Boot templates on the running product, with stations written by others: sent after each boot, kept as refused, ordered, off."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from ocpp.routing import on
from ocpp.v21 import call_result

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, Station21, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")

HEARTBEAT = {
    "1.6": "HeartbeatInterval",
    "2.0.1": "OCPPCommCtrlr.HeartbeatInterval",
    "2.1": "OCPPCommCtrlr.HeartbeatInterval",
}
DEFAULT_PROFILE = {
    "evse": 0,
    "profile": {
        "purpose": "TxDefaultProfile",
        "kind": "Relative",
        "schedules": [{"unit": "A", "periods": [{"limit": "16"}]}],
    },
}


class Offline(Station21):  # type: ignore[misc]
    """A 2.1 station that keeps profiles with and without a limit."""

    @on("SetChargingProfile")
    def on_profile(self, charging_profile: dict[str, Any], **_: Any) -> Any:
        self.profiles[charging_profile["id"]] = charging_profile
        return call_result.SetChargingProfile(status="Accepted")


def a_name(version: str) -> str:
    return f"BOOTS-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"


def command(name: str, **arguments: Any) -> dict[str, Any]:
    return {"command": name, "arguments": arguments}


def setting(key: str, value: str) -> dict[str, Any]:
    return command("SetConfiguration", settings=[{"key": key, "value": value}])


@asynccontextmanager
async def template(
    api: httpx.AsyncClient, station: str, *commands: dict[str, Any], **members: Any
) -> AsyncIterator[str]:
    """A template for one station, removed afterwards."""
    name = f"t-{uuid.uuid4().hex[:8]}"
    body = {"enabled": True, "stations": {"station": station}, "commands": list(commands)} | members
    answer = await api.put(f"/boot-templates/{name}", json=body)
    assert answer.is_success, answer.text
    try:
        yield name
    finally:
        assert (await api.delete(f"/boot-templates/{name}")).is_success


async def ended_runs(api: httpx.AsyncClient, station: str, count: int) -> list[dict[str, Any]]:
    """The runs of a station, newest first, once so many have ended."""

    async def there() -> list[dict[str, Any]]:
        answer = await api.get(f"/stations/{station}/boot-runs")
        items: list[dict[str, Any]] = answer.json()["items"] if answer.is_success else []
        return items if len([each for each in items if each["ended_at"]]) == count == len(items) else []

    found: list[dict[str, Any]] = await eventually(there)
    return found


def outcomes(run: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["command"], step.get("status", "pending")) for step in run["steps"]]


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase("K07", "1.6:5.16a")
async def test_settings_and_the_default_profile_are_placed_after_a_boot_and_again_after_the_next(
    product: Product, version: str
) -> None:
    name = a_name(version)
    steps = (
        setting(HEARTBEAT[version], "77"),
        setting("Unheard.Of", "1"),
        command("SetChargingProfile", **DEFAULT_PROFILE),
    )
    async with product.api() as api, template(api, name, *steps) as written:
        async with connected(version, name, product.url) as station:
            await station.boot()
            (run,) = await ended_runs(api, name, 1)

            assert (run["template"], run["cause"], run["status"]) == (written, "boot", "partial")
            first, second, third = outcomes(run)
            assert (first, third) == (("SetConfiguration", "accepted"), ("SetChargingProfile", "accepted"))
            assert second[1] in ("rejected", "unsupported")
            (number,) = station.profiles
            sent = (await api.get(f"/commands/{run['steps'][2]['command_id']}")).json()
            assert (sent["command"], sent["requested_by"]) == ("SetChargingProfile", f"boot template {written}")

            station.profiles.clear()  # a factory reset
            await station.boot()
            again, _ = await ended_runs(api, name, 2)

        assert list(station.profiles) == [number]
        assert again["run"] != run["run"]
        reasons = {"1.6": ""}
        assert again["boot_reason"] == reasons.get(version, "PowerUp")


@pytest.mark.usecase("Q11")
async def test_a_v2x_profile_and_the_one_that_holds_once_the_station_is_offline_for_long_are_placed(
    product: Product,
) -> None:
    name = a_name("2.1")
    fallback = DEFAULT_PROFILE["profile"] | {"stack_level": 1}  # type: ignore[operator]
    schedule = {"unit": "W", "periods": [{"operation_mode": "CentralSetpoint", "setpoint": "-5000"}]}
    v2x = fallback | {"stack_level": 2, "max_offline_s": 300, "schedules": [schedule]}
    steps = [command("SetChargingProfile", evse=1, profile=profile) for profile in (fallback, v2x)]
    async with (
        product.api() as api,
        template(api, name, *steps),
        connected("2.1", name, product.url, kind=Offline) as station,
    ):
        await station.boot()
        (run,) = await ended_runs(api, name, 1)

        assert run["status"] == "done"
        placed = sorted(station.profiles.values(), key=lambda profile: profile["stack_level"])
        assert [profile.get("max_offline_duration") for profile in placed] == [None, 300]
        assert [profile["charging_profile_purpose"] for profile in placed] == ["TxDefaultProfile"] * 2


async def test_nothing_is_sent_until_a_template_is_enabled_and_an_order_runs_it_all_the_same(product: Product) -> None:
    name = a_name("1.6")
    steps = (setting("HeartbeatInterval", "88"), setting("Light", "9"))
    async with (
        product.api() as api,
        template(api, name, *steps, enabled=False) as written,
        connected("1.6", name, product.url) as station,
    ):
        await station.boot()
        await eventually(lambda: fits(api, written))
        other = await api.post(f"/stations/{name}/boot-runs", json={"template": "nobody-wrote-this"})
        assert (station.heard, other.status_code) == ([], 422)

        ordered = await api.post(f"/stations/{name}/boot-runs", json={"template": written})

        assert ordered.status_code == 202, ordered.text
        (run,) = await ended_runs(api, name, 1)
        assert (run["run"], run["cause"], run["status"]) == (ordered.json()["run"], "order", "done")
        assert (station.keys["HeartbeatInterval"], station.keys["Light"]) == ("88", "9")


async def fits(api: httpx.AsyncClient, template: str) -> bool:
    return bool((await api.get(f"/boot-templates/{template}/preview")).json()["fitting"])


async def test_a_template_that_runs_once_and_one_for_others_run_no_second_time(product: Product) -> None:
    name = a_name("2.1")
    async with (
        product.api() as api,
        template(api, name, setting("Vendor.Light", "7"), every_boot=False) as once,
        template(api, name, setting("Vendor.Light", "8"), stations={"station": name, "vendor": "Nobody"}),
        template(api, name, command("GetBaseReport"), priority=90, reasons=["PowerUp"]) as every,
        connected("2.1", name, product.url) as station,
    ):
        await station.boot()
        await ended_runs(api, name, 2)
        await station.boot()
        runs = await ended_runs(api, name, 3)

        assert sorted(each["template"] for each in runs) == sorted([once, every, every])
        first = {each["template"]: each["started_at"] for each in reversed(runs)}
        assert first[once] < first[every]


async def test_a_secret_reaches_the_station_and_nobody_else(product: Product) -> None:
    name = a_name("1.6")
    async with (
        product.api() as api,
        template(api, name, setting("VendorApiKey", "hunter2-hunter2")) as written,
        connected("1.6", name, product.url) as station,
    ):
        station.keys["VendorApiKey"] = ""
        await station.boot()
        (run,) = await ended_runs(api, name, 1)

        assert (run["status"], station.keys["VendorApiKey"]) == ("done", "hunter2-hunter2")
        shown = await api.get(f"/boot-templates/{written}")
        sent = await api.get(f"/commands/{run['steps'][0]['command_id']}")
        assert "***" in shown.text
        assert "***" in sent.text
        assert "hunter2" not in shown.text + sent.text
        kept = await api.put(f"/boot-templates/{written}", json=_body(shown.json()) | {"title": "Still the same"})
        assert (kept.status_code, kept.json()["revision"]) == (200, 1)


def _body(view: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in view.items()
        if key not in ("template", "revision", "provisioned_at", "provisioned_by")
    }
