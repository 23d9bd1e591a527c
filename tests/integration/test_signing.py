"""Certificates that stations ask for, on the running product, with stations written by others: asked for, renewed, refused, revoked."""

import uuid
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.ocsp import (
    OCSPCertStatus,
    OCSPRequestBuilder,
    OCSPResponse,
    OCSPResponseStatus,
    load_der_ocsp_response,
)
from cryptography.x509.oid import NameOID

from tests.integration.product import Product, eventually
from tests.integration.stations import KINDS, connected

pytestmark = pytest.mark.asyncio(loop_scope="package")

BOTH = ("A02", "A03", "1.6:A02", "1.6:A03")


def named(version: str) -> str:
    return f"SIGN-{version.replace('.', '')}-{uuid.uuid4().hex[:6]}"


async def our_responder_says(leaf: x509.Certificate, issuer: x509.Certificate) -> OCSPCertStatus:
    """What the responder that the certificate names says of it."""
    (named_there,) = leaf.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    request = OCSPRequestBuilder().add_certificate(leaf, issuer, SHA256()).build().public_bytes(Encoding.DER)
    headers = {"Content-Type": "application/ocsp-request"}

    async def known() -> OCSPResponse | None:
        async with httpx.AsyncClient() as anybody:
            answer = await anybody.post(named_there.access_location.value, content=request, headers=headers)
        found = load_der_ocsp_response(answer.content)
        return found if found.response_status is OCSPResponseStatus.SUCCESSFUL else None

    found: OCSPResponse = await eventually(known)
    return found.certificate_status


async def becomes(api: httpx.AsyncClient, station: str, *statuses: str) -> list[dict[str, Any]]:
    """The station's certificates, the newest first, once they have these statuses."""

    async def there() -> list[dict[str, Any]] | None:
        items: list[dict[str, Any]] = (await api.get("/issued-certificates", params={"station": station})).json()[
            "items"
        ]
        return items if tuple(one["status"] for one in items) == statuses else None

    found: list[dict[str, Any]] = await eventually(there)
    return found


@pytest.mark.parametrize("version", list(KINDS))
@pytest.mark.usecase(*BOTH, "A02.FR.11", "A02.FR.14", "A03.FR.11", "A03.FR.14", "TC_A_11_CSMS")
async def test_a_station_asks_for_its_certificate_and_is_asked_to_renew_it(product: Product, version: str) -> None:
    name = named(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        assert await station.asks_to_sign(station.keys_made.request()) == "Accepted"
        (first,) = await becomes(api, name, "installed")

        asked = await api.post(f"/stations/{name}/certificates/renew", json={})
        assert asked.json()["outcome"] == "accepted", asked.text
        second, _ = await becomes(api, name, "installed", "superseded")

        chain = station.keys_made.chains[-1]
        leaf = chain[0]
        assert (second["serial_number"], second["fingerprint"]) == (
            format(leaf.serial_number, "x"),
            leaf.fingerprint(SHA256()).hex(),
        )
        assert first["serial_number"] != second["serial_number"]
        assert [one.value for one in leaf.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == [name]
        assert leaf.extensions.get_extension_for_class(x509.KeyUsage).value.digital_signature
        assert await our_responder_says(leaf, chain[1]) is OCSPCertStatus.GOOD
        authority = next(
            one for one in (await api.get("/certificate-authorities")).json() if one["authority"] == "stations"
        )
        roots = x509.load_pem_x509_certificates(authority["chain"].encode())
        chain[-1].verify_directly_issued_by(roots[-1])


@pytest.mark.parametrize("version", ["2.0.1", "2.1"])
@pytest.mark.usecase("A02", "A02.FR.13", "TC_A_12_CSMS", "TC_A_13_CSMS")
async def test_certificates_of_iso_15118_and_for_everything_are_signed_too(product: Product, version: str) -> None:
    name = named(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        asked = await api.post(f"/stations/{name}/certificates/renew", json={"use": "V2GCertificate"})
        assert asked.json()["outcome"] == "accepted", asked.text
        await becomes(api, name, "installed")
        assert station.keys_made.named == [("V2GCertificate", None)]

        assert await station.asks_to_sign(station.keys_made.request()) == "Accepted"
        items = await becomes(api, name, "installed", "installed")
        assert [one["use"] for one in items] == [None, "V2GCertificate"]
        assert station.keys_made.named[-1] == (None, None)


@pytest.mark.usecase("A02", "A02.FR.25", "A03.FR.21")
async def test_the_number_of_a_request_goes_back_with_its_certificate(product: Product) -> None:
    name = named("2.1")
    async with connected("2.1", name, product.url) as station, product.api() as api:
        await station.boot()
        more = {"certificate_type": "V2G20Certificate", "request_id": 4711}
        assert await station.asks_to_sign(station.keys_made.request(), **more) == "Accepted"
        await becomes(api, name, "installed")
        assert station.keys_made.named == [("V2G20Certificate", 4711)]


@pytest.mark.parametrize("version", list(KINDS))
@pytest.mark.usecase(*BOTH, "A02.FR.12", "A03.FR.12", "TC_A_14_CSMS")
async def test_a_request_for_another_station_is_refused_and_a_certificate_may_be_rejected(
    product: Product, version: str
) -> None:
    name = named(version)
    async with connected(version, name, product.url) as station, product.api() as api:
        await station.boot()
        station.keys_made.name = "ANOTHER"
        assert await station.asks_to_sign(station.keys_made.request()) == "Rejected"
        (refused,) = await becomes(api, name, "refused")
        assert "ANOTHER" in refused["detail"]

        station.keys_made.name, station.keys_made.refuses = name, True
        assert await station.asks_to_sign(station.keys_made.request()) == "Accepted"
        await becomes(api, name, "rejected", "refused")


async def test_a_revoked_certificate_is_on_the_public_list(product: Product) -> None:
    name = named("2.0.1")
    async with connected("2.0.1", name, product.url) as station, product.api() as api:
        await station.boot()
        await station.asks_to_sign(station.keys_made.request())
        (one,) = await becomes(api, name, "installed")

        answer = await api.post(f"/issued-certificates/{one['certificate']}/revoke", json={"reason": "keyCompromise"})
        assert answer.json()["fingerprint"] == one["fingerprint"], answer.text

        await becomes(api, name, "revoked")

        async def listed() -> bool:
            async with httpx.AsyncClient(base_url=product.api_url) as everybody:
                file = await everybody.get("/pki/stations.crl")
            found = x509.load_der_x509_crl(file.content)
            return found.get_revoked_certificate_by_serial_number(int(one["serial_number"], 16)) is not None

        assert await eventually(listed)
