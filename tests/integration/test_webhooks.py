"""Webhooks and data transfers on the running product: a vendor's message is answered by its rule, and events arrive signed and in order."""

import json
import uuid
from typing import Any

import httpx
import pytest
from ocpp.v16 import call as call16
from ocpp.v201 import call as call201

from services.webhooks.signing import signature
from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected
from tests.services.webhooks.receiving import HttpReceiver, receiving
from tests.services.webhooks.records import SECRET

pytestmark = pytest.mark.asyncio(loop_scope="package")


def a_name(version: str) -> str:
    return f"TELLS-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"


async def put(api: httpx.AsyncClient, path: str, **body: Any) -> dict[str, Any]:
    answer = await api.put(path, json=body)
    assert answer.is_success, answer.text
    given: dict[str, Any] = answer.json()
    return given


async def transfers(station: Any, version: str, **members: Any) -> tuple[str, Any]:
    """What a station is answered: status and data."""
    kind = call16 if version == "1.6" else call201
    answer = await station.call(kind.DataTransfer(**members))
    return str(answer.status), answer.data


async def arrived(there: HttpReceiver, station: str, count: int) -> list[Any]:
    async def enough() -> list[Any]:
        found = [got.told for got in there.got if got.told["station"] == station]
        return found if len(found) >= count else []

    found: list[Any] = await eventually(enough)
    return found


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase("P02", "P02.FR.06", "P02.FR.07", "TC_P_02_CSMS")
async def test_a_vendor_s_message_is_answered_by_its_rule_kept_and_sent_on(product: Product, version: str) -> None:
    name, vendor = a_name(version), f"com.{uuid.uuid4().hex[:8]}"
    async with connected(version, name, product.url) as station, product.api() as api, receiving() as there:
        await station.boot()
        webhook = f"w{uuid.uuid4().hex[:8]}"
        await put(
            api,
            f"/webhooks/{webhook}",
            url=there.url,
            kinds=["data-transfer.received"],
            vendor_ids=[vendor],
            secret=SECRET,
        )
        assert (await transfers(station, version, vendor_id=vendor, message_id="CarId"))[0] == "UnknownVendorId"
        rule = {"message_id": "CarId", "data": {"for": "${station}", "vin": "${data.vin}"}}
        await put(api, f"/vendors/{vendor}", messages=[rule])

        async def known() -> bool:
            return (await transfers(station, version, vendor_id=vendor, message_id="Other"))[0] == "UnknownMessageId"

        await eventually(known)
        status, data = await transfers(
            station, version, vendor_id=vendor.upper(), message_id="carid", data=json.dumps({"vin": "W1"})
        )

        assert status == "Accepted"
        assert (json.loads(data) if version == "1.6" else data) == {"for": name, "vin": "W1"}

        async def listed() -> Any:
            rows = (await api.get(f"/stations/{name}/data-transfers?status=Accepted")).json()["items"]
            return rows and rows[0]

        assert (await eventually(listed))["answer"] == {"for": name, "vin": "W1"}
        told = await arrived(there, name, 3)
        assert told[-1]["data"]["message_id"] == "carid"
        got = there.got[-1]
        stamp = int(got.headers["webhook-timestamp"])
        assert got.headers["webhook-signature"] == signature(SECRET, got.delivery, stamp, got.body)


async def test_a_session_is_told_from_its_start_to_its_bill_through_an_outage_of_the_receiver(product: Product) -> None:
    name = a_name("1.6")
    async with connected("1.6", name, product.url) as station, product.api() as api, receiving() as there:
        there.says(503)
        webhook = f"w{uuid.uuid4().hex[:8]}"
        kinds = ["session.started", "session.changed", "session.ended", "cdr.issued"]
        await put(api, f"/webhooks/{webhook}", url=there.url, kinds=kinds, secret=SECRET)
        await station.boot()
        await station.authorize("04A1B2C3")
        await station.start("04A1B2C3")
        await station.end(30, 5_000)

        async def retried() -> bool:
            rows = (await api.get(f"/webhook-deliveries?webhook={webhook}&status=retrying")).json()["items"]
            return bool(rows)

        await eventually(retried)
        there.got.clear()
        there.answers = HttpReceiver().answers

        async def whole() -> bool:
            return {"session.ended", "cdr.issued"} <= {
                got.told["type"] for got in there.got if got.told["station"] == name
            }

        await eventually(whole)
        sessions = [got.told for got in there.got if got.told["station"] == name and got.told["type"] != "cdr.issued"]
        revisions = [told["data"]["revision"] for told in sessions]
        assert sessions[0]["type"] == "session.started"
        assert revisions == sorted(revisions)
        tested = (await api.post(f"/webhooks/{webhook}/test")).json()["deliveries"][0]

        async def delivered() -> bool:
            answer = await api.get(f"/webhooks/{webhook}/deliveries/{tested}")
            return answer.is_success and answer.json()["status"] == "delivered"

        await eventually(delivered)
        assert (await api.delete(f"/webhooks/{webhook}")).status_code == 204
