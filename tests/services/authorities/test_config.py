"""Config: the file that names the authorities is read whole or not at all."""

import pytest

from services.authorities.config import BadConfig, BuiltIn, Est, read, write

OURS = BuiltIn(uses=("ChargingStationCertificate",), certificate="a.pem", key="a.key")
THEIRS = Est(uses=("V2GCertificate",), url="https://est.example/.well-known/est", trust="roots.pem")


def test_what_is_written_is_read() -> None:
    assert read(write({"stations": OURS, "v2g": THEIRS}).encode()) == {"stations": OURS, "v2g": THEIRS}


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        '{"Stations": {"kind": "built-in", "uses": ["V2GCertificate"], "certificate": "a", "key": "b"}}',
        '{"a": {"kind": "built-in", "uses": ["V2GCertificate"], "certificate": "a"}}',
        '{"a": {"kind": "built-in", "uses": ["V2GCertificate"], "certificate": "a", "key": "b", "colour": "red"}}',
        '{"a": {"kind": "est", "uses": ["V2GCertificate"], "url": "http://est.example", "trust": "t"}}',
        '{"a": {"kind": "acme", "uses": ["V2GCertificate"]}}',
    ],
)
def test_a_file_that_cannot_be_used_is_refused(text: str) -> None:
    with pytest.raises(BadConfig):
        read(text.encode())
