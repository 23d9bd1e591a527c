"""Certificates that stations asked for over HTTP: listed, renewed, revoked; authorities, and what everybody may read."""

import datetime as dt

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested
from schemas.stationcommands import TriggerMessage
from services.api.fakes import NOON, World
from services.api.signing.rows import IssuedFilter
from tests.services.api.builders import STATION, a_state, an_outcome
from tests.services.api.signing.given import FINGERPRINT, a_list, an_authority, hold

RENEW = f"/api/v1/stations/{STATION}/certificates/renew"


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "SignChargingStationCertificate"),
        ({"use": "V2GCertificate", "evse": 2}, "SignV2GCertificate"),
        ({"use": "V2G20Certificate"}, "SignV2G20Certificate"),
    ],
)
async def test_a_station_is_asked_to_renew_its_certificate(
    client: AsyncClient, world: World, body: dict[str, object], message: str
) -> None:
    world.bus.settles = an_outcome(sent=True)

    answer = await client.post(RENEW, json=body)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == TriggerMessage(requested_message=message, evse=body.get("evse"))  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["outcome"]) == (200, "accepted")


async def test_without_an_answer_in_time_it_is_pending(client: AsyncClient) -> None:
    answer = await client.post(RENEW, json={"wait_s": 0})

    assert (answer.status_code, answer.json()["outcome"]) == (202, "pending")


async def test_certificates_are_found_and_listed(client: AsyncClient, world: World) -> None:
    hold(world)

    assert (await client.get("/api/v1/issued-certificates/ic1")).json()["serial_number"] == "1f"
    assert (await client.get("/api/v1/issued-certificates/ic2")).status_code == 404
    query = (
        f"station={STATION}&status=installed&use=V2GCertificate&serial_number=1f&fingerprint=ab"
        "&expires_before=2026-06-01T12:00:00Z&limit=7"
    )
    page = (await client.get(f"/api/v1/issued-certificates?{query}")).json()
    assert [item["certificate"] for item in page["items"]] == ["ic1"]
    where = IssuedFilter(
        station=STATION,
        status="installed",
        use="V2GCertificate",
        serial_number="1f",
        fingerprint="ab",
        expires_before=NOON,
    )
    assert world.reads.asked["issued_certificates"] == (where, None, 7)


async def test_a_revoked_certificate_is_listed(client: AsyncClient, world: World) -> None:
    hold(world)

    answer = await client.post(
        "/api/v1/issued-certificates/ic1/revoke", json={"reason": "keyCompromise", "note": "stolen"}
    )

    told = answer.json()
    assert (told["fingerprint"], told["reason"], told["station"]) == (FINGERPRINT, "keyCompromise", STATION)
    assert (await client.get("/api/v1/certificate-revocations")).json() == [told]


@pytest.mark.parametrize("body", [{"reason": "certificateHold"}, {"reason": "removeFromCRL"}, {"colour": "red"}])
async def test_a_revocation_for_a_while_does_not_exist(client: AsyncClient, world: World, body: dict[str, str]) -> None:
    hold(world)

    assert (await client.post("/api/v1/issued-certificates/ic1/revoke", json=body)).status_code == 422
    assert world.bus.published == []


async def test_authorities_are_told_with_their_lists(client: AsyncClient, world: World) -> None:
    world.bus.hold(an_authority())
    world.bus.hold(an_authority(authority="v2g", kind="est", problem="It cannot be reached."))
    world.bus.hold(a_list())

    ours, theirs = (await client.get("/api/v1/certificate-authorities")).json()

    assert (ours["revocation_list"]["path"], ours["revocation_list"]["entries"]) == ("/pki/stations.crl", 3)
    assert (theirs["problem"], theirs["revocation_list"]) == ("It cannot be reached.", None)


async def test_lists_and_chains_are_open_to_everybody(client: AsyncClient, world: World) -> None:
    world.bus.hold(an_authority())
    world.bus.hold(a_list())
    nobody = {"Authorization": ""}

    listed = await client.get("/pki/stations.crl", headers=nobody)
    chain = await client.get("/pki/stations.pem", headers=nobody)

    assert (listed.content, listed.headers["content-type"]) == (b"\x30\x00", "application/pkix-crl")
    assert listed.headers["cache-control"] == "public, max-age=3600"
    assert chain.text == "-----BEGIN CERTIFICATE-----\n"
    assert chain.headers["content-type"] == "application/pem-certificate-chain"


@pytest.mark.parametrize("file", ["others.crl", "others.pem", "stations.key", ".crl", "stations"])
async def test_a_file_that_does_not_exist_is_named(client: AsyncClient, world: World, file: str) -> None:
    world.bus.hold(an_authority())

    assert (await client.get(f"/pki/{file}")).status_code == 404


async def test_an_old_list_is_not_kept_by_caches(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_list(next_at=NOON - dt.timedelta(hours=1)))

    assert (await client.get("/pki/stations.crl")).headers["cache-control"] == "public, max-age=0"


async def test_nothing_is_asked_of_an_unknown_station(client: AsyncClient) -> None:
    assert (await client.post("/api/v1/stations/NOBODY/certificates/renew", json={})).status_code == 404
