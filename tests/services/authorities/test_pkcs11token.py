"""PKCS #11: a key in a token signs certificates, lists and OCSP answers; sessions that break, PINs and files that are wrong."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pkcs11
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key
from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
from pkcs11.util.rsa import encode_rsa_public_key

from schemas.settings import BadSetting
from services.authorities.app import authorities_in
from services.authorities.builtin import BuiltInAuthority
from services.authorities.config import Pkcs11, write
from services.authorities.pkcs11token import Token, hardware_key
from services.authorities.port import Unreachable
from services.authorities.tokenkeys import TokenAway, Way
from services.runtime.process.outage import Outage
from tests.services.authorities import softhsm
from tests.services.authorities.est_server import signed
from tests.services.authorities.given import DAY, NOW, ordered, revoked
from tests.services.authorities.test_tokenkeys import FakeToken

MODULE, PIN, LABEL = "/usr/lib/fake.so", "4711", "stations"
OWN = ec.generate_private_key(ec.SECP256R1())
PUBLIC = OWN.public_key()
ROOT_KEY = ec.generate_private_key(ec.SECP256R1())


class FakeKey:
    def __init__(self, module: "FakeModule") -> None:
        self._module = module

    def sign(self, data: bytes, *, mechanism: pkcs11.Mechanism, mechanism_param: Any) -> bytes:
        assert (mechanism, mechanism_param) == (pkcs11.Mechanism.ECDSA, None)
        if self._module.trouble:
            raise self._module.trouble.pop(0)
        return self._module.token.sign(data, Way(scheme="ecdsa", hash="sha256"))


class FakeModule:
    """The module of a vendor: a token with one key; `trouble` is raised by its next signatures, `refuses` by each login."""

    def __init__(self) -> None:
        self.token = FakeToken(OWN)
        self.trouble: list[Exception] = []
        self.refuses: Exception | None = None
        self.logins: list[str | None] = []
        self.closed = 0

    def get_token(self, *, token_label: str) -> "FakeModule":
        if token_label != "hsm":
            raise pkcs11.NoSuchToken("No token matching")
        return self

    def open(self, user_pin: str | None = None) -> "FakeModule":
        self.logins.append(user_pin)
        if self.refuses is not None and user_pin is not None:
            raise self.refuses
        return self

    def get_key(self, *, object_class: pkcs11.ObjectClass, label: str | None, id: bytes | None) -> FakeKey:
        assert object_class is pkcs11.ObjectClass.PRIVATE_KEY
        if (label, id) not in ((LABEL, None), (None, b"\x01")):
            raise pkcs11.NoSuchKey("No key matching")
        return FakeKey(self)

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> FakeModule:
    found = FakeModule()
    monkeypatch.setattr(pkcs11, "lib", lambda path: {MODULE: found}[path])
    return found


def config(folder: Path, public: Any = PUBLIC, **changes: Any) -> Pkcs11:
    """The files of an authority below a root, and what names them."""
    root = signed("Root", ROOT_KEY.public_key(), "Root", ROOT_KEY, ca=True)
    own = signed("Issuing", public, "Root", ROOT_KEY, ca=True, number=2)
    (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
    (folder / "issuing.pem").write_bytes(own.public_bytes(Encoding.PEM))
    (folder / "pin").write_text(f"{PIN}\n")
    members: dict[str, Any] = {
        "uses": ("ChargingStationCertificate",),
        "certificate": "issuing.pem",
        "root": "root.pem",
        "module": MODULE,
        "token": "hsm",
        "key_label": LABEL,
        "pin_file": "pin",
        "ocsp_url": "http://csms.example/pki/ocsp",
    }
    return Pkcs11(**members | changes)


def opened(folder: Path, found: Pkcs11) -> BuiltInAuthority:
    return BuiltInAuthority("stations", found, folder, held=hardware_key("stations", found, folder))


async def signs_everything(authority: BuiltInAuthority) -> None:
    issued = await authority.sign(ordered(), NOW)
    leaf, own = x509.load_pem_x509_certificates(issued.chain.encode())
    leaf.verify_directly_issued_by(own)
    listed = authority.revocation_list([revoked("a1", own.subject.rfc4514_string())], NOW, NOW + DAY)
    assert listed is not None
    key: Any = own.public_key()
    assert x509.load_der_x509_crl(listed.der).is_signature_valid(key)
    answers = [authority.ocsp_answer(about, NOW, NOW + DAY) for about in authority.asked_about(issued)]
    assert [each.status for each in answers if each is not None] == ["good", "good"]
    assert (await authority.announce(NOW)).kind == "pkcs11"


async def test_a_key_in_a_token_signs_all_that_a_file_does(module: FakeModule, tmp_path: Path) -> None:
    config_file = tmp_path / "authorities.json"
    config_file.write_text(write({"stations": config(tmp_path)}))
    authority = authorities_in(str(config_file))["stations"]

    assert isinstance(authority, BuiltInAuthority)
    await signs_everything(authority)
    await authority.close()
    assert (module.logins, module.closed) == ([PIN], 1)


async def test_a_session_that_broke_is_opened_again(module: FakeModule, tmp_path: Path) -> None:
    authority = opened(tmp_path, config(tmp_path, key_label="", key_id="01"))
    module.trouble = [pkcs11.SessionHandleInvalid()]

    await authority.sign(ordered(), NOW)
    assert (module.logins, module.closed) == ([PIN, PIN], 1)


async def test_a_token_that_is_away_is_an_outage(module: FakeModule, tmp_path: Path) -> None:
    authority = opened(tmp_path, config(tmp_path))
    module.trouble = [pkcs11.DeviceRemoved()] * 4

    with pytest.raises(Unreachable, match="hsm does not sign: DeviceRemoved"):
        await authority.sign(ordered(), NOW)
    with pytest.raises(Outage, match="DeviceRemoved"):
        authority.revocation_list([], NOW, NOW + DAY)
    assert (await authority.sign(ordered(), NOW)).authority == "stations"


def test_a_pin_that_is_refused_is_not_tried_again(module: FakeModule, tmp_path: Path) -> None:
    token = Token("stations", config(tmp_path), tmp_path)
    module.refuses = pkcs11.PinIncorrect()

    for _ in range(3):
        with pytest.raises(TokenAway, match="does not take the PIN") as raised:
            token.sign(b"data", Way(scheme="ecdsa", hash="sha256"))
        assert PIN not in str(raised.value)
    assert module.logins == [PIN]


def test_a_login_of_another_authority_is_shared(module: FakeModule, tmp_path: Path) -> None:
    module.refuses = pkcs11.UserAlreadyLoggedIn()
    hardware_key("stations", config(tmp_path), tmp_path)

    assert module.logins == [PIN, None]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"token": "another"}, "NoSuchToken"),
        ({"key_label": "another"}, "NoSuchKey"),
        ({"key_label": ""}, "key_label, key_id or both"),
        ({"key_id": "xyz"}, "hexadecimal"),
        ({"pin_file": "nowhere"}, "nowhere cannot be read"),
        ({"public": ec.generate_private_key(ec.SECP256R1()).public_key()}, "does not fit the certificate"),
    ],
)
def test_what_does_not_fit_is_found_at_the_start(
    module: FakeModule, tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    with pytest.raises(BadSetting, match=why) as raised:
        hardware_key("stations", config(tmp_path, **changes), tmp_path)
    assert PIN not in str(raised.value)


def test_a_module_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match=r"module /nowhere\.so cannot be loaded"):
        hardware_key("stations", config(tmp_path, module="/nowhere.so"), tmp_path)


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)

    with pytest.raises(BadSetting, match="uv sync --extra pkcs11"):
        hardware_key("stations", config(tmp_path), tmp_path)


@pytest.fixture(scope="module")
def hsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The module of SoftHSM, with a token `hsm`."""
    if (here := softhsm.found()) is None:
        pytest.skip(softhsm.MISSING)
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n")
    before = os.environ.get("SOFTHSM2_CONF")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    line = [str(here.program), "--module", str(here.module), "--init-token", "--free", "--label", "hsm"]
    subprocess.run([*line, "--pin", PIN, "--so-pin", PIN], check=True, capture_output=True, timeout=60)
    yield str(here.module)
    pkcs11.unload(str(here.module))
    os.environ.pop("SOFTHSM2_CONF")
    if before is not None:
        os.environ["SOFTHSM2_CONF"] = before


@pytest.mark.parametrize("kind", ["rsa", "secp256r1", "secp384r1"])
async def test_a_key_in_softhsm_signs(hsm: str, tmp_path: Path, kind: str) -> None:
    with pkcs11.lib(hsm).get_token(token_label="hsm").open(rw=True, user_pin=PIN) as session:
        if kind == "rsa":
            public, _ = session.generate_keypair(pkcs11.KeyType.RSA, 2048, label=kind, store=True)
            der = encode_rsa_public_key(public)
        else:
            curve = {pkcs11.Attribute.EC_PARAMS: encode_named_curve_parameters(kind)}
            made = session.create_domain_parameters(pkcs11.KeyType.EC, curve, local=True)
            public, _ = made.generate_keypair(label=kind, store=True)
            der = encode_ec_public_key(public)

    found = config(tmp_path, load_der_public_key(der), module=hsm, key_label=kind)
    authority = opened(tmp_path, found)
    await signs_everything(authority)
    await authority.close()
