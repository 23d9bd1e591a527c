"""What revokes a certificate, and what cannot be revoked."""

import pytest
from httpx import AsyncClient

from schemas.revocations import CertificateRevoked
from schemas.x509 import read_pem
from services.api.fakes import NOON, World
from tests.roots import a_root
from tests.services.api.builders import STATION
from tests.services.api.signing.given import FINGERPRINT, hold

REVOKE = "/api/v1/issued-certificates/ic1/revoke"
ANY = "/api/v1/certificate-revocations"


async def test_a_revocation_has_all_that_tells_the_certificate(client: AsyncClient, world: World) -> None:
    hold(world)

    await client.post(REVOKE, json={"reason": "superseded"})

    (record,) = world.bus.published
    assert isinstance(record, CertificateRevoked)
    assert (record.fingerprint, record.serial_number, record.issuer) == (FINGERPRINT, "1f", "CN=Issuing,O=Elbtal")
    assert (record.station, record.revoked_at) == (STATION, NOON)


async def test_what_is_revoked_stays_so_as_it_was(client: AsyncClient, world: World) -> None:
    hold(world)
    first = (await client.post(REVOKE, json={"reason": "keyCompromise"})).json()

    again = (await client.post(REVOKE, json={"reason": "superseded"})).json()

    assert again == first
    assert len(world.bus.published) == 1


async def test_a_request_without_a_certificate_cannot_be_revoked(client: AsyncClient, world: World) -> None:
    hold(world, status="refused", fingerprint="", serial_number="", expires_at=None)

    answer = await client.post(REVOKE, json={})

    assert answer.status_code == 409
    assert "refused" in answer.json()["detail"]


async def test_any_certificate_can_be_revoked_by_its_text(client: AsyncClient) -> None:
    pem = a_root("Factory", 0x77)

    told = (await client.post(ANY, json={"certificate": pem, "station": "CP-9"})).json()

    assert (told["fingerprint"], told["serial_number"], told["station"]) == (read_pem(pem).fingerprint, "77", "CP-9")


async def test_a_text_that_is_no_certificate_is_named(client: AsyncClient) -> None:
    answer = await client.post(ANY, json={"certificate": "PEM"})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "certificate"


async def test_nothing_is_said_of_an_unknown_certificate(client: AsyncClient) -> None:
    assert (await client.post(REVOKE, json={})).status_code == 404


@pytest.mark.parametrize("path", [REVOKE, ANY])
async def test_nobody_revokes_without_a_key(client: AsyncClient, path: str) -> None:
    assert (await client.post(path, json={}, headers={"Authorization": ""})).status_code == 401
