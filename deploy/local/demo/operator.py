"""The API as an operator calls it, with the operator's key."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

ANSWER_WITHIN_S: Final = 40.0
OUTCOME_WITHIN_S: Final = 20
"""How long a request waits for what the station says to its command."""

GOOD: Final = frozenset({"accepted", "partial"})


class Refused(Exception):
    """The API, or a station behind it, did not do as asked; the message says which and why. `status` is of HTTP."""

    def __init__(self, reason: str, status: int = HTTPStatus.OK) -> None:
        super().__init__(reason)
        self.status = status


class NotYet(Refused):
    """What is needed is not there: a free EVSE, or somebody who charges. It may be soon."""


class Operator:
    """Calls the API at `api`, the URL with its version. Every call raises Refused, and OSError where there is no answer."""

    def __init__(self, api: str, key: str) -> None:
        self._api = api
        self._key = key

    async def get(self, path: str) -> Any:
        """What is there."""
        return await asyncio.to_thread(self._call, "GET", path, None, {})

    async def post(self, path: str, body: object) -> Any:
        """Have something done."""
        return await asyncio.to_thread(self._call, "POST", path, body, {})

    async def put_new(self, path: str, body: object) -> None:
        """Provision something, unless there is one of its name."""
        try:
            await asyncio.to_thread(self._call, "PUT", path, body, {"If-None-Match": "*"})
        except Refused as error:
            if error.status != HTTPStatus.PRECONDITION_FAILED:
                raise

    async def ask(self, path: str, body: Mapping[str, Any] | None) -> Any:
        """Have a station asked, and wait for its word; `body` is None where the request has none. Raises Refused for any but a good one."""
        answer = await self.post(path, None if body is None else {**body, "wait_s": OUTCOME_WITHIN_S})
        for command in _commands(answer):
            if command["outcome"] not in GOOD:
                why = f"{command['outcome']} {command['detail']}".strip()
                raise Refused(f"{command['station']} was asked by {path}: {why}")
        return answer

    async def command(self, station: str, command: str, **arguments: Any) -> None:
        """Send a canonical command. Raises Refused unless the station accepts it."""
        await self.ask(f"/stations/{station}/commands", {"command": command, "arguments": arguments})

    def _call(self, method: str, path: str, body: object, headers: Mapping[str, str]) -> Any:
        sent = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(  # noqa: S310 the API of this process's own children
            f"{self._api}{path}",
            data=sent,
            method=method,
            headers={"Authorization": f"Bearer {self._key}", "Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_WITHIN_S) as answer:  # noqa: S310
                text = answer.read()
        except urllib.error.HTTPError as error:
            raise Refused(f"{method} {path} was answered {error.code}: {_reason(error.read())}", error.code) from error
        return json.loads(text) if text else None


def _commands(answer: Any) -> list[Any]:
    """The commands in an answer: it is one, has one, or is a list of some."""
    found = answer if isinstance(answer, list) else [answer.get("command", answer), *answer.get("items", ())]
    return [each for each in found if isinstance(each, dict) and "outcome" in each]


def _reason(text: bytes) -> str:
    """Why, of a problem (RFC 9457); else what came, as far as one line goes."""
    try:
        return str(json.loads(text)["detail"])
    except (ValueError, TypeError, KeyError):
        return text.decode(errors="replace")[:200]
