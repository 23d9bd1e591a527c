"""Handshakes with real TLS: what comes in, with which profile, and what is refused; attacks each by name (gateway/docs/attacks.md)."""

import asyncio
import datetime as dt
import itertools
import ssl
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from prometheus_client import REGISTRY
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from schemas.credentials import certificate_number, hash_password
from schemas.revocations import CertificateRevoked
from schemas.stations import AdmissionChanged, BootDecided, StationProvisioned
from tests.gateway.conftest import World
from tests.gateway.running import Running, hears, refused, says
from tests.gateway.tls.clients import basic, old, only, trusting
from tests.pki import DAY, NOW, Issued

pytestmark = [pytest.mark.embedded, pytest.mark.asyncio(loop_scope="module")]

FAILED = "voltbus_gateway_tls_handshakes_failed_total"
PASSWORD = "machine-made-secret-1"
_names = itertools.count()
STATUS = {"timestamp": "2026-03-29T12:00:00Z", "connectorStatus": "Occupied", "evseId": 1, "connectorId": 1}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(embedded_bootstrap: str, world: World) -> AsyncIterator[Running]:
    running = Running(embedded_bootstrap, f"gw-tls-{next(_names)}")
    world.stations.crl()
    await running.start(**world.settings(tls_crls=str(world.stations.folder / "stations.crl"), tls_reload_s=3600.0))
    yield running
    await running.finish()


async def provision(gateway: Running, station: str, **members: Any) -> None:
    given = {"password_hash": hash_password(PASSWORD, b"salt")} | members
    await gateway.tells(StationProvisioned(station=station, provisioned_at=NOW, **given))
    await until_known(gateway, station)


async def until_known(gateway: Running, station: str) -> None:
    """A handshake without anything is refused once the gateway knows that a credential is needed."""
    for _ in range(400):
        status, _ = await tried(gateway.station(station))
        if status in (401, 403):
            return
        await asyncio.sleep(0.01)
    raise AssertionError(station)


async def tried(connecting: connect) -> tuple[int, str]:
    """The HTTP status of a handshake and its sentence; 101 where it is let in."""
    try:
        async with connecting:
            return 101, ""
    except InvalidStatus as refusal:
        return refusal.response.status_code, (refusal.response.body or b"").decode()


async def failed(connecting: connect) -> None:
    """The handshake of TLS fails, or the connection ends before HTTP answers."""
    with pytest.raises((OSError, EOFError, InvalidMessage)):
        await connecting.__aenter__()


def counted(metric: str, **labels: str) -> float:
    """The gateway runs in this process, and so do its metrics."""
    return REGISTRY.get_sample_value(metric, labels) or 0.0


async def speaks(connecting: connect) -> tuple[str, str]:
    """The station connects and gets an answer; returns the version of TLS and the cipher suite."""
    async with connecting as socket:
        await says(socket, 2, "m1", "StatusNotification", STATUS)
        assert await hears(socket) == [3, "m1", {}]
        spoken = socket.transport.get_extra_info("ssl_object")
        return (spoken.version(), spoken.cipher()[0]) if spoken else ("", "")


# -- profiles ---------------------------------------------------------------------------------------------------------


