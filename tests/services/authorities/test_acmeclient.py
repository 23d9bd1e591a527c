"""ACME client: the account and its binding, nonces, and answers that are none (RFC 8555, 6 and 7.3)."""

import base64
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from schemas.settings import BadSetting
from services.authorities.acmeclient import AcmeClient
from services.authorities.config import Acme
from services.authorities.port import Refused, Unreachable
from tests.services.authorities.acme_server import AcmeServer

HMAC_KEY = b"0123456789abcdef0123456789abcdef"


def kept(folder: Path, own: Any) -> None:
    (folder / "account.key").write_bytes(own.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[AcmeServer]:
    kept(tmp_path, ec.generate_private_key(ec.SECP256R1()))
    (tmp_path / "hmac").write_text(base64.urlsafe_b64encode(HMAC_KEY).decode().rstrip("=") + "\n")
    async with AcmeServer().serving(tmp_path) as serving:
        assert isinstance(serving, AcmeServer)
        yield serving


def opened(server: AcmeServer, folder: Path, **changes: Any) -> AcmeClient:
    members: dict[str, Any] = {
        "uses": (),
        "url": f"{server.url}/directory",
        "trust": "trust.pem",
        "roots": "trust.pem",
        "account_key": "account.key",
        "timeout_s": 5,
    }
    return AcmeClient("theirs", Acme(**members | changes), folder)


@pytest_asyncio.fixture
async def client(server: AcmeServer, tmp_path: Path) -> AsyncIterator[AcmeClient]:
    found = opened(server, tmp_path)
    yield found
    await found.close()


async def test_an_account_is_made_once_and_found_again(client: AcmeClient, server: AcmeServer, tmp_path: Path) -> None:
    first = await client.account()
    assert await client.account() == first
    again = opened(server, tmp_path)
    assert await again.account() == first
    await again.close()

    assert server.paths() == ["/account"]
    assert all(headers["user-agent"] == "voltbus" for _, headers in server.asked)


@pytest.mark.parametrize(
    "drawn",
    [
        lambda: ec.generate_private_key(ec.SECP384R1()),
        lambda: ec.generate_private_key(ec.SECP521R1()),
        lambda: rsa.generate_private_key(65537, 2048),
    ],
    ids=["P-384", "P-521", "RSA"],
)
async def test_requests_are_signed_by_keys_of_each_kind(
    server: AcmeServer, tmp_path: Path, drawn: Callable[[], Any]
) -> None:
    kept(tmp_path, drawn())
    client = opened(server, tmp_path)
    await client.ask(f"{server.url}/authorizations/1")
    await client.close()

    assert server.paths() == ["/account", "/authorizations/1"]


async def test_an_account_is_bound_to_the_one_that_the_operator_was_given(server: AcmeServer, tmp_path: Path) -> None:
    server.bound = {"kid-1": HMAC_KEY}
    without, other = opened(server, tmp_path), opened(server, tmp_path, eab_kid="kid-2", eab_hmac_key_file="hmac")
    with pytest.raises(Refused, match=r"externalAccountRequired: .* set eab_kid and eab_hmac_key_file"):
        await without.account()
    with pytest.raises(Refused, match="unauthorized"):
        await other.account()
    bound = opened(server, tmp_path, eab_kid="kid-1", eab_hmac_key_file="hmac", contact=("mailto:pki@elbtal.example",))
    await bound.account()
    for each in (without, other, bound):
        await each.close()

    (_, made) = server.payloads[0]
    assert made["contact"] == ["mailto:pki@elbtal.example"]


async def test_terms_of_service_are_agreed_to_by_the_operator_alone(server: AcmeServer, tmp_path: Path) -> None:
    server.terms = "https://acme.example/terms"
    refusing, agreeing = opened(server, tmp_path), opened(server, tmp_path, terms_agreed=True)
    with pytest.raises(Refused, match=r"acme\.example/terms\), and set terms_agreed"):
        await refusing.account()
    await agreeing.account()
    for each in (refusing, agreeing):
        await each.close()

    assert server.payloads == [("/account", {"termsOfServiceAgreed": True})]


async def test_a_nonce_that_is_refused_is_replaced(client: AcmeClient, server: AcmeServer) -> None:
    server.problems["/authorizations/1"] = [("badNonce", 400, {})] * 2

    assert (await client.ask(f"{server.url}/authorizations/1")).status == 200


async def test_nonces_are_not_tried_for_ever(client: AcmeClient, server: AcmeServer) -> None:
    server.problems["/authorizations/1"] = [("badNonce", 400, {})] * 3

    with pytest.raises(Unreachable, match="badNonce"):
        await client.ask(f"{server.url}/authorizations/1")
    assert server.problems["/authorizations/1"] == []


async def test_an_account_that_the_server_lost_is_made_anew(client: AcmeClient, server: AcmeServer) -> None:
    await client.account()
    server.accounts.clear()
    with pytest.raises(Unreachable, match="accountDoesNotExist"):
        await client.ask(f"{server.url}/authorizations/1")

    assert (await client.ask(f"{server.url}/authorizations/1")).status == 200
    assert server.paths().count("/account") == 2


@pytest.mark.parametrize(
    ("answer", "kind", "why"),
    [
        ((200, {}, b"no json"), Refused, "no directory of ACME"),
        ((200, {}, b'{"newNonce": 7}'), Refused, "no directory of ACME"),
        ((404, {}, b"no such page"), Refused, "404: no such page"),
        ((301, {"Location": "https://other.example"}, b""), Refused, "301"),
        ((503, {"Retry-After": "9"}, b"busy"), Unreachable, "503: busy"),
    ],
)
async def test_a_directory_that_is_none_is_told(
    client: AcmeClient, server: AcmeServer, answer: Any, kind: type[Exception], why: str
) -> None:
    server.answers.append(answer)

    with pytest.raises(kind, match=why) as raised:
        await client.account()
    if isinstance(raised.value, Unreachable):
        assert raised.value.wait_s == 9


async def test_an_address_without_tls_is_not_asked(client: AcmeClient, server: AcmeServer) -> None:
    server.directory = {"newAccount": "http://127.0.0.1/account"}

    with pytest.raises(Refused, match="not https"):
        await client.account()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"trust": "nowhere.pem"}, r"nowhere\.pem"),
        ({"account_key": "nowhere.key"}, r"nowhere\.key"),
        ({"account_key": "trust.pem"}, "cannot be used"),
        ({"eab_kid": "kid-1"}, "together"),
        ({"eab_hmac_key_file": "hmac"}, "together"),
        ({"eab_kid": "kid-1", "eab_hmac_key_file": "nowhere"}, "nowhere"),
        ({"eab_kid": "kid-1", "eab_hmac_key_file": "short"}, "base64url of 16 bytes"),
    ],
)
async def test_files_that_cannot_be_used_are_named(
    server: AcmeServer, tmp_path: Path, changes: dict[str, str], why: str
) -> None:
    (tmp_path / "short").write_text("c2hvcnQ")

    with pytest.raises(BadSetting, match=why):
        opened(server, tmp_path, **changes)


async def test_a_key_on_a_curve_that_jose_has_not_is_refused(server: AcmeServer, tmp_path: Path) -> None:
    kept(tmp_path, ec.generate_private_key(ec.BrainpoolP256R1()))

    with pytest.raises(BadSetting, match="use P-256"):
        opened(server, tmp_path)
