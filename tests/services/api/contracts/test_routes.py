"""Roots of contracts over HTTP."""

from pathlib import Path

import pytest
from httpx import AsyncClient

from schemas.contracts import ContractRootRemoved, ContractRootTrusted
from services.api.fakes import World
from tests.pki import DAY, NOW, Authority, authority, contracts, pem_of
from tests.services.api.contracts.given import ROOTS, body

pytestmark = pytest.mark.usecase("C07", "C07.FR.05")


@pytest.fixture
def root(tmp_path: Path) -> Authority:
    return authority(tmp_path, "MO root")


async def test_a_root_is_trusted_read_listed_and_removed(client: AsyncClient, world: World, root: Authority) -> None:
    made = await client.post(ROOTS, json=body(root, note="As agreed."))
    got = await client.get(f"{ROOTS}/{made.json()['root'].upper()}")
    listed = await client.get(ROOTS)
    removed = await client.delete(f"{ROOTS}/{made.json()['root']}", headers={"If-Match": got.headers["etag"]})

    trusted, gone = world.bus.published
    assert isinstance(trusted, ContractRootTrusted)
    assert isinstance(gone, ContractRootRemoved)
    assert (made.status_code, removed.status_code) == (201, 204)
    assert made.json() == got.json() == listed.json()[0]
    assert got.json()["subject"] == "O=Authorities,CN=MO root"
    assert (trusted.use, trusted.note, trusted.trusted_by) == ("MORootCertificate", "As agreed.", "operator")
    assert (await client.get(ROOTS)).json() == []
    assert (await client.delete(f"{ROOTS}/{trusted.root}")).status_code == 404


async def test_the_same_root_is_one_root(client: AsyncClient, root: Authority) -> None:
    await client.post(ROOTS, json=body(root))
    await client.post(ROOTS, json=body(root, use="V2GRootCertificate"))

    assert [one["use"] for one in (await client.get(ROOTS)).json()] == ["V2GRootCertificate"]


@pytest.mark.parametrize(
    ("text", "says"), [("garbage", "no X.509 certificate"), ("leaf", "no authority"), ("expired", "has expired")]
)
async def test_what_cannot_stand_above_contracts_is_refused(
    client: AsyncClient, world: World, tmp_path: Path, text: str, says: str
) -> None:
    mo = contracts(tmp_path)
    texts = {"garbage": "garbage", "leaf": mo.issue().pem, "expired": pem_of(mo.root)}
    if text == "expired":
        world.now = NOW + 4_000 * DAY
    refused = await client.post(ROOTS, json={"use": "MORootCertificate", "certificate": texts[text]})

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"] == "certificate"
    assert says in refused.text
    assert world.bus.published == []


async def test_another_use_is_refused(client: AsyncClient, root: Authority) -> None:
    assert (await client.post(ROOTS, json=body(root, use="OEMRootCertificate"))).status_code in (400, 422)