@pytest.mark.usecase(
    "A00", "1.6:A00", "TC_A_04_CSMS", "A00.FR.306", "A00.FR.307", "A00.FR.312", "A00.FR.318", "A00.FR.321"
)
@pytest.mark.parametrize(
    "cipher",
    ["ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "AES128-GCM-SHA256", "AES256-GCM-SHA384"],
)
async def test_profile_2_has_the_four_suites_of_the_specification(gateway: Running, world: World, cipher: str) -> None:
    name = f"P2-{cipher}"
    await provision(gateway, name)
    context = only(world.servers.path, cipher)
    station = gateway.secure_station(name, "tls", context, additional_headers=basic(name, PASSWORD))
    assert await speaks(station) == ("TLSv1.2", cipher)
    connected = await gateway.finds("StationConnected", station=name, security_profile=2)
    assert connected.certificate == ""


async def test_tls_1_3_is_spoken_where_the_station_can(gateway: Running, world: World) -> None:
    await provision(gateway, "P2-13")
    station = gateway.secure_station(
        "P2-13", "tls", trusting(world.servers.path), additional_headers=basic("P2-13", PASSWORD)
    )
    assert (await speaks(station))[0] == "TLSv1.3"


@pytest.mark.usecase(
    "A00", "1.6:A00", "TC_A_06_CSMS", "A00.FR.313", "A00.FR.314", "A00.FR.315", "A00.FR.416", "A00.FR.418"
)
async def test_an_older_tls_ends_the_connection(gateway: Running, world: World) -> None:
    await provision(gateway, "OLD-TLS")
    headers = basic("OLD-TLS", PASSWORD)
    before = counted(FAILED, cause="version")
    await failed(gateway.secure_station("OLD-TLS", "tls", old(world.servers.path), additional_headers=headers))
    assert counted(FAILED, cause="version") == before + 1
    await speaks(gateway.secure_station("OLD-TLS", "tls", trusting(world.servers.path), additional_headers=headers))


@pytest.mark.usecase("A00", "A00.FR.320", "A00.FR.322", "A00.FR.425")
async def test_a_weak_suite_ends_the_connection(gateway: Running, world: World) -> None:
    before = counted(FAILED, cause="cipher")
    await failed(gateway.secure_station("WEAK", "tls", only(world.servers.path, "AES128-SHA")))
    assert counted(FAILED, cause="cipher") == before + 1


@pytest.mark.usecase(
    "A00", "1.6:A00", "TC_A_07_CSMS", "A00.FR.401", "A00.FR.402", "A00.FR.409", "A00.FR.410", "A00.FR.421"
)
@pytest.mark.parametrize("subprotocol", ["ocpp1.6", "ocpp2.0.1", "ocpp2.1"])
async def test_profile_3_needs_no_password(gateway: Running, world: World, subprotocol: str) -> None:
    name = f"P3-{subprotocol}"
    own = world.stations.issue(name)
    await provision(gateway, name, min_security_profile=3)
    async with gateway.secure_station(name, "mtls", trusting(world.servers.path, own), subprotocol) as socket:
        await says(socket, 2, "m1", "Heartbeat", {})
        assert (await hears(socket))[:2] == [3, "m1"]
    connected = await gateway.finds("StationConnected", station=name, security_profile=3)
    assert connected.certificate == f"{own.certificate.serial_number:x}"


async def test_a_certificate_names_its_station_in_any_case_as_alternative_or_by_its_number(
    gateway: Running, world: World
) -> None:
    by_case = world.stations.issue("any-case")
    by_san = world.stations.issue("serial-0815", alternatives=("BY-SAN",))
    by_number = world.stations.issue("factory-4711")
    await provision(gateway, "BY-NUMBER", certificates=(certificate_number(by_number.certificate.serial_number),))
    for name, own in (("ANY-CASE", by_case), ("BY-SAN", by_san), ("BY-NUMBER", by_number)):
        await speaks(gateway.secure_station(name, "mtls", trusting(world.servers.path, own)))


async def test_a_station_signed_by_an_authority_between_is_let_in(gateway: Running, world: World) -> None:
    own = world.stations.intermediate("between").issue("BETWEEN-1")
    await speaks(gateway.secure_station("BETWEEN-1", "mtls", trusting(world.servers.path, own)))


async def test_the_three_ports_serve_side_by_side(gateway: Running, world: World) -> None:
    await provision(gateway, "SIDE")
    headers = basic("SIDE", PASSWORD)
    own = world.stations.issue("SIDE")
    await speaks(gateway.station("SIDE", additional_headers=headers))
    await speaks(gateway.secure_station("SIDE", "tls", trusting(world.servers.path), additional_headers=headers))
    await speaks(gateway.secure_station("SIDE", "mtls", trusting(world.servers.path, own)))
    await gateway.finds("StationConnected", station="SIDE", security_profile=3)
    profiles = [
        r.security_profile for r in gateway.records if type(r).__name__ == "StationConnected" and r.station == "SIDE"
    ]  # type: ignore[attr-defined]
    assert profiles[-3:] == [1, 2, 3]


# -- attacks ----------------------------------------------------------------------------------------------------------


@pytest.mark.usecase("A00", "1.6:A00", "TC_A_08_CSMS", "A00.FR.403", "A00.FR.407")
async def test_attack_wrong_ca(gateway: Running, world: World) -> None:
    before = counted(FAILED, cause="unknown-ca")
    own = world.others.issue("WRONG-CA")
    await failed(gateway.secure_station("WRONG-CA", "mtls", trusting(world.servers.path, own)))
    assert counted(FAILED, cause="unknown-ca") == before + 1
    right = world.stations.issue("WRONG-CA")
    await speaks(gateway.secure_station("WRONG-CA", "mtls", trusting(world.servers.path, right)))


@pytest.mark.usecase("A00", "TC_A_08_CSMS", "A00.FR.407")
async def test_attack_expired_certificate(gateway: Running, world: World) -> None:
    before = counted(FAILED, cause="expired")
    own = world.stations.issue("EXPIRED", begins=NOW - 9 * DAY, ends=NOW - 2 * DAY)
    await failed(gateway.secure_station("EXPIRED", "mtls", trusting(world.servers.path, own)))
    assert counted(FAILED, cause="expired") == before + 1


@pytest.mark.usecase("A00", "A00.FR.407", "A00.FR.408", "A00.FR.429", "A00.FR.807")
async def test_a_station_that_is_configured_so_may_come_with_an_expired_certificate_only_to_renew_it(
    embedded_bootstrap: str, world: World
) -> None:
    running = Running(embedded_bootstrap, f"gw-tls-{next(_names)}")
    await running.start(**world.settings(expired_certificates=True))
    past = {"begins": NOW - 9 * DAY, "ends": NOW - 2 * DAY}
    await provision(running, "RENEWS", expired_certificate=True)
    await provision(running, "REFUSED")
    renews, others = world.stations.issue("RENEWS", **past), world.stations.issue("REFUSED", **past)  # type: ignore[arg-type]

    status, sentence = await refused(running.secure_station("REFUSED", "mtls", trusting(world.servers.path, others)))
    assert (status, sentence) == (403, "The client certificate has expired.\n")
    thief = trusting(world.servers.path, world.stations.issue("THIEF", **past))  # type: ignore[arg-type]
    assert (await refused(running.secure_station("RENEWS", "mtls", thief)))[0] == 403
    async with running.secure_station("RENEWS", "mtls", trusting(world.servers.path, renews)) as station:
        event = await running.finds("SecurityEventReported", station="RENEWS", renews=True)
        assert (event.type, event.source) == ("InvalidChargingStationCertificate", "csms")
        await says(station, 2, "m1", "StatusNotification", STATUS)
        assert (await hears(station))[:3] == [4, "m1", "SecurityError"]  # it is Pending (B02.FR.09)
        boot = {"reason": "PowerUp", "chargingStation": {"vendorName": "V", "model": "M"}}
        await says(station, 2, "m2", "BootNotification", boot)
        booted = await running.finds("StationBooted", station="RENEWS")
        await running.tells(
            BootDecided(id="d", station="RENEWS", reply_to=booted.reply_to, status="Accepted", interval_s=300)
        )
        assert (await hears(station))[2]["status"] == "Pending"
    await running.finish()


@pytest.mark.usecase("A00", "A00.FR.401")
async def test_attack_no_certificate(gateway: Running, world: World) -> None:
    before = counted(FAILED, cause="no-certificate")
    await failed(gateway.secure_station("NONE", "mtls", trusting(world.servers.path)))
    assert counted(FAILED, cause="no-certificate") == before + 1


@pytest.mark.usecase("A00", "1.6:A00", "TC_A_08_CSMS", "A00.FR.405", "A00.FR.408")
async def test_attack_right_ca_wrong_station(gateway: Running, world: World) -> None:
    await provision(gateway, "VICTIM")
    thief = world.stations.issue("THIEF")
    context = trusting(world.servers.path, thief)
    station = gateway.secure_station("VICTIM", "mtls", context, additional_headers=basic("VICTIM", PASSWORD))
    status, sentence = await refused(station)
    assert (status, sentence) == (403, "The client certificate is not that of this station.\n")
    event = await gateway.finds("SecurityEventReported", station="VICTIM")
    assert (event.type, event.source, event.critical) == ("InvalidChargingStationCertificate", "csms", True)
    assert "127.0.0.1" in event.tech_info
    await refused(gateway.secure_station("VICTIM", "mtls", context))  # the second within a minute is counted alone
    assert counted("voltbus_gateway_security_events_held_back_total") >= 1


async def test_attack_revoked_by_a_list_before_and_while_connected(embedded_bootstrap: str, world: World) -> None:
    lists = world.stations.intermediate("revoking")
    path = lists.crl()
    own, other = lists.issue("LISTED-1"), lists.issue("LISTED-2")
    both = world.folder / "bundle.pem"
    both.write_bytes(world.stations.path.read_bytes() + lists.path.read_bytes())
    running = Running(embedded_bootstrap, f"gw-tls-{next(_names)}")
    await running.start(**world.settings(tls_client_ca=str(both), tls_crls=str(path), tls_reload_s=0.02))
    context = trusting(world.servers.path, own)
    async with (
        running.secure_station("LISTED-1", "mtls", context) as revoked,
        running.secure_station("LISTED-2", "mtls", trusting(world.servers.path, other)) as untouched,
    ):
        lists.crl(own.certificate, to=path)
        with pytest.raises(ConnectionClosed) as closed:
            await asyncio.wait_for(revoked.recv(), 10)
        assert closed.value.rcvd is not None
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "The client certificate is revoked")
        await says(untouched, 2, "m1", "Heartbeat", {})
        assert (await hears(untouched))[:2] == [3, "m1"]
    assert await refused(running.secure_station("LISTED-1", "mtls", context)) == (
        403, "The client certificate is revoked.\n",
    )  # fmt: skip
    await running.finish()


