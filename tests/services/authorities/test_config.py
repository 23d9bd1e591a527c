"""Config: the file that names the authorities is read whole or not at all."""

import pytest

from services.authorities.config import Acme, BadConfig, BuiltIn, Est, Pkcs11, read, write

OURS = BuiltIn(uses=("ChargingStationCertificate",), certificate="a.pem", key="a.key")
THEIRS = Est(uses=("V2GCertificate",), url="https://est.example/.well-known/est", trust="roots.pem")
ORDERED = Acme(
    uses=("ChargingStationCertificate",),
    url="https://acme.example/directory",
    trust="tls.pem",
    roots="roots.pem",
    account_key="account.key",
)
IN_A_TOKEN = Pkcs11(uses=(), certificate="a.pem", module="/m.so", token="hsm", key_label="stations", pin_file="pin")


def test_what_is_written_is_read() -> None:
    all_kinds = {"stations": OURS, "v2g": THEIRS, "ordered": ORDERED, "token": IN_A_TOKEN}

    assert read(write(all_kinds).encode()) == all_kinds


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        '{"Stations": {"kind": "built-in", "uses": ["V2GCertificate"], "certificate": "a", "key": "b"}}',
        '{"a": {"kind": "built-in", "uses": ["V2GCertificate"], "certificate": "a"}}',
        '{"a": {"kind": "built-in", "uses": ["V2GCertificate"], "certificate": "a", "key": "b", "colour": "red"}}',
        '{"a": {"kind": "est", "uses": ["V2GCertificate"], "url": "http://est.example", "trust": "t"}}',
        '{"a": {"kind": "acme", "uses": ["V2GCertificate"]}}',
        '{"a": {"kind": "cmp", "uses": ["V2GCertificate"]}}',
        '{"a": {"kind": "acme", "uses": [], "url": "http://a.example", "trust": "t", "roots": "r", "account_key": "k"}}',
    ],
)
def test_a_file_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(BadConfig):
        read(text.encode())
