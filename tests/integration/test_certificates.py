"""Certificates on the running product, with stations written by others: installed, listed, refused, deleted."""

import uuid
from typing import Any

import httpx
import pytest

from tests import roots
from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")

USE = "ManufacturerRootCertificate"


async def becomes(api: httpx.AsyncClient, certificate: str, status: str, *, verified: bool) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        answer = await api.get(f"/certificates/{certificate}")
        given: dict[str, Any] | None = answer.json() if answer.is_success else None
        fits = given is not None and given["status"] == status and (given["verified_at"] is not None) == verified
        return given if fits else None

    found: dict[str, Any] = await eventually(there)
    return found


@pytest.mark.parametrize("version", list(KINDS))
@pytest.mark.usecase("M03", "M04", "M05", "1.6:M03", "1.6:M04", "1.6:M05", "M04.FR.07", "TC_M_02_CSMS", "TC_M_18_CSMS")
async def test_a_certificate_is_installed_listed_and_deleted(product: Product, version: str) -> None:
    name = f"CERT-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()

        async def known() -> bool:
            return (await api.get(f"/stations/{name}")).is_success

        await eventually(known)
        body = {"use": USE, "certificate": roots.a_root("Installed", 0x51)}
        installed = await api.post(f"/stations/{name}/certificates", json=body)
        assert installed.json()["command"]["outcome"] == "accepted", installed.text
        station.certificates.append((USE, roots.named(roots.a_root("By others", 0x52))))

        async def listed() -> dict[str, dict[str, Any]]:
            items = (await api.get("/certificates", params={"station": name})).json()["items"]
            return {one["serial_number"]: one for one in items}

        async def there() -> dict[str, Any] | None:
            return (await listed()).get("51")

        ours = await eventually(there)
        read = await api.post(f"/stations/{name}/certificates/read")
        assert {one["outcome"] for one in read.json()} == {"accepted"}, read.text

        await becomes(api, ours["certificate"], "installed", verified=True)
        found = await listed()
        assert (found["51"]["subject"], found["52"]["subject"]) == ("CN=Installed", "")
        deleted = await api.delete(f"/certificates/{ours['certificate']}")
        assert deleted.json()["certificate"]["status"] == "deleted", deleted.text
        await becomes(api, ours["certificate"], "deleted", verified=True)
        assert [name["serialNumber"] for _, name in station.certificates] == ["52"]