async def test_attack_revoked_by_the_operator_while_connected(gateway: Running, world: World) -> None:
    own = world.stations.issue("STOLEN-KEY")
    context = trusting(world.servers.path, own)
    async with gateway.secure_station("STOLEN-KEY", "mtls", context) as socket:
        await gateway.tells(revocation(own))
        with pytest.raises(ConnectionClosed):
            await asyncio.wait_for(socket.recv(), 10)
    status, _ = await refused(gateway.secure_station("STOLEN-KEY", "mtls", context))
    assert status == 403


def revocation(own: Issued) -> CertificateRevoked:
    return CertificateRevoked(
        fingerprint=own.fingerprint,
        serial_number=f"{own.certificate.serial_number:x}",
        issuer=own.certificate.issuer.rfc4514_string(),
        expires_at=NOW + 30 * DAY,
        revoked_at=dt.datetime.now(dt.UTC),
    )


@pytest.mark.usecase("A00", "1.6:A00", "A00.FR.001", "A00.FR.002", "A00.FR.005")
async def test_attack_downgrade(gateway: Running, world: World) -> None:
    await provision(gateway, "DOWN")
    await gateway.tells(
        AdmissionChanged(
            id="a", station="DOWN", registration="Accepted", provisioned=True, security_profile=2, changed_at=NOW
        )
    )
    headers = basic("DOWN", PASSWORD)
    for _ in range(400):
        status, sentence = await right_password(gateway, "DOWN")
        if status == 403:
            break
        await asyncio.sleep(0.01)
    assert "security profile 2" in sentence
    await speaks(gateway.secure_station("DOWN", "tls", trusting(world.servers.path), additional_headers=headers))
    event = await gateway.finds("SecurityEventReported", station="DOWN")
    assert event.type == "SecurityProfileTooLow"
    # the operator allows it
    await gateway.tells(
        StationProvisioned(
            station="DOWN", password_hash=hash_password(PASSWORD, b"salt"), min_security_profile=1, provisioned_at=NOW
        )
    )
    for _ in range(400):
        if (await right_password(gateway, "DOWN"))[0] == 101:
            return
        await asyncio.sleep(0.01)
    raise AssertionError


