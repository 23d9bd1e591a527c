"""Guarding: HTTP requests to URLs that others name are sent to addresses that are allowed, bounded in time and size."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Iterable, Mapping
from typing import Any

import httpcore

from schemas.addresses import address_refusal

ADDRESSES_TRIED = 4
KEPT_OPEN_S = 30.0
USER_AGENT = "voltbus"


class AddressRefused(OSError):
    """The name of a URL leads to an address to which nothing is sent; the message says which."""


class NoAnswer(Exception):
    """A request has no answer that can be used; the message says why."""


class Guarded(httpcore.AsyncNetworkBackend):
    """Connects to the addresses of a name that are allowed, so that a name cannot change between the check and the connection.

    `setting` names what allows addresses that are not public.
    """

    def __init__(self, *, private: bool, setting: str) -> None:
        self._private = private
        self._setting = setting
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first allowed address that answers. Raises AddressRefused where none is allowed, OSError, ConnectError."""
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        refusals = {
            address: address_refusal(address, private=self._private, setting=self._setting) for address in addresses
        }
        allowed = [address for address in addresses if not refusals[address]]
        if not allowed:
            raise AddressRefused(next(iter(refusals.values()), f"{host} has no address"))
        *others, last = allowed[:ADDRESSES_TRIED]
        for address in others:
            with contextlib.suppress(httpcore.ConnectError):
                return await self._network.connect_tcp(address, port, timeout, local_address, socket_options)
        return await self._network.connect_tcp(last, port, timeout, local_address, socket_options)

    async def sleep(self, seconds: float) -> None:
        """Wait between attempts to connect; httpcore asks for it."""
        await asyncio.sleep(seconds)


class Client:
    """Sends single requests. Redirects are not followed."""

    def __init__(
        self, *, private: bool, setting: str, timeout_s: float, connections: int, tls: ssl.SSLContext | None = None
    ) -> None:
        self._timeout_s = timeout_s
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or ssl.create_default_context(),
            max_connections=connections,
            keepalive_expiry=KEPT_OPEN_S,
            network_backend=Guarded(private=private, setting=setting),
        )

    async def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, largest: int
    ) -> tuple[int, bytes]:
        """The status and the body of the answer. Raises NoAnswer: unreachable, too late, or of more than `largest` bytes."""
        if not url.isascii() or not url.isprintable() or not url.lower().startswith(("http://", "https://")):
            raise NoAnswer("it is no address, as http://example.com/path is")
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._ask(method, url, headers, body, largest)
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise NoAnswer(f"no answer within {self._timeout_s:g} s") from error
        except AddressRefused as refusal:
            raise NoAnswer(str(refusal)) from refusal
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.UnsupportedProtocol,
            OSError,
            ValueError,
        ) as error:
            raise NoAnswer(f"it cannot be reached: {error or type(error).__name__}") from error

    async def _ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, largest: int
    ) -> tuple[int, bytes]:
        own = {"user-agent": USER_AGENT, "accept": "*/*"}
        waits = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout_s)
        request = self._pool.stream(
            method, url, headers=list((own | dict(headers)).items()), content=body, extensions={"timeout": waits}
        )
        found = b""
        async with request as answer:
            async for chunk in answer.aiter_stream():
                found += chunk
                if len(found) > largest:
                    raise NoAnswer(f"the answer has more than {largest} bytes")
        return answer.status, found

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()
