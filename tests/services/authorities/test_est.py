"""EST: certificates of an authority elsewhere, over TLS; what it refuses, and when it cannot be asked (RFC 7030)."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from schemas.settings import BadSetting
from services.authorities.config import Est
from services.authorities.est import EstAuthority
from services.authorities.port import Refused, Unreachable
from tests.services.authorities.est_server import EstServer, signed
from tests.services.authorities.given import NOW, ordered
from tests.services.certificates.asking import STATION


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[EstServer]:
    async with EstServer().serving(tmp_path) as serving:
        yield serving


def opened(server: EstServer, folder: Path, **changes: Any) -> EstAuthority:
    members: dict[str, Any] = {
        "uses": ("ChargingStationCertificate",),
        "url": server.url,
        "trust": "trust.pem",
        "timeout_s": 5,
    }
    return EstAuthority("theirs", Est(**members | changes), folder)


@pytest_asyncio.fixture
async def authority(server: EstServer, tmp_path: Path) -> AsyncIterator[EstAuthority]:
    found = opened(server, tmp_path)
    yield found
    await found.close()


async def test_a_certificate_is_enrolled_with_its_issuers(authority: EstAuthority, server: EstServer) -> None:
    issued = await authority.sign(ordered(), NOW)

    leaf, *issuers = x509.load_pem_x509_certificates(issued.chain.encode())
    assert issuers == [server.issuing]
    leaf.verify_directly_issued_by(issuers[0])
    assert (issued.authority, issued.serial_number, issued.subject) == ("theirs", "4d", f"CN={STATION}")
    (_, enrol) = server.asked
    assert enrol[0] == "POST /.well-known/est/simpleenroll"
    assert (enrol[1]["content-type"], enrol[1]["content-transfer-encoding"]) == ("application/pkcs10", "base64")


async def test_an_authority_is_named_as_its_server_names_it(authority: EstAuthority) -> None:
    told = await authority.announce(NOW)

    assert (told.kind, told.subject, told.issuer, told.problem) == ("est", "CN=Issuing", "CN=Root", "")
    assert len(told.roots) == 3
    assert authority.revocation_list([], NOW, NOW) is None


async def test_it_is_known_by_a_password_or_a_certificate(server: EstServer, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret\n")
    by_password = opened(server, tmp_path, user="csms", password_file="password")
    by_certificate = opened(server, tmp_path, client_certificate="client.pem", client_key="client.key")
    for each in (by_password, by_certificate):
        await each.announce(NOW)
        await each.close()

    (_, first), (_, second) = server.asked
    assert base64.b64decode(first["authorization"].removeprefix("Basic ")) == b"csms:secret"
    assert (first.get("client"), second.get("client")) == (None, "yes")


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        ((202, {"Retry-After": "7"}, b""), Unreachable, "not decided yet"),
        ((503, {}, b""), Unreachable, "not decided yet"),
        ((500, {}, b"on fire"), Unreachable, "500: on fire"),
        ((400, {}, b"no such profile"), Refused, "400: no such profile"),
        ((401, {}, b""), Refused, "401"),
        ((200, {}, b"no certificates"), Refused, "PKCS"),
        ((200, {}, b"x" * 300_000), Refused, "more than"),
    ],
)
async def test_what_the_server_says_instead_is_told(
    authority: EstAuthority, server: EstServer, answer: Any, kind: type[Exception], why: str
) -> None:
    await authority.announce(NOW)
    server.answers.append(answer)

    with pytest.raises(kind, match=why) as raised:
        await authority.sign(ordered(), NOW)
    if isinstance(raised.value, Unreachable) and answer[1]:
        assert raised.value.wait_s == 7


async def test_a_certificate_for_another_key_is_refused(authority: EstAuthority, server: EstServer) -> None:
    await authority.announce(NOW)
    other = signed(
        STATION, ec.generate_private_key(ec.SECP256R1()).public_key(), "Issuing", server.issuing_key, ca=False
    )
    server.answers.append((200, {}, server.certs(other)))

    with pytest.raises(Refused, match="another key or name"):
        await authority.sign(ordered(), NOW)


async def test_a_certificate_that_is_also_for_another_station_is_refused(
    authority: EstAuthority, server: EstServer
) -> None:
    await authority.announce(NOW)
    request = x509.load_pem_x509_csr(ordered().csr.encode())
    also = signed(STATION, request.public_key(), "Issuing", server.issuing_key, ca=False, dns="other-station")
    server.answers.append((200, {}, server.certs(also)))

    with pytest.raises(Refused, match="also for 'other-station'"):
        await authority.sign(ordered(), NOW)


async def test_a_certificate_of_an_unknown_issuer_is_refused(authority: EstAuthority, server: EstServer) -> None:
    server.named = [server.root]

    with pytest.raises(Refused, match="cacerts"):
        await authority.sign(ordered(), NOW)


async def test_a_certificate_below_another_root_than_ours_is_refused_and_its_authorities_are_not_announced(
    server: EstServer, tmp_path: Path
) -> None:
    other = EstServer()
    (tmp_path / "others.pem").write_bytes(other.root.public_bytes(Encoding.PEM))
    strict = opened(server, tmp_path, roots="others.pem")

    with pytest.raises(Refused, match="none below the roots"):
        await strict.sign(ordered(), NOW)
    told = await strict.announce(NOW)
    assert (told.chain, told.subject) == ("", "")
    assert "roots" in told.problem
    server.named = [other.root, other.issuing, server.root, server.issuing]
    with pytest.raises(Refused, match="do not end in a root that is trusted"):
        await strict.sign(ordered(), NOW)
    assert (await strict.announce(NOW)).subject == "CN=Issuing"
    await strict.close()


async def test_a_new_issuer_is_asked_for(authority: EstAuthority, server: EstServer) -> None:
    server.named = [server.root]
    await authority.announce(NOW)
    server.named = [server.root, server.issuing]

    assert (await authority.sign(ordered(), NOW)).authority == "theirs"


async def test_a_server_that_is_away_is_a_problem_and_no_error(server: EstServer, tmp_path: Path) -> None:
    away = opened(server, tmp_path, url="https://127.0.0.1:1/.well-known/est")

    assert "cannot be reached" in (await away.announce(NOW)).problem
    with pytest.raises(Unreachable, match="cannot be reached"):
        await away.sign(ordered(), NOW)
    await away.close()


async def test_a_server_that_says_nothing_is_not_waited_for(server: EstServer, tmp_path: Path) -> None:
    server.silent = True
    authority = opened(server, tmp_path, timeout_s=0.2)

    with pytest.raises(Unreachable, match="no answer within"):
        await authority.sign(ordered(), NOW)
    await authority.close()


async def test_a_server_that_another_root_vouches_for_is_not_asked(server: EstServer, tmp_path: Path) -> None:
    async with EstServer().serving(tmp_path):  # its root takes the place of the first one's
        authority = opened(server, tmp_path)
        assert "cannot be reached" in (await authority.announce(NOW)).problem
        assert server.asked == []
        await authority.close()


async def test_an_order_for_another_use_is_refused(authority: EstAuthority) -> None:
    with pytest.raises(Refused, match="signs no V2GCertificate"):
        await authority.sign(ordered(use="V2GCertificate"), NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"trust": "nowhere.pem"},
        {"client_certificate": "client.pem", "client_key": "nowhere.key"},
        {"user": "u", "password_file": "nowhere"},
    ],
)
async def test_files_that_cannot_be_used_are_named(server: EstServer, tmp_path: Path, changes: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match=r"nowhere|cannot be used"):
        opened(server, tmp_path, **changes)
