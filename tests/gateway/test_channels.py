"""Channels: what trusted proxies say counts, of the client's address, its TLS and its certificate."""

import asyncio
import socket as sockets
import struct
from collections.abc import AsyncIterator
from urllib.parse import quote

import pytest
import pytest_asyncio
from websockets.asyncio.client import connect

from schemas.revocations import CertificateRevoked
from tests.gateway.conftest import World
from tests.gateway.running import Running, hears, refused, says
from tests.gateway.tls.clients import basic, trusting
from tests.gateway.tls.test_handshakes import PASSWORD, counted, failed, provision, revocation
from tests.gateway.tls.test_proxyprotocol import head as v2
from tests.gateway.tls.test_proxyprotocol import tlv
from tests.pki import DAY, NOW

pytestmark = [pytest.mark.embedded, pytest.mark.asyncio(loop_scope="module")]

XFCC = "X-Forwarded-Client-Cert"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def behind_http(embedded_bootstrap: str, world: World) -> AsyncIterator[Running]:
    """A gateway behind a proxy that speaks HTTP: Envoy. To the ports of TLS it shows a certificate of its own."""
    running = Running(embedded_bootstrap, "gw-behind-http")
    await running.start(
        trusted_proxies="127.0.0.0/8", forwarded_certificate="x-forwarded-client-cert", **world.settings()
    )
    yield running
    await running.finish()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def behind_tcp(embedded_bootstrap: str) -> AsyncIterator[Running]:
    """A gateway behind a proxy that speaks the PROXY protocol, at 127.0.0.1 alone."""
    running = Running(embedded_bootstrap, "gw-behind-tcp")
    await running.start(trusted_proxies="127.0.0.1/32", proxy_protocol=True)
    yield running
    await running.finish()


async def connects(connecting: connect) -> None:
    async with connecting as socket:
        await says(socket, 2, "m1", "Heartbeat", {})
        assert (await hears(socket))[:2] == [3, "m1"]


async def test_a_certificate_that_the_proxy_verified_is_profile_3(behind_http: Running, world: World) -> None:
    own = world.stations.issue("FORWARDED")
    headers = {XFCC: f'Cert="{quote(own.pem)}"', "X-Forwarded-For": "192.0.2.7"}
    await connects(behind_http.station("FORWARDED", additional_headers=headers))
    connected = await behind_http.finds("StationConnected", station="FORWARDED")
    assert (connected.security_profile, connected.remote_address) == (3, "192.0.2.7")
    assert connected.certificate == f"{own.certificate.serial_number:x}"


async def test_a_password_behind_tls_of_the_proxy_is_profile_2(behind_http: Running) -> None:
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.8"}
    await provision(behind_http, "BEHIND-2", min_security_profile=2)
    await connects(behind_http.station("BEHIND-2", additional_headers=headers | basic("BEHIND-2", PASSWORD)))
    connected = await behind_http.finds("StationConnected", station="BEHIND-2", security_profile=2)
    assert connected.remote_address == "192.0.2.8"
    assert (await refused(behind_http.station("BEHIND-2", additional_headers=basic("BEHIND-2", PASSWORD))))[0] == 403


async def test_tls_of_the_proxy_alone_proves_nothing(behind_http: Running) -> None:
    await connects(behind_http.station("UNPROVEN", additional_headers={"X-Forwarded-Proto": "https"}))
    assert (await behind_http.finds("StationConnected", station="UNPROVEN")).security_profile == 0


async def test_attack_another_stations_certificate_through_the_proxy(behind_http: Running, world: World) -> None:
    own = world.stations.issue("THIEF-2")
    status, _ = await refused(behind_http.station("VICTIM-2", additional_headers={XFCC: f'Cert="{quote(own.pem)}"'}))
    assert status == 403


async def test_attack_a_forged_element_before_the_proxys_own(behind_http: Running, world: World) -> None:
    """Envoy appends: what the attacker wrote comes first, and does not count."""
    own = world.stations.issue("THIEF-3")
    forged = f'Subject="CN=VICTIM-3",Cert="{quote(own.pem)}"'
    assert (await refused(behind_http.station("VICTIM-3", additional_headers={XFCC: forged})))[0] == 403


async def test_attack_the_proxys_own_certificate_is_no_stations(behind_http: Running, world: World) -> None:
    """The proxy's certificate is of the stations' authority and has a station's name; the station behind it proves nothing."""
    proxys = world.stations.issue("PROXY-1")
    context = trusting(world.servers.path, proxys)
    await provision(behind_http, "PROXY-1", min_security_profile=3, credential_needed=True)
    password = basic("PROXY-1", PASSWORD)

    status, sentence = await refused(
        behind_http.secure_station("PROXY-1", "mtls", context, additional_headers=password)
    )

    assert status == 403
    assert "security profile 3" in sentence
    assert sentence.rstrip().endswith("name that header in forwarded_certificate.")


