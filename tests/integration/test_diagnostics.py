"""Logs on the running product, with stations written by others: asked for, uploaded here, told of, downloaded."""

import uuid
from typing import Any

import httpx
import pytest

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected
from tests.integration.test_reservations import known

pytestmark = pytest.mark.asyncio(loop_scope="package")

LOGS = [(version, kind) for version in KINDS for kind in ("DiagnosticsLog", "SecurityLog")]


async def becomes(api: httpx.AsyncClient, log: str, status: str) -> dict[str, Any]:
    async def there() -> dict[str, Any] | None:
        answer = await api.get(f"/logs/{log}")
        given: dict[str, Any] | None = answer.json() if answer.is_success else None
        return given if given is not None and given["status"] == status else None

    found: dict[str, Any] = await eventually(there)
    return found


@pytest.mark.parametrize(("version", "kind"), LOGS)
@pytest.mark.usecase("N01", "1.6:5.9", "1.6:N01", "TC_N_25_CSMS", "TC_N_35_CSMS")
async def test_a_log_is_uploaded_here_and_downloaded(product: Product, version: str, kind: str) -> None:
    name, content = f"LOGS-{uuid.uuid4().hex[:6]}", b"2026-03-01 boot\n" * 100_000
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        asked = (await api.post(f"/stations/{name}/logs", json={"type": kind})).json()
        assert (asked["log"]["status"], asked["command"]["outcome"]) == ("accepted", "accepted")
        ((location, number),) = station.logs

        await station.tells_log("Uploading", number)
        await becomes(api, asked["log"]["log"], "uploading")
        async with httpx.AsyncClient() as stranger:
            assert (await stranger.put(location, content=content)).status_code == 201
        await station.tells_log("Uploaded", number)

        stored = await becomes(api, asked["log"]["log"], "stored")
        assert (stored["size"], stored["file"]) == (len(content), asked["log"]["file"])
        assert (await api.get(f"/logs/{stored['log']}/file")).content == content
        async with httpx.AsyncClient() as stranger:
            assert (await stranger.put(location, content=b"again")).status_code == 409


@pytest.mark.parametrize("version", KINDS)
@pytest.mark.usecase("N01", "TC_N_36_CSMS")
async def test_an_upload_that_fails_has_the_stations_word(product: Product, version: str) -> None:
    name = f"LOGS-{uuid.uuid4().hex[:6]}"
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        await eventually(lambda: known(api, name))
        body = {"type": "SecurityLog", "location": "https://logs.example/up"}
        asked = (await api.post(f"/stations/{name}/logs", json=body)).json()
        ((location, number),) = station.logs
        assert location == "https://logs.example/up"

        await station.tells_log("PermissionDenied", number)

        assert (await becomes(api, asked["log"]["log"], "failed"))["detail"] == "PermissionDenied"
