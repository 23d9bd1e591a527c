"""Elsewhere: requests to an authority that is not here, over TLS: bounded in time and size, every failure named."""

import asyncio
import ssl
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

import httpcore
import msgspec
from cryptography import x509

from schemas.settings import BadSetting
from services.authorities import chains
from services.authorities.port import Refused, Unreachable

LARGEST_ANSWER_BYTES = 262_144
SHORTEST_WAIT_S = 1.0
LONGEST_WAIT_S = 60.0
SHOWN = 200
CONNECTIONS = 4


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to a request; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def shown(self) -> str:
        """Its status and the beginning of its text, for people."""
        said = self.body[:SHOWN].decode(errors="replace").strip()
        return f"{self.status}{f': {said}' if said else ''}"

    def wait_s(self, otherwise: float) -> float:
        """How long it asks us to wait (Retry-After, seconds or a date), within bounds."""
        return min(max(_retry_after(self.headers.get("retry-after", ""), otherwise), SHORTEST_WAIT_S), LONGEST_WAIT_S)


def _retry_after(text: str, otherwise: float) -> float:
    if text.isdigit():
        return float(text)
    try:
        return (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return otherwise


class Elsewhere:
    """A server that is trusted by the roots of one file alone."""

    def __init__(self, tls: ssl.SSLContext, *, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._pool = httpcore.AsyncConnectionPool(ssl_context=tls, max_connections=CONNECTIONS, keepalive_expiry=30.0)

    async def ask(self, method: str, url: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b"") -> Answer:
        """The answer to a request, whatever its status. Raises Refused for one that is too long, Unreachable."""
        timeout = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout_s)
        try:
            async with asyncio.timeout(self._timeout_s):
                async with self._pool.stream(
                    method, url, headers=list(headers), content=body, extensions={"timeout": timeout}
                ) as answer:
                    return Answer(
                        status=answer.status,
                        headers={name.decode().lower(): value.decode("latin-1") for name, value in answer.headers},
                        body=await _body(answer),
                    )
        except (httpcore.TimeoutException, TimeoutError) as error:
            raise Unreachable(f"The certificate authority gave no answer within {self._timeout_s:g} s.") from error
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise Unreachable(
                f"The certificate authority cannot be reached: {str(error).rstrip('.') or type(error).__name__}."
            ) from error

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


async def _body(answer: httpcore.Response) -> bytes:
    found = b""
    async for chunk in answer.aiter_stream():
        found += chunk
        if len(found) > LARGEST_ANSWER_BYTES:
            raise Refused(f"The certificate authority answered more than {LARGEST_ANSWER_BYTES} bytes.")
    return found


def tls_to(name: str, trust: Path) -> ssl.SSLContext:
    """TLS to the server of an authority; `trust` is PEM. Raises BadSetting."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_verify_locations(trust)
    except (OSError, ValueError) as error:
        raise BadSetting(f"authority {name}: its certificates cannot be used: {trust}: {error}") from error
    return context


def roots_in(name: str, path: Path) -> list[x509.Certificate]:
    """The roots in a file, below which certificates of an authority have to be. Raises BadSetting."""
    try:
        found = chains.load(path.read_bytes())
    except OSError as error:
        raise BadSetting(f"authority {name}: {path} cannot be read: {error.strerror}") from error
    except chains.BadChain as error:
        raise BadSetting(f"authority {name}: {path} cannot be used: {error}") from error
    if not all(chains.is_root(one) for one in found):
        raise BadSetting(f"authority {name}: {path} has a certificate that is no root")
    return found


def text_of(path: Path) -> str:
    """The text of a file, without white space around it. Raises BadSetting."""
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(f"{path} cannot be read: {error}") from error
