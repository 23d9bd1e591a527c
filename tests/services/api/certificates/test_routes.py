"""Certificates over HTTP: installed, answered, listed."""

import datetime as dt

import pytest
from httpx import AsyncClient

from schemas.certificates import InstallCertificate
from schemas.commands import CommandRequested
from schemas.x509 import read_pem
from services.api.certificates.rows import CertificateFilter, certificate_of
from services.api.fakes import NOON, World
from tests.roots import a_root
from tests.services.api.builders import STATION, a_certificate, a_state, an_outcome

HOME = f"/api/v1/stations/{STATION}/certificates"
BODY = {"use": "ManufacturerRootCertificate", "certificate": a_root()}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


def hold(world: World, **override: object) -> None:
    record = a_certificate(**override)  # type: ignore[arg-type]
    world.reads.certificate_rows[record.certificate] = certificate_of(record)


async def test_a_certificate_is_installed_and_answered_with_what_it_says(client: AsyncClient, world: World) -> None:
    hold(world, fingerprint=read_pem(a_root()).fingerprint)
    world.bus.settles = an_outcome(sent=True)

    answer = await client.post(HOME, json=BODY)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == InstallCertificate(certificate_type="ManufacturerRootCertificate", certificate=a_root())
    assert answer.status_code == 200
    assert (answer.json()["command"]["outcome"], answer.json()["certificate"]["subject"]) == ("accepted", "CN=Root")


async def test_a_refusal_has_the_stations_word(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(outcome="rejected", detail="Failed", sent=True)

    told = (await client.post(HOME, json=BODY)).json()

    assert (told["command"]["outcome"], told["command"]["detail"], told["certificate"]) == ("rejected", "Failed", None)


async def test_without_an_answer_in_time_it_is_pending(client: AsyncClient) -> None:
    answer = await client.post(HOME, json=BODY | {"wait_s": 0})

    assert (answer.status_code, answer.json()["command"]["outcome"]) == (202, "pending")


@pytest.mark.parametrize(
    ("change", "field", "detail"),
    [
        ({"certificate": "PEM"}, "certificate", "is no X.509 certificate in PEM"),
        ({"certificate": a_root(ends=NOON - dt.timedelta(days=1))}, "certificate", "has expired on 2026-05-31"),
        ({"certificate": ""}, "certificate", ""),
        ({"use": "V2GCertificateChain"}, "use", ""),
        ({"colour": "red"}, "colour", ""),
    ],
)
async def test_what_cannot_be_installed_is_named(
    client: AsyncClient, world: World, change: dict[str, object], field: str, detail: str
) -> None:
    answer = await client.post(HOME, json=BODY | change)

    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert error["field"] == field
    assert detail in error["detail"]
    assert world.bus.published == []


async def test_certificates_are_found_and_listed(client: AsyncClient, world: World) -> None:
    hold(world)

    assert (await client.get("/api/v1/certificates/cert1")).json()["serial_number"] == "1f"
    assert (await client.get("/api/v1/certificates/cert2")).status_code == 404
    query = f"station={STATION}&status=installed&use=CSMSRootCertificate&expires_before=2026-06-01T12:00:00Z&limit=7"
    page = (await client.get(f"/api/v1/certificates?{query}")).json()
    assert [item["certificate"] for item in page["items"]] == ["cert1"]
    where = CertificateFilter(station=STATION, status="installed", use="CSMSRootCertificate", expires_before=NOON)
    assert world.reads.asked["certificates"] == (where, None, 7)
    assert (await client.get("/api/v1/certificates?status=perhaps")).status_code in (400, 422)


async def test_nothing_is_installed_at_an_unknown_station(client: AsyncClient) -> None:
    for path in ("certificates", "certificates/read"):
        assert (await client.post(f"/api/v1/stations/NOBODY/{path}", json=BODY)).status_code == 404
