"""Security events on the running product, with stations written by others."""

import uuid
from typing import Any

import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected, stamp

pytestmark = pytest.mark.asyncio(loop_scope="package")


@pytest.mark.usecase("A04", "1.6:A04", "A04.FR.03")
@pytest.mark.parametrize("version", list(KINDS))
async def test_a_security_event_is_confirmed_kept_and_listed_once(product: Product, version: str) -> None:
    name = f"SAFE-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        at = stamp()
        for _ in range(2):  # a station that missed the answer sends it again
            await station.tell_security("TamperDetectionActivated", at, "cover 2")
        await station.tell_security("DoorOpened", at)

        async def listed(**where: Any) -> list[tuple[str, bool | None, str]]:
            answer = await api.get("/security-events", params={"station": name} | where)
            items = answer.json()["items"] if answer.is_success else []
            return sorted((one["type"], one["critical"], one["tech_info"]) for one in items)

        async def both() -> bool:
            expected = [("DoorOpened", None, ""), ("TamperDetectionActivated", True, "cover 2")]
            return await listed() == expected

        await eventually(both)
        assert await listed(critical=True) == [("TamperDetectionActivated", True, "cover 2")]
