"""The VTN of a programme over HTTP (OpenADR 3.1), and the API of this product: what the OpenADR worker asks of either."""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
import msgspec

from services.demandresponse.openadrwire import Program, VtnEvent, VtnReport
from services.runtime.process.outage import Outage

T = TypeVar("T")

PAGE, PAGES_MOST = 50, 200
TIMEOUT_S = 20.0
EARLY_S = 30
"""A token is fetched anew so long before it ends."""


class Vtn:
    """A VTN, asked with the credentials of a VEN (OAuth 2 client credentials)."""

    def __init__(self, http: httpx.AsyncClient, url: str, *, token_url: str, client: tuple[str, str]) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._token_url = token_url or f"{self._url}/auth/token"
        self._client = client
        self._token, self._until = "", 0.0

    async def programs(self) -> list[Program]:
        """The programmes. Raises Outage."""
        return await self._all("/programs", Program)

    async def events(self) -> list[VtnEvent]:
        """The events that the VEN may see. Raises Outage."""
        return await self._all("/events", VtnEvent)

    async def reported(self, event: str, client_name: str) -> bool:
        """Whether the VTN has a report of that client about the event. Raises Outage."""
        answer = await self._ask("GET", "/reports", params={"eventID": event, "clientName": client_name, "limit": 1})
        return bool(msgspec.json.decode(answer.content))

    async def send(self, report: VtnReport) -> None:
        """Send a report. Raises Outage."""
        await self._ask("POST", "/reports", content=msgspec.json.encode(report))

    async def _all(self, path: str, kind: type[T]) -> list[T]:
        found: list[T] = []
        for page in range(PAGES_MOST):
            answer = await self._ask("GET", path, params={"skip": page * PAGE, "limit": PAGE})
            try:
                items = msgspec.json.decode(answer.content, type=list[kind])  # type: ignore[valid-type]
            except msgspec.DecodeError as error:
                raise Outage(f"{path} of the VTN cannot be read: {error}") from error
            found += items
            if len(items) < PAGE:
                return found
        raise Outage(f"{path} of the VTN has more than {PAGES_MOST * PAGE} items: ask for a VEN that sees fewer")

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        for attempt in range(2):
            headers = {"Authorization": f"Bearer {await self._bearer()}", "Content-Type": "application/json"}
            answer = await _answered(self._http.request(method, self._url + path, headers=headers, **options))
            if answer.status_code != HTTPStatus.UNAUTHORIZED or attempt:
                return _good(answer, f"{method} {path} of the VTN")
            self._token = ""  # it was revoked: one new one
        raise AssertionError("unreachable")

    async def _bearer(self) -> str:
        now = asyncio.get_running_loop().time()
        if not self._token or now >= self._until:
            form = {"grant_type": "client_credentials", "client_id": self._client[0], "client_secret": self._client[1]}
            answer = _good(await _answered(self._http.post(self._token_url, data=form)), "the token of the VTN")
            given = msgspec.json.decode(answer.content)
            self._token = given["access_token"]
            self._until = now + max(0, float(given.get("expires_in", 300)) - EARLY_S)
        return self._token


class OwnApi:
    """The API of this product, asked with an API key."""

    def __init__(self, http: httpx.AsyncClient, url: str, key: Callable[[], str]) -> None:
        self._http = http
        self._url = url.rstrip("/") + "/api/v1/demand-response/events"
        self._key = key

    async def events(self, source: str) -> list[dict[str, Any]]:
        """The events of a source. Raises Outage."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        while True:
            params: dict[str, Any] = {"limit": 500} | ({"cursor": cursor} if cursor else {})
            page = (await self._ask("GET", "", params=params)).json()
            found += [each for each in page["items"] if each["source"] == source]
            cursor = page["next_cursor"]
            if cursor is None:
                return found

    async def put(self, event: str, body: Mapping[str, Any]) -> str:
        """Order or change an event; why not, where the API refuses it. Raises Outage."""
        answer = await self._request("PUT", f"/{event}", json=dict(body))
        if answer.status_code in (HTTPStatus.CONFLICT, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.NOT_FOUND):
            return answer.text[:500]
        _good(answer, f"the event {event}")
        return ""

    async def cancel(self, event: str) -> None:
        """Cancel an event; one that is over already stays so. Raises Outage."""
        answer = await self._request("DELETE", f"/{event}")
        if answer.status_code not in (HTTPStatus.CONFLICT, HTTPStatus.NOT_FOUND):
            _good(answer, f"the event {event}")

    async def report(self, event: str) -> dict[str, Any]:
        """What an event brought. Raises Outage."""
        found: dict[str, Any] = (await self._ask("GET", f"/{event}/report")).json()
        return found

    async def _ask(self, method: str, path: str, **options: Any) -> httpx.Response:
        return _good(await self._request(method, path, **options), f"{method} {path} of the API")

    async def _request(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._key()}"}
        return await _answered(self._http.request(method, self._url + path, headers=headers, **options))


async def _answered(asking: Any) -> httpx.Response:
    try:
        answer: httpx.Response = await asking
    except httpx.HTTPError as error:
        raise Outage(f"{type(error).__name__}: {error}") from error
    return answer


def _good(answer: httpx.Response, what: str) -> httpx.Response:
    if answer.status_code >= HTTPStatus.BAD_REQUEST:
        raise Outage(f"{what} answered {answer.status_code}: {answer.text[:200]}")
    return answer


def utc_now() -> dt.datetime:
    """The time."""
    return dt.datetime.now(dt.UTC)