async def right_password(gateway: Running, station: str) -> tuple[int, str]:
    return await tried(gateway.station(station, additional_headers=basic(station, PASSWORD)))


async def test_attack_header_forgery_around_the_proxy(gateway: Running, world: World) -> None:
    """Nobody is a trusted proxy here: the certificate in a header counts for nothing."""
    own = world.stations.issue("FORGED")
    await provision(gateway, "FORGED", min_security_profile=3)
    forged = {
        "X-Forwarded-Client-Cert": f'Hash={own.fingerprint};Subject="CN=FORGED,O=CPO"',
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "192.0.2.1",
    }
    before = counted("voltbus_gateway_forwarded_ignored_total", header="x-forwarded-client-cert")
    status, _ = await refused(gateway.station("FORGED", additional_headers=forged))
    assert status == 401
    status, _ = await refused(gateway.station("FORGED", additional_headers=forged | basic("FORGED", PASSWORD)))
    assert status == 403
    after = counted("voltbus_gateway_forwarded_ignored_total", header="x-forwarded-client-cert")
    assert after == before + 2


async def test_plain_http_on_a_port_of_tls_is_counted(gateway: Running) -> None:
    before = counted(FAILED, cause="no-tls")
    await failed(connect(f"ws://127.0.0.1:{gateway.ports['tls']}/ocpp/X", subprotocols=("ocpp2.0.1",)))  # type: ignore[arg-type]
    assert counted(FAILED, cause="no-tls") == before + 1


async def test_a_context_of_a_station_verifies_the_server(world: World) -> None:
    """The tests would prove nothing of our certificate if their stations took any."""
    assert trusting(world.servers.path).verify_mode is ssl.CERT_REQUIRED
