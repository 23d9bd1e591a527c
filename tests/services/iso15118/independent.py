"""What others made, held against ours: the EXI codec and the test PKI that the package `iso15118` brings along."""

import base64
import contextlib
import importlib.util
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from services.iso15118.port import ISO_2, ISO_20
from tests.pki import Authority

XML_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
NAMESPACES = {"2": ISO_2, "20": ISO_20}


def _home() -> Path:
    found = importlib.util.find_spec("iso15118")
    assert found is not None, "the package iso15118 is a dependency of tests"
    assert found.submodule_search_locations
    return Path(found.submodule_search_locations[0]) / "shared"


SCHEMAS = _home() / "schemas"


def _missing(reason: str) -> NoReturn:
    """Skipped with what to install; in CI that fails."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


class Codec:
    """EXIficient with the schemas of ISO 15118, as the package bundles it. Messages are JSON: bytes in base64, attributes as members."""

    def __init__(self, gateway: Any) -> None:
        self._codec = gateway.jvm.com.siemens.ct.exi.main.cmd.EXICodec()

    def encode(self, message: Any, namespace: str) -> bytes:
        encoded = self._codec.encode(json.dumps(message), namespace)
        assert encoded is not None, self._codec.get_last_encoding_error()
        return bytes(encoded)

    def decode(self, content: bytes, namespace: str) -> Any:
        decoded = self._codec.decode(content, namespace)
        assert decoded is not None, self._codec.get_last_decoding_error()
        return json.loads(decoded)


@contextlib.contextmanager
def codec() -> Iterator[Codec]:
    """The codec, in a Java of its own."""
    if shutil.which("java") is None:
        _missing(
            "the independent EXI codec is a JAR: install a Java runtime, 17 or newer (Debian: openjdk-17-jre-headless)"
        )
    from py4j.java_gateway import JavaGateway

    opened = ["--add-opens", "java.base/java.lang=ALL-UNNAMED"]
    gateway = JavaGateway.launch_gateway(classpath=str(_home() / "EXICodec.jar"), die_on_exit=True, javaopts=opened)
    try:
        yield Codec(gateway)
    finally:
        gateway.shutdown()


def as_json(message: Any) -> Any:
    """A message of ours as the codec has it, but for words of enumerations."""
    match message:
        case dict():
            return {name.removeprefix("@"): as_json(each) for name, each in message.items()}
        case list():
            return [as_json(each) for each in message]
        case bytes():
            return base64.b64encode(message).decode()
    return message


# -- the PKI ----------------------------------------------------------------------------------------------------------

PASSWORD = "12345"
"""The script's own."""

SERVED = "https://www.example.com/"
"""Where certificates of the script say that their responder is."""


def pki(folder: Path, *, responder: str = SERVED) -> Path:
    """The package's script has made its PKI for ISO 15118-2; the folder of its certificates and keys.

    `responder`: where each certificate says that its responder is, followed by the certificate's name.
    """
    for tool in ("bash", "openssl"):
        if shutil.which(tool) is None:
            _missing(f"the package's script makes its PKI with {tool}: install it")
    home = folder / "pki"
    shutil.copytree(_home() / "pki", home)
    for config in (home / "configs").iterdir():
        own = f"{responder}{config.stem.removesuffix('Cert')}" if responder != SERVED else SERVED
        config.write_text(config.read_text().replace(SERVED, own))
    command = ["bash", "create_certs.sh", "-v", "iso-2", "-p", PASSWORD]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, timeout=120, check=False)
    made = home / "iso15118_2"
    assert (made / "certs" / "contractLeafCert.pem").exists(), done.stdout + done.stderr
    return made


def certificate(made: Path, name: str) -> x509.Certificate:
    """One of its certificates."""
    return x509.load_pem_x509_certificate((made / "certs" / f"{name}Cert.pem").read_bytes())


def pem(made: Path, *names: str) -> str:
    """Certificates of it, one after the other."""
    return "".join((made / "certs" / f"{name}Cert.pem").read_text() for name in names)


def authority(made: Path, name: str) -> Authority:
    """One of its authorities, with its key."""
    key = load_pem_private_key((made / "private_keys" / f"{name}.key").read_bytes(), PASSWORD.encode())
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return Authority(made, name, key, certificate(made, name))
