"""Outside: requests of the API to an OpenID provider, bounded in time and size; redirects are not followed."""

import asyncio
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

import httpcore

from services.runtime.process.outage import Outage

WITHIN_S = 5.0
LARGEST_BYTES = 1_048_576


class Outside:
    """Connections to the provider, made when they are needed."""

    def __init__(self) -> None:
        self._pool: httpcore.AsyncConnectionPool | None = None

    async def get(self, url: str) -> bytes:
        """The body of an answer 200. Raises Outage."""
        return await self._asked("GET", url, b"", {})

    async def post(self, url: str, form: Mapping[str, str]) -> bytes:
        """Send a form; the body of an answer 200. Raises Outage."""
        return await self._asked(
            "POST", url, urlencode(form).encode(), {"content-type": "application/x-www-form-urlencoded"}
        )

    async def close(self) -> None:
        """Disconnect."""
        if self._pool is not None:
            await self._pool.aclose()

    async def _asked(self, method: str, url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        pool = self._pool = self._pool or httpcore.AsyncConnectionPool(ssl_context=ssl.create_default_context())
        sent = list(({"accept": "application/json", "user-agent": "voltbus"} | dict(headers)).items())
        try:
            async with asyncio.timeout(WITHIN_S), pool.stream(method, url, headers=sent, content=body) as response:
                found = b""
                async for chunk in response.aiter_stream():
                    found += chunk
                    if len(found) > LARGEST_BYTES:
                        raise Outage(f"{url} answers with more than {LARGEST_BYTES} bytes")
        except (
            httpcore.NetworkError,
            httpcore.ProtocolError,
            httpcore.TimeoutException,
            TimeoutError,
            OSError,
        ) as error:
            raise Outage(f"the OpenID provider cannot be reached at {url}: {error or type(error).__name__}") from error
        if response.status != HTTPStatus.OK:
            raise Outage(
                f"the OpenID provider answers {response.status} at {url}: {found[:200].decode(errors='replace')}"
            )
        return found
