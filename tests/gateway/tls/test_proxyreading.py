"""Reading PROXY headers from sockets: not one byte more than the header."""

import asyncio
import socket
from collections.abc import Iterator

import pytest

from gateway.tls.proxyprotocol import SIGNATURE, BadHeader, Proxied
from gateway.tls.proxyreading import Untrusted, read_header, refuse_header
from tests.gateway.tls.test_proxyprotocol import ADDRESSES, head


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    with ours, theirs:
        yield ours, theirs


Pair = tuple[socket.socket, socket.socket]


@pytest.mark.parametrize("header", [b"PROXY TCP4 192.0.2.7 10.0.0.1 4000 443\r\n", head(1, 1, 12) + ADDRESSES])
async def test_what_follows_the_header_stays(pair: Pair, header: bytes) -> None:
    ours, theirs = pair
    theirs.send(header + b"GET / HTTP/1.1\r\n")
    assert await read_header(ours) == Proxied(address="192.0.2.7")
    assert ours.recv(100) == b"GET / HTTP/1.1\r\n"


async def test_a_header_may_come_in_pieces(pair: Pair) -> None:
    ours, theirs = pair
    reading = asyncio.ensure_future(read_header(ours))
    for byte in b"PROXY TCP4 192.0.2.7 10.0.0.1 4000 443\r\n":
        theirs.send(bytes([byte]))
        await asyncio.sleep(0)
    assert await reading == Proxied(address="192.0.2.7")


@pytest.mark.parametrize(
    "data", [b"GET /ocpp/CP-1 HTTP/1.1\r\n", b"PROXY TCP4 " + b"1" * 200, b"\x16\x03\x01" + bytes(30)]
)
async def test_a_connection_without_one_is_refused(pair: Pair, data: bytes) -> None:
    ours, theirs = pair
    theirs.send(data)
    with pytest.raises(BadHeader):
        await read_header(ours)


async def test_a_header_that_is_cut_off_is_refused(pair: Pair) -> None:
    ours, theirs = pair
    theirs.send(SIGNATURE)
    theirs.close()
    with pytest.raises(EOFError):
        await read_header(ours)


@pytest.mark.parametrize("header", [b"PROXY TCP4 192.0.2.7 10.0.0.1 4000 443\r\n", head(1, 1, 12) + ADDRESSES])
async def test_a_header_of_somebody_else_is_refused(pair: Pair, header: bytes) -> None:
    ours, theirs = pair
    theirs.send(header)
    with pytest.raises(Untrusted):
        await refuse_header(ours)


async def test_a_connection_of_somebody_else_is_left_as_it_is(pair: Pair) -> None:
    ours, theirs = pair
    theirs.send(b"GET / HTTP/1.1\r\n")
    await refuse_header(ours)
    assert ours.recv(100) == b"GET / HTTP/1.1\r\n"
