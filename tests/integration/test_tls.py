"""Security profiles on the running product: a station goes from profile 1 to 2, and no lower after."""

import asyncio
import uuid
from typing import Any

import pytest

from tests.conformance.conversations.station import Station
from tests.integration.product import Product, eventually

pytestmark = pytest.mark.asyncio(loop_scope="package")

PASSWORD = "machine-made-secret-19"
BOOT = {"reason": "PowerUp", "chargingStation": {"model": "M", "vendorName": "V"}}
NETWORK = {
    "slot": 2, "url": "wss://localhost/ocpp", "security_profile": 2, "interface": "Wired0", "message_timeout_s": 30,
    "ocpp_version": "OCPP20",
}  # fmt: skip
PRIORITY = {"component": "OCPPCommCtrlr", "variable": "NetworkConfigurationPriority", "value": "2"}
SET = {
    "component": {"name": "OCPPCommCtrlr"}, "variable": {"name": "NetworkConfigurationPriority"},
    "attributeStatus": "Accepted",
}  # fmt: skip


async def boots(station: Station) -> None:
    assert await station.connect(password=PASSWORD) == 101
    answer = await station.call("BootNotification", BOOT)
    assert answer[2]["status"] == "Accepted"


@pytest.mark.usecase("A05", "A05.FR.07", "TC_A_19_CSMS", "A00.FR.002", "A00.FR.005")
async def test_a_station_is_upgraded_to_tls_and_does_not_come_back_without(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(product.tls_authority))
    name = f"UP-{uuid.uuid4().hex[:6]}"
    low = Station(product.url, name, "2.0.1")
    high = Station(product.tls_url, name, "2.0.1")

    async with product.api() as api:
        answer = await api.put(f"/stations/{name}", json={"password": PASSWORD})
        assert answer.is_success, answer.text
        await boots(low)

        async def commanded(command: str, arguments: Any, action: str, response: Any) -> Any:
            body = {"command": command, "arguments": arguments, "wait_s": 20}
            asking = asyncio.ensure_future(api.post(f"/stations/{name}/commands", json=body))
            message_id, payload = await low.next_call(action)
            await low.answer(message_id, action, response)
            told = await asking
            assert told.json()["outcome"] == "accepted", told.text
            return payload

        asked = await commanded("SetNetworkProfile", NETWORK, "SetNetworkProfile", {"status": "Accepted"})
        assert asked["connectionData"]["securityProfile"] == 2
        await commanded("SetConfiguration", {"settings": [PRIORITY]}, "SetVariables", {"setVariableResult": [SET]})
        await commanded("Reset", {"type": "Immediate"}, "Reset", {"status": "Accepted"})
        await low.disconnect()

        await boots(high)

        async def shown() -> Any:
            answer = await api.get(f"/stations/{name}")
            return answer.is_success and answer.json()["security_profile"] == 2

        await eventually(shown)
        await high.disconnect()

        async def refused() -> Any:
            status = await low.connect(password=PASSWORD)
            if status == 101:
                await low.disconnect()
            return status == 403

        await eventually(refused)
        await boots(high)

        async def listed() -> Any:
            answer = await api.get("/security-events", params={"station": name})
            items = answer.json()["items"] if answer.is_success else []
            return [(one["type"], one["source"]) for one in items] == [("SecurityProfileTooLow", "csms")]

        await eventually(listed)
        found = await api.get("/stations", params={"security_profile": 2, "search": name})
        assert [one["station"] for one in found.json()["items"]] == [name]
        await high.disconnect()
