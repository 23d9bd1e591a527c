"""DER control on the running product, with a 2.1 station written by others: set, refused, superseded, reported, cleared; alarms."""

import uuid
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import connected, stamp

pytestmark = pytest.mark.asyncio(loop_scope="package")

CURVE = {"priority": 1, "y_unit": "PctMaxW", "curve_data": [{"x": "50.2", "y": "100"}, {"x": "51.5", "y": "0"}]}


def a_name() -> str:
    return f"DER-{uuid.uuid4().hex[:6]}"


async def known(api: httpx.AsyncClient, name: str) -> bool:
    answer = await api.get(f"/stations/{name}")
    return answer.is_success and bool(answer.json()["connected"])


async def put(api: httpx.AsyncClient, station: str, number: str, kind: str = "FreqWatt") -> dict[str, Any]:
    body = {"control_type": kind, "is_default": True, "settings": {"curve": CURVE}, "control_id": number}
    answer = await api.post(f"/stations/{station}/der-controls", json=body)
    assert answer.is_success, answer.text
    given: dict[str, Any] = answer.json()
    return given


async def controls(api: httpx.AsyncClient, station: str) -> dict[str, dict[str, Any]]:
    items = (await api.get("/der-controls", params={"station": station})).json()["items"]
    return {one["control_id"]: one for one in items}


@pytest.mark.usecase("R04", "R04.FR.01", "R04.FR.03", "R04.FR.30", "R04.FR.31", "R04.FR.32")
async def test_controls_are_set_superseded_reported_and_cleared(product: Product) -> None:
    name = a_name()
    async with connected("2.1", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        refused = await put(api, name, "x", "WattPF")
        assert (refused["command"]["outcome"], refused["command"]["detail"]) == ("unsupported", "NotSupported")
        for number in ("a", "b"):
            assert (await put(api, name, number))["command"]["outcome"] == "accepted"

        async def superseded() -> bool:
            found = await controls(api, name)
            told = {number: (one["status"], one["is_superseded"]) for number, one in found.items() if number != "x"}
            return told == {"a": ("accepted", True), "b": ("accepted", False)}

        await eventually(superseded)
        del station.der["a"]
        foreign = {"priority": 7, "y_unit": "PctMaxVar", "curve_data": [{"x": 98.5, "y": 44}]}
        station.der["f"] = {"is_default": True, "control_type": "VoltVar", "curve": foreign}
        read = await api.post(f"/stations/{name}/commands", json={"command": "GetDERControl", "wait_s": 20})
        assert (read.json()["outcome"], read.json()["report"]["status"]) == ("accepted", "whole")

        async def reported() -> bool:
            found = await controls(api, name)
            return {number: one["status"] for number, one in found.items()} == {
                "x": "refused",
                "a": "gone",
                "b": "accepted",
                "f": "accepted",
            }

        await eventually(reported)
        found = await controls(api, name)
        assert found["f"]["settings"]["curve"]["curve_data"] == [{"x": "98.5", "y": "44"}]
        assert (found["f"]["requested_at"], found["b"]["verified_at"] is not None) == (None, True)
        cleared = await api.delete(f"/der-controls/{found['b']['der_control']}")
        assert (cleared.json()["control"]["status"], list(station.der)) == ("cleared", ["f"])


@pytest.mark.usecase("R05", "R04.FR.20", "R05.FR.01", "R05.FR.02")
async def test_alarms_and_starts_are_kept_and_listed(product: Product) -> None:
    name = a_name()
    async with connected("2.1", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        await put(api, name, "a")
        at = stamp()
        await station.tell_der_start("a", at)
        for ended in (False, True):
            await station.tell_der_alarm(at, ended=ended)

        async def told() -> bool:
            alarms = (await api.get("/der-alarms", params={"station": name})).json()["items"]
            turns = (await api.get(f"/stations/{name}/der-turns")).json()["items"]
            running = [one["running"] for one in (await controls(api, name)).values()]
            return ([one["ended"] for one in alarms], [one["control_id"] for one in turns], running) == (
                *([True, False], ["a"], [True]),
            )

        await eventually(told)


@pytest.mark.usecase("R01", "R02", "R03")
async def test_what_inverters_can_do_is_known(product: Product) -> None:
    name = a_name()
    async with connected("2.1", name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        der = {"evSupportedDERControl": ["VoltVar"], "ev_inverter_model": "X", "max_apparent_power": 11000}
        await station.tells_needs(requested_energy_transfer="AC_BPT_DER", der_charging_parameters=der)
        station.variables = {("DCDERCtrlr", "MaxW", ""): "22000"}
        asked = {"command": "GetBaseReport", "arguments": {"report_base": "FullInventory"}, "wait_s": 20}
        assert (await api.post(f"/stations/{name}/commands", json=asked)).json()["outcome"] == "accepted"

        async def needs() -> bool:
            items = (await api.get(f"/stations/{name}/charging-needs")).json()["items"]
            told = [(one["der_controls"], one["inverter"]) for one in items]
            return told == [(["VoltVar"], {"evInverterModel": "X"})]

        async def nameplate() -> bool:
            items = (await api.get(f"/stations/{name}/variables")).json()["items"]
            return [one["value"] for one in items if one["component"] == "DCDERCtrlr"] == ["22000"]

        await eventually(needs)
        await eventually(nameplate)
