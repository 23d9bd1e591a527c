"""The PROXY protocol: headers as proxies write them, and everything else refused."""

import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.tls.proxyprotocol import (
    HEAD_BYTES,
    LONGEST_BODY,
    SIGNATURE,
    BadHeader,
    Proxied,
    body_bytes,
    read_body,
    read_line,
)


def head(command: int, family: int, length: int) -> bytes:
    return SIGNATURE + bytes([0x20 | command, family << 4 | 1]) + struct.pack("!H", length)


def tlv(kind: int, value: bytes) -> bytes:
    return bytes([kind]) + struct.pack("!H", len(value)) + value


def read(command: int, family: int, body: bytes) -> Proxied:
    return read_body(head(command, family, len(body)), body)


ADDRESSES = bytes([192, 0, 2, 7]) + bytes([10, 0, 0, 1]) + struct.pack("!HH", 4000, 443)


@pytest.mark.parametrize(
    ("line", "address"),
    [
        (b"PROXY TCP4 192.0.2.7 10.0.0.1 4000 443", "192.0.2.7"),
        (b"PROXY TCP6 2001:db8::7 2001:db8::1 65535 443", "2001:db8::7"),
        (b"PROXY UNKNOWN", ""),
        (b"PROXY UNKNOWN ffff::1 ffff::2 1 2", ""),
    ],
)
def test_a_line_of_version_1_names_the_client(line: bytes, address: str) -> None:
    assert read_line(line) == Proxied(address=address)


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"PROXY",
        b"GET / HTTP/1.1",
        b"PROXY TCP4 192.0.2.7 10.0.0.1 4000",
        b"PROXY TCP4 2001:db8::7 2001:db8::1 1 2",
        b"PROXY TCP4 192.0.2.7 10.0.0.1 4000 99999",
        b"PROXY TCP4 192.0.2.7 10.0.0.1 -1 1",
        b"PROXY TCP4 192.0.2.300 10.0.0.1 1 1",
        b"PROXY UDP4 192.0.2.7 10.0.0.1 1 1",
        b"PROXY TCP4 \xff\xff 10.0.0.1 1 1",
    ],
)
def test_another_line_is_refused(line: bytes) -> None:
    with pytest.raises(BadHeader):
        read_line(line)


def test_version_2_names_the_client() -> None:
    assert read(1, 1, ADDRESSES) == Proxied(address="192.0.2.7")
    six = ipaddress.ip_address("2001:db8::7").packed
    assert read(1, 2, six * 2 + b"\0\1\0\2") == Proxied(address="2001:db8::7")
    assert read(0, 0, b"") == Proxied()
    assert read(1, 3, bytes(216)) == Proxied()


def test_version_2_says_what_the_proxy_verified_of_tls() -> None:
    inner = tlv(0x21, b"TLSv1.3") + tlv(0x22, b"CP-1") + tlv(0x28, b"der")
    ssl = tlv(0x20, struct.pack("!BI", 0x07, 0) + inner)
    assert read(1, 1, ADDRESSES + tlv(0x04, b"noop") + ssl) == Proxied(
        address="192.0.2.7", tls=True, common_name="CP-1", certificate=b"der"
    )
    refused = tlv(0x20, struct.pack("!BI", 0x07, 1) + inner)
    assert read(1, 1, ADDRESSES + refused) == Proxied(address="192.0.2.7", tls=True)
    without = tlv(0x20, struct.pack("!BI", 0x01, 0) + inner)
    assert read(1, 1, ADDRESSES + without) == Proxied(address="192.0.2.7", tls=True)


@pytest.mark.parametrize(
    ("start", "body"),
    [
        (head(1, 1, 12), ADDRESSES[:11]),
        (head(1, 1, 11), ADDRESSES[:11]),
        (head(2, 1, 12), ADDRESSES),
        (b"\0" * HEAD_BYTES, b""),
        (SIGNATURE + b"\x31\x11\0\0", b""),
        (head(1, 1, 14), ADDRESSES + b"\x20\0"),
        (head(1, 1, 17), ADDRESSES + b"\x20\0\x05\0\0"),
        (head(1, 1, 16), ADDRESSES + tlv(0x20, b"\0")),
    ],
)
def test_a_broken_header_of_version_2_is_refused(start: bytes, body: bytes) -> None:
    with pytest.raises(BadHeader):
        read_body(start, body)


def test_a_long_body_is_refused_before_it_is_read() -> None:
    assert body_bytes(head(1, 1, LONGEST_BODY)) == LONGEST_BODY
    with pytest.raises(BadHeader, match="too many"):
        body_bytes(head(1, 1, LONGEST_BODY + 1))


@given(st.binary(max_size=200))
def test_any_line_is_read_or_refused(line: bytes) -> None:
    try:
        found = read_line(b"PROXY " + line)
    except BadHeader:
        return
    if found.address:
        ipaddress.ip_address(found.address)


@given(st.integers(0, 3), st.integers(0, 15), st.binary(max_size=400))
def test_any_body_is_read_or_refused(command: int, family: int, body: bytes) -> None:
    try:
        found = read(command, family, body)
    except BadHeader:
        return
    if found.address:
        ipaddress.ip_address(found.address)
