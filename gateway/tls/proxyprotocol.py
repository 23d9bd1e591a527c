"""The PROXY protocol, versions 1 and 2: what a proxy says before the bytes of a connection. PURE.

Source: the specification of HAProxy (proxy-protocol.txt), sections 2.1 and 2.2. Of version 2's TLVs only PP2_TYPE_SSL is read: whether
the client spoke TLS, and its verified certificate.
"""

import ipaddress
import struct
from collections.abc import Iterator

import msgspec

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"
V1 = b"PROXY "
HEAD_BYTES = 16
"""Signature, version and command, family, length."""

LONGEST_LINE = 107
"""Section 2.1: the longest line of version 1 with its end."""

LONGEST_BODY = 16_384
"""A longer body of version 2 is refused: addresses are short, and a certificate has some kilobytes."""

_SSL, _CN, _CERTIFICATE = 0x20, 0x22, 0x28
_CLIENT_SSL, _CLIENT_CERT = 0x01, 0x02 | 0x04
_INET, _INET6 = 1, 2


class BadHeader(Exception):
    """The bytes are no PROXY header; the message says why."""


class Proxied(msgspec.Struct, frozen=True, kw_only=True):
    """What the proxy says of the connection behind it.

    `address`: of the client; empty where the proxy speaks for itself (LOCAL, UNKNOWN). `certificate`: the DER of its verified
    certificate, `common_name` its CN; empty where it showed none, or the proxy does not say it.
    """

    address: str = ""
    tls: bool = False
    common_name: str = ""
    certificate: bytes = b""


def read_line(line: bytes) -> Proxied:
    """Read a header of version 1, without its line end. Raises BadHeader."""
    words = line.split(b" ")
    if words[0] != b"PROXY" or len(words) < 2:
        raise BadHeader("it does not begin with PROXY")
    if words[1] == b"UNKNOWN":
        return Proxied()
    if len(words) != 6 or words[1] not in (b"TCP4", b"TCP6"):
        raise BadHeader("it is not PROXY TCP4 or TCP6 with two addresses and two ports")
    try:
        address, _ = (ipaddress.ip_address(word.decode("ascii")) for word in words[2:4])
        ports = [int(word) for word in words[4:6] if word.isdigit() and len(word) <= 5]
    except ValueError as error:
        raise BadHeader("an address cannot be read") from error
    if len(ports) != 2 or max(ports) > 65_535 or address.version != (4 if words[1] == b"TCP4" else 6):
        raise BadHeader("an address or a port cannot be")
    return Proxied(address=str(address))


def body_bytes(head: bytes) -> int:
    """How many bytes follow the 16 of a head of version 2. Raises BadHeader."""
    if len(head) != HEAD_BYTES or not head.startswith(SIGNATURE) or head[12] >> 4 != 2:
        raise BadHeader("it is no head of version 2")
    length = int.from_bytes(head[14:16], "big")
    if length > LONGEST_BODY:
        raise BadHeader(f"{length} bytes are too many")
    return length


def read_body(head: bytes, body: bytes) -> Proxied:
    """Read a header of version 2. Raises BadHeader."""
    if body_bytes(head) != len(body):
        raise BadHeader("its length is another one")
    command, family = head[12] & 0xF, head[13] >> 4
    if command == 0:
        return Proxied()  # LOCAL: a health check of the proxy itself
    if command != 1:
        raise BadHeader("its command is unknown")
    size = {_INET: 4, _INET6: 16}.get(family)
    if size is None:
        return Proxied()
    if len(body) < 2 * size + 4:
        raise BadHeader("its addresses are cut off")
    address = str(ipaddress.ip_address(body[:size]))
    tls, name, certificate = _ssl(body[2 * size + 4 :])
    return Proxied(address=address, tls=tls, common_name=name, certificate=certificate)


def _ssl(tlvs: bytes) -> tuple[bool, str, bytes]:
    """Whether the client spoke TLS, and the CN and the DER of its verified certificate."""
    tls, name, certificate = False, "", b""
    for kind, value in _tlvs(tlvs):
        if kind != _SSL:
            continue
        if len(value) < 5:
            raise BadHeader("what it says of TLS is cut off")
        client, verify = struct.unpack("!BI", value[:5])
        tls = bool(client & _CLIENT_SSL)
        if verify != 0 or not client & _CLIENT_CERT:
            continue
        for inner, inner_value in _tlvs(value[5:]):
            if inner == _CN:
                name = inner_value.decode(errors="replace")
            elif inner == _CERTIFICATE:
                certificate = inner_value
    return tls, name, certificate


def _tlvs(data: bytes) -> Iterator[tuple[int, bytes]]:
    while data:
        if len(data) < 3:
            raise BadHeader("a TLV is cut off")
        length = int.from_bytes(data[1:3], "big")
        if len(data) < 3 + length:
            raise BadHeader("a TLV is cut off")
        yield data[0], data[3 : 3 + length]
        data = data[3 + length :]