async def test_a_certificate_that_a_proxy_with_its_own_forwards_is_the_stations(
    behind_http: Running, world: World
) -> None:
    context = trusting(world.servers.path, world.stations.issue("the-proxy"))
    own = world.stations.issue("BEHIND-3")
    headers = {XFCC: f'Cert="{quote(own.pem)}"'}

    await connects(behind_http.secure_station("BEHIND-3", "mtls", context, additional_headers=headers))

    connected = await behind_http.finds("StationConnected", station="BEHIND-3")
    assert (connected.security_profile, connected.certificate) == (3, f"{own.certificate.serial_number:x}")


async def test_a_header_that_cannot_be_read_is_refused(behind_http: Running) -> None:
    status, sentence = await refused(behind_http.station("BROKEN", additional_headers={XFCC: "nonsense"}))
    assert status == 403
    assert sentence.startswith("The client certificate cannot be used")


async def test_attack_a_certificate_that_was_revoked_comes_through_the_proxy(
    behind_http: Running, world: World
) -> None:
    own = world.stations.issue("GONE-1")
    headers = {XFCC: f'Cert="{quote(own.pem)}"'}
    async with behind_http.station("GONE-1", additional_headers=headers) as socket:
        revoked: CertificateRevoked = revocation(own)
        await behind_http.tells(revoked)
        await asyncio.wait_for(socket.wait_closed(), 10)
    assert (await refused(behind_http.station("GONE-1", additional_headers=headers)))[0] == 403


async def test_an_expired_certificate_of_the_proxy_is_refused(behind_http: Running, world: World) -> None:
    own = world.stations.issue("LATE-1", begins=NOW - 3 * DAY, ends=NOW - DAY)
    status, sentence = await refused(
        behind_http.station("LATE-1", additional_headers={XFCC: f'Cert="{quote(own.pem)}"'})
    )
    assert (status, sentence) == (403, "The client certificate has expired.\n")


# -- the PROXY protocol -----------------------------------------------------------------------------------------------


def header(address: bytes, *tlvs: bytes) -> bytes:
    body = address + bytes([10, 0, 0, 1]) + struct.pack("!HH", 4000, 443) + b"".join(tlvs)
    return v2(1, 1, len(body)) + body


async def through(gateway: Running, station: str, header: bytes, source: str = "127.0.0.1") -> connect:
    """A station behind a proxy that writes this header."""
    socket = sockets.socket()
    socket.setblocking(False)
    socket.bind((source, 0))
    loop = asyncio.get_running_loop()
    await loop.sock_connect(socket, ("127.0.0.1", gateway.port))
    await loop.sock_sendall(socket, header)
    return gateway.station(station, sock=socket)


async def test_the_address_is_that_of_the_client(behind_tcp: Running) -> None:
    await connects(await through(behind_tcp, "V1", b"PROXY TCP4 192.0.2.7 10.0.0.1 4000 443\r\n"))
    assert (await behind_tcp.finds("StationConnected", station="V1")).remote_address == "192.0.2.7"
    await connects(await through(behind_tcp, "V2", header(bytes([192, 0, 2, 8]))))
    assert (await behind_tcp.finds("StationConnected", station="V2")).remote_address == "192.0.2.8"


async def test_the_name_in_the_verified_certificate_is_profile_3(behind_tcp: Running) -> None:
    ssl = tlv(0x20, struct.pack("!BI", 0x07, 0) + tlv(0x22, b"NAMED"))
    await connects(await through(behind_tcp, "NAMED", header(bytes([192, 0, 2, 9]), ssl)))
    assert (await behind_tcp.finds("StationConnected", station="NAMED")).security_profile == 3
    assert (await refused(await through(behind_tcp, "ANOTHER", header(bytes([192, 0, 2, 9]), ssl))))[0] == 403


async def test_a_proxy_must_write_its_header(behind_tcp: Running) -> None:
    before = counted("voltbus_gateway_connections_closed_early_total", because="proxy")
    await failed(behind_tcp.station("BARE"))
    assert counted("voltbus_gateway_connections_closed_early_total", because="proxy") == before + 1


async def test_attack_a_proxy_header_of_somebody_else(behind_tcp: Running) -> None:
    before = counted("voltbus_gateway_connections_closed_early_total", because="untrusted-proxy")
    forged = b"PROXY TCP4 192.0.2.7 10.0.0.1 4000 443\r\n"
    await failed(await through(behind_tcp, "AROUND", forged, source="127.0.0.2"))
    assert counted("voltbus_gateway_connections_closed_early_total", because="untrusted-proxy") == before + 1
    await connects(await through(behind_tcp, "DIRECT", b"", source="127.0.0.2"))
    assert (await behind_tcp.finds("StationConnected", station="DIRECT")).remote_address == "127.0.0.2"
