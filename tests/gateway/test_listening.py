"""Listening: the ports that are set, and what is said where none can be opened."""

import socket

import pytest

from gateway.acceptor import Listener
from gateway.listening import NoPort, listen
from gateway.settings import Settings


def settings(**more: object) -> Settings:
    return Settings(**{"host": "127.0.0.1", "port": 0} | more)  # type: ignore[arg-type]


async def listening(given: Settings) -> list[Listener]:
    server, acceptor = await listen(given, None, serve=_never, admit=_admit, subprotocol=_never)  # type: ignore[arg-type]
    server.close()
    await server.wait_closed()
    assert not acceptor.is_serving()
    return list(acceptor.listeners)


async def test_the_plain_port_alone_without_tls() -> None:
    assert [listener.security for listener in await listening(settings())] == ["plain"]


async def test_no_port_at_all_is_refused() -> None:
    with pytest.raises(NoPort, match="tls_port"):
        await listening(settings(plain=False))


async def test_a_port_in_use_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"127.0.0.1:{port}"):
            await listening(settings(port=port))


async def test_every_address_of_a_host_is_listened_on() -> None:
    families = {listener.socket.family for listener in await listening(settings(host=""))}
    assert socket.AF_INET in families


async def _never(_: object) -> None:
    raise AssertionError


def _admit(_socket: object, _request: object) -> None:
    raise AssertionError
