"""Sending: one POST to a receiver, bounded in time and size, to addresses that are allowed; redirects are not followed."""

import asyncio
import email.utils
import ssl
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from http import HTTPStatus

import httpcore

from schemas.webhooks import LONGEST_DETAIL
from services.runtime.guarding import AddressRefused, Guarded
from services.webhooks.addresses import SETTING
from services.webhooks.backlog import Result

KEPT_OPEN_S = 30.0
LARGEST_ANSWER_BYTES = 65_536
"""So much of an answer is read, and thrown away, to use its connection again; after more the connection is closed."""

USER_AGENT = "voltbus-webhooks"


class Sender:
    """Connections to one receiver."""

    def __init__(self, *, private: bool, timeout_s: float, connections: int, tls: ssl.SSLContext | None = None) -> None:
        self._timeout_s = timeout_s
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls or ssl.create_default_context(),
            max_connections=connections,
            max_keepalive_connections=connections,
            keepalive_expiry=KEPT_OPEN_S,
            network_backend=Guarded(private=private, setting=SETTING),
        )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Result:
        """Send JSON and say what came of it: anything but 2xx is a failure."""
        started = time.monotonic()
        try:
            async with asyncio.timeout(self._timeout_s):
                answered = await self._post(url, headers, body)
        except (httpcore.TimeoutException, TimeoutError):
            answered = Result(detail=f"no answer within {self._timeout_s:g} s")
        except AddressRefused as refusal:
            answered = Result(detail=str(refusal))
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            answered = Result(detail=f"cannot be reached: {_words(error)}"[:LONGEST_DETAIL])
        took_ms = int((time.monotonic() - started) * 1000)
        return Result(
            ok=answered.ok,
            http_status=answered.http_status,
            detail=answered.detail,
            took_ms=took_ms,
            retry_after_s=answered.retry_after_s,
            gone=answered.gone,
        )

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> Result:
        own = {"content-type": "application/json", "user-agent": USER_AGENT, "accept": "*/*"}
        waits = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout_s)
        request = self._pool.stream(
            "POST", url, headers=list((own | dict(headers)).items()), content=body, extensions={"timeout": waits}
        )
        async with request as response:
            read = 0
            async for chunk in response.aiter_stream():
                read += len(chunk)
                if read > LARGEST_ANSWER_BYTES:
                    break
        return result_of(response.status, response.headers, datetime.now(UTC))

    async def close(self) -> None:
        """Close every connection."""
        await self._pool.aclose()


def result_of(status: int, headers: Iterable[tuple[bytes, bytes]], now: datetime) -> Result:
    """What an answer means. `Retry-After` counts where the receiver is busy (429, 503)."""
    if 200 <= status < 300:
        return Result(ok=True, http_status=status)
    detail = f"answered {status}"
    if 300 <= status < 400:
        detail += ": redirects are not followed"
    wait_s = 0.0
    if status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
        wait_s = next((_seconds(value, now) for name, value in headers if name.lower() == b"retry-after"), 0.0)
    return Result(http_status=status, detail=detail, retry_after_s=wait_s, gone=status == HTTPStatus.GONE)


def _seconds(text: bytes, now: datetime) -> float:
    """The time of a Retry-After: seconds, or a date (RFC 9110, 10.2.3); 0 for anything else."""
    value = text.decode("latin-1").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        at = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())


def _words(error: BaseException) -> str:
    return str(error) or type(error).__name__
