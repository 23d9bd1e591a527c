"""The CSMS's operator API, as the load tester uses it: over one kept connection a thread."""

import http.client
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import msgspec

from loadtest.proof.ledger import Found

PAGE = 500
TIMEOUT_S = 60.0
IDLE_S = 3.0
"""A connection that nobody used for so long is not used again."""


class ApiRefused(Exception):
    """The API did not answer as it should; the message has status and body."""


class _Page(msgspec.Struct):
    items: list[Found]
    next_cursor: str | None = None


class CommandResult(msgspec.Struct):
    """What became of a command."""

    outcome: str


class StationResult(msgspec.Struct):
    """What became of a command at one of many stations."""

    station: str
    outcome: str


class _FleetResult(msgspec.Struct):
    items: list[StationResult]


class Api:
    """One HTTP connection, kept alive; not to be shared by threads."""

    def __init__(self, url: str, key: str) -> None:
        parts = urlsplit(url)
        connection = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = connection(parts.netloc, timeout=TIMEOUT_S)
        self._used_at = time.monotonic()
        self._base = parts.path.rstrip("/") + "/api/v1"
        self._headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}

    def command(self, station: str, command: str, arguments: dict[str, object], *, wait_s: float) -> CommandResult:
        """Ask a station for something and wait for the outcome."""
        body = {"command": command, "arguments": arguments, "ttl_s": wait_s, "wait_s": wait_s}
        answer = self._ask("POST", f"/stations/{quote(station, safe='')}/commands", msgspec.json.encode(body))
        return msgspec.json.decode(answer, type=CommandResult)

    def raw(
        self, stations: Sequence[str], action: str, payloads: Mapping[str, object], *, wait_s: float
    ) -> list[StationResult]:
        """Send an action to many stations, each the payload of its own version, and wait for all outcomes."""
        body = {"stations": stations, "payloads": payloads, "ttl_s": wait_s, "wait_s": wait_s}
        answer = self._ask("POST", f"/ocpp/{action}", msgspec.json.encode(body))
        return msgspec.json.decode(answer, type=_FleetResult).items

    def order_event(self, body: Mapping[str, object]) -> str:
        """Order a demand-response event; its id."""
        event: str = msgspec.json.decode(self._ask("POST", "/demand-response/events", msgspec.json.encode(body)))[
            "event"
        ]
        return event

    def event_counts(self, event: str) -> dict[str, int]:
        """How many stations of an event are in which status."""
        return msgspec.json.decode(self._ask("GET", f"/demand-response/events/{event}/counts"), type=dict[str, int])

    def event_report(self, event: str) -> dict[str, Any]:
        """What an event brought."""
        found: dict[str, Any] = msgspec.json.decode(self._ask("GET", f"/demand-response/events/{event}/report"))
        return found

    def accepted(self, event: str) -> list[datetime]:
        """When each station accepted the limit of an event."""
        found: list[datetime] = []
        cursor = ""
        while True:
            path = f"/demand-response/events/{event}/stations?limit={PAGE}" + (
                f"&cursor={quote(cursor)}" if cursor else ""
            )
            page = msgspec.json.decode(self._ask("GET", path))
            found += [datetime.fromisoformat(each["accepted_at"]) for each in page["items"] if each["accepted_at"]]
            cursor = page["next_cursor"] or ""
            if not cursor:
                return found

    def provision_token(self, token: str) -> None:
        """Let a token charge."""
        self._ask("PUT", f"/tokens/{quote(token, safe='')}", b'{"status":"Accepted","concurrent_sessions":true}')

    def provision_station(self, station: str, site: str) -> None:
        """Let a station connect that stands at a site."""
        self._ask("PUT", f"/stations/{quote(station, safe='')}", msgspec.json.encode({"site": site}))

    def provision_site(self, site: str, tree: Mapping[str, object]) -> None:
        """Write the tree of a site."""
        self._ask("PUT", f"/sites/{quote(site, safe='')}", msgspec.json.encode(tree))

    def remove_site(self, site: str) -> None:
        """Forget the tree of a site."""
        self._ask("DELETE", f"/sites/{quote(site, safe='')}")

    def report_meter(self, site: str, meter: str, amps: Mapping[str, float]) -> None:
        """Report what the meter of a site reads now."""
        body = {"readings": [{"amps": {line: f"{current:.2f}" for line, current in amps.items()}}]}
        path = f"/sites/{quote(site, safe='')}/meters/{quote(meter, safe='')}/readings"
        self._ask("POST", path, msgspec.json.encode(body))

    def sessions(self, since: datetime) -> list[Found]:
        """Every session that began then or later."""
        found: list[Found] = []
        cursor: str | None = None
        while True:
            query = {"from": since.isoformat(), "limit": str(PAGE)} | ({"cursor": cursor} if cursor else {})
            page = msgspec.json.decode(self._ask("GET", f"/sessions?{urlencode(query)}"), type=_Page, strict=False)
            found.extend(page.items)
            cursor = page.next_cursor
            if cursor is None:
                return found

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        if time.monotonic() - self._used_at > IDLE_S:
            self._connection.close()  # by now the other side may have: it is opened again
        self._connection.request(method, self._base + path, body, self._headers)
        response = self._connection.getresponse()
        answer = response.read()
        self._used_at = time.monotonic()
        if response.status >= 400:
            raise ApiRefused(f"{method} {path}: {response.status} {answer[:300].decode(errors='replace')}")
        return answer
