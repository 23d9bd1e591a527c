"""ACME: certificates by order, finalization and download; what is waited for, refused and tried again (RFC 8555, 7.4)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from josepy.b64 import b64decode

from schemas.settings import BadSetting
from services.authorities.acmeauthority import AcmeAuthority
from services.authorities.config import Acme
from services.authorities.port import Refused, Unreachable
from tests.services.authorities.acme_server import AcmeServer
from tests.services.authorities.est_server import signed
from tests.services.authorities.given import DAY, NOW, ordered
from tests.services.certificates.asking import STATION, key


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[AcmeServer]:
    own = ec.generate_private_key(ec.SECP256R1())
    (tmp_path / "account.key").write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    async with AcmeServer().serving(tmp_path) as serving:
        assert isinstance(serving, AcmeServer)
        yield serving


class Opened:
    """An authority, and the waits that it asked for."""

    def __init__(self, server: AcmeServer, folder: Path, **changes: Any) -> None:
        members: dict[str, Any] = {
            "uses": ("ChargingStationCertificate",),
            "url": f"{server.url}/directory",
            "trust": "trust.pem",
            "roots": "trust.pem",
            "account_key": "account.key",
            "timeout_s": 5,
        }
        self.waits: list[float] = []
        self.authority = AcmeAuthority("theirs", Acme(**members | changes), folder, sleep=self._sleep)

    async def _sleep(self, seconds: float) -> None:
        self.waits.append(seconds)


@pytest_asyncio.fixture
async def opened(server: AcmeServer, tmp_path: Path) -> AsyncIterator[Opened]:
    found = Opened(server, tmp_path)
    yield found
    await found.authority.close()


async def test_a_certificate_is_ordered_with_its_issuers(opened: Opened, server: AcmeServer) -> None:
    issued = await opened.authority.sign(ordered(), NOW)

    leaf, *issuers = x509.load_pem_x509_certificates(issued.chain.encode())
    assert issuers == [server.issuing]
    leaf.verify_directly_issued_by(issuers[0])
    assert (issued.authority, issued.serial_number, issued.subject) == ("theirs", "4d", f"CN={STATION}")
    assert server.paths() == ["/account", "/order", "/orders/1/finalize", "/certificates/1"]
    assert server.payloads[1][1] == {"identifiers": [{"type": "dns", "value": STATION}]}
    sent = x509.load_der_x509_csr(b64decode(server.payloads[2][1]["csr"]))
    assert sent == x509.load_pem_x509_csr(ordered().csr.encode())


async def test_other_identifiers_and_a_profile_are_asked_for(server: AcmeServer, tmp_path: Path) -> None:
    found = Opened(server, tmp_path, identifier="permanent-identifier", profile="stations")
    await found.authority.sign(ordered(), NOW)
    await found.authority.close()

    identifiers = [{"type": "permanent-identifier", "value": STATION}]
    assert server.payloads[1][1] == {"identifiers": identifiers, "profile": "stations"}


async def test_an_order_is_looked_after_until_its_certificate_is_made(opened: Opened, server: AcmeServer) -> None:
    server.states = ["pending", "ready", "processing", "processing", "valid"]

    assert (await opened.authority.sign(ordered(), NOW)).serial_number == "4d"
    assert opened.waits == [1.0, 2.0, 4.0]
    assert server.paths().count("/orders/1/finalize") == 1


async def test_an_order_is_looked_after_as_often_as_the_server_says(opened: Opened, server: AcmeServer) -> None:
    server.states, server.headers = ["ready", "processing", "valid"], {"Retry-After": "7"}
    await opened.authority.sign(ordered(), NOW)

    assert opened.waits == [7.0]


async def test_an_order_that_takes_long_is_taken_up_again(opened: Opened, server: AcmeServer) -> None:
    server.states, server.headers = ["ready", "processing"], {"Retry-After": "20"}
    with pytest.raises(Unreachable, match="not decided yet") as raised:
        await opened.authority.sign(ordered(), NOW)
    assert (raised.value.wait_s, opened.waits) == (20.0, [20.0])

    server.states = ["valid"]
    assert (await opened.authority.sign(ordered(), NOW)).serial_number == "4d"
    assert server.paths().count("/order") == 1


async def test_a_proof_that_nobody_can_give_is_refused_with_what_to_do(opened: Opened, server: AcmeServer) -> None:
    server.states, server.authorized = ["pending"], "pending"

    with pytest.raises(Refused, match=r"wants http-01, dns-01 .* authorize this account for the ids of stations"):
        await opened.authority.sign(ordered(), NOW)
    assert opened.waits == []


async def test_an_authorization_that_ended_is_told(opened: Opened, server: AcmeServer) -> None:
    server.states, server.authorized = ["pending"], "revoked"

    with pytest.raises(Refused, match="is revoked at the certificate authority"):
        await opened.authority.sign(ordered(), NOW)


async def test_an_order_that_failed_is_refused_and_forgotten(opened: Opened, server: AcmeServer) -> None:
    server.states = ["ready", "invalid"]
    with pytest.raises(Refused, match=r"The order is invalid .* badCSR: no such key"):
        await opened.authority.sign(ordered(), NOW)

    server.states = ["ready", "valid"]
    await opened.authority.sign(ordered(), NOW)
    assert server.paths().count("/order") == 2


@pytest.mark.parametrize(
    ("path", "code", "status", "kind", "why"),
    [
        ("/order", "rateLimited", 429, Unreachable, "rateLimited: because"),
        ("/order", "serverInternal", 500, Unreachable, "serverInternal"),
        ("/orders/1/finalize", "orderNotReady", 403, Unreachable, "orderNotReady"),
        ("/order", "rejectedIdentifier", 400, Refused, "policy has to allow the ids of stations"),
        ("/orders/1/finalize", "badCSR", 400, Refused, "badCSR"),
        ("/account", "unauthorized", 401, Refused, "allow this account"),
    ],
)
async def test_problems_of_the_server_are_told(
    opened: Opened, server: AcmeServer, path: str, code: str, status: int, kind: type[Exception], why: str
) -> None:
    server.problems[path], server.states = [(code, status, {"Retry-After": "17"})], ["ready", "ready", "valid"]

    with pytest.raises(kind, match=why) as raised:
        await opened.authority.sign(ordered(), NOW)
    if isinstance(raised.value, Unreachable):
        assert raised.value.wait_s == 17
        assert (await opened.authority.sign(ordered(), NOW)).serial_number == "4d"


@pytest.mark.parametrize(
    ("made", "why"),
    [
        ({"key": "another"}, "another key or name"),
        ({"name": "CS002"}, "another key or name"),
        ({"by": "another"}, "do not end in a root"),
        ({"ends": NOW - DAY}, "does not hold now"),
        ({"ca": True}, "may sign others"),
        ({"dns": "cs002"}, "also for 'cs002'"),
    ],
)
async def test_a_certificate_that_is_not_what_was_asked_for_is_refused(
    opened: Opened, server: AcmeServer, made: dict[str, Any], why: str
) -> None:
    another = ec.generate_private_key(ec.SECP256R1())
    server.certificate = signed(
        made.get("name", STATION),
        (another if made.get("key") else key("ec", 0)).public_key(),
        "Issuing",
        another if made.get("by") else server.issuing_key,
        ca=made.get("ca", False),
        **{name: value for name, value in made.items() if name in ("ends", "dns")},
    )

    with pytest.raises(Refused, match=why):
        await opened.authority.sign(ordered(), NOW)


async def test_a_certificate_below_another_root_than_ours_is_refused(server: AcmeServer, tmp_path: Path) -> None:
    (tmp_path / "ours.pem").write_bytes(AcmeServer().root.public_bytes(Encoding.PEM))
    found = Opened(server, tmp_path, roots="ours.pem")

    with pytest.raises(Refused, match="do not end in a root that is trusted"):
        await found.authority.sign(ordered(), NOW)
    await found.authority.close()


def with_names(common_name: str, *names: x509.GeneralName) -> str:
    parts = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)] if common_name else []
    builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(parts))
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    return builder.sign(key("ec", 0), hashes.SHA256()).public_bytes(Encoding.PEM).decode()


async def test_a_request_for_other_names_is_not_ordered(opened: Opened, server: AcmeServer) -> None:
    for csr, why in (
        (with_names(""), "no common name"),
        (with_names(STATION, x509.DNSName("cs002")), "other alternative names"),
        (with_names(STATION, x509.UniformResourceIdentifier(STATION)), "other alternative names"),
    ):
        with pytest.raises(Refused, match=why):
            await opened.authority.sign(ordered(csr=csr), NOW)
    assert "/order" not in server.paths()

    own = with_names(STATION, x509.DNSName(STATION.lower()))
    assert (await opened.authority.sign(ordered(csr=own), NOW)).serial_number == "4d"


async def test_an_order_for_another_use_is_refused(opened: Opened) -> None:
    with pytest.raises(Refused, match="signs no V2GCertificate"):
        await opened.authority.sign(ordered(use="V2GCertificate"), NOW)


async def test_an_authority_is_named_by_its_roots_and_then_by_its_last_issuer(
    opened: Opened, server: AcmeServer
) -> None:
    first = await opened.authority.announce(NOW)
    assert (first.kind, first.subject, first.problem, len(first.roots)) == ("acme", "CN=Root", "", 3)

    await opened.authority.sign(ordered(), NOW)
    assert (await opened.authority.announce(NOW)).subject == "CN=Issuing"
    assert opened.authority.revocation_list([], NOW, NOW) is None


async def test_a_server_that_is_away_is_a_problem_and_no_error(server: AcmeServer, tmp_path: Path) -> None:
    away = Opened(server, tmp_path, url="https://127.0.0.1:1/directory").authority

    assert "cannot be reached" in (await away.announce(NOW)).problem
    with pytest.raises(Unreachable, match="cannot be reached"):
        await away.sign(ordered(), NOW)
    await away.close()


async def test_roots_that_cannot_be_used_are_named(server: AcmeServer, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"nowhere\.pem cannot be read"):
        Opened(server, tmp_path, roots="nowhere.pem")
    with pytest.raises(BadSetting, match="cannot be used"):
        Opened(server, tmp_path, roots="account.key")
    (tmp_path / "issuing.pem").write_bytes(server.issuing.public_bytes(Encoding.PEM))
    with pytest.raises(BadSetting, match="no root"):
        Opened(server, tmp_path, roots="issuing.pem")
