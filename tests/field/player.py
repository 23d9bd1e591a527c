"""The player: one conversation of a station with the product, step by step, and what must be seen of it afterwards.

A case is a JSON object: `title`, `why` (what is right, and for whom), `origin` (where it was reported), `ocpp` (the station's
version), `product` (settings of the product that differ, optional), `setup` (calls of the API before it connects),
`connection`, `frames` (the steps) and `expect`.

    connection   {"basic": [user, password]}, {"basic_hex": [user, hexadecimal]}, {"path": "/ocpp//{station}/"},
                 {"absolute_target": true}, {"pong": false}, {"refused": 401}: the handshake is answered with that status.
    steps        ["station", frame]   a list goes out as compact JSON, a string to the letter; {"hex": ".."} as a binary message
                 ["csms", pattern]    a frame whose first members fit must come; other frames are passed over
                 ["never", pattern]   no frame that fits has come so far
                 ["operator", "POST /path", body, "name"]   call the API without waiting; its answer is expected as "name"
                 ["api", "PUT /path", body, pattern]   call the API; its answer (with its status as "http") must fit
                 ["wait", seconds]
                 ["link", "down" | "up" | "gone" | "closed"]   disconnect; connect (a third element replaces `connection`);
                                      the CSMS has not closed it; the CSMS closes it within 8 s
                 A last element {"as": "B"} speaks for another station, {station}-B, of the same version or of `others`.
    expect       {"GET /path": pattern, "name": pattern, "link": "open" | "closed"}, read again until it fits, 8 s at most.
                 {"$http": 404} fits that status.

Patterns are those of `tests.field.patterns`. In strings: {station}, {uid} (new in each play), {now}, {now-90} (when the play
began; UTC, Z), {local+7200} (the same without a zone), {clock} (the second in which it is sent), $x (bound before).
"""

import asyncio
import datetime as dt
import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

import httpx
import websockets

from tests.field.patterns import Bound, Pattern
from tests.field.station import Link, Refused

SECONDS = 8.0
AGAIN_S = 0.25
HEARD_OF_S = 1.0
"""After this time every gateway has read what was provisioned, and applies it to connections that exist."""


class Failed(Exception):
    """The product did not do what the case expects; the message names the step and the difference."""


class Play:
    """One play of a case, with ids of its own."""

    def __init__(self, case: Mapping[str, Any], *, url: str, api: httpx.AsyncClient) -> None:
        self._case, self._url, self._api = case, url, api
        self._within_s = float(case.get("seconds", SECONDS))
        self._names = {"station": f"CASE-{uuid.uuid4().hex[:10]}", "uid": uuid.uuid4().hex[:8].upper()}
        self._began = dt.datetime.now(dt.UTC)
        self._bound: Bound = {}
        self._links: dict[str, Link] = {}
        self._answers: dict[str, asyncio.Task[tuple[int, Any]]] = {}
        self._pattern = Pattern(self._text)

    async def play(self) -> None:
        """All steps, then what is expected. Raises Failed."""
        for request, body in self._case.get("setup", {}).items():
            status, answer = await self._http(request, body)
            if status >= 400:
                raise Failed(f"setup {self._text(request)}: HTTP {status} {_short(answer)}")
        if self._case.get("setup"):
            await asyncio.sleep(HEARD_OF_S)
        try:
            if self._case.get("connects", True):
                await self._connect("", self._case.get("connection", {}))
            for number, step in enumerate(self._case["frames"], start=1):
                await self._step(f"step {number}", *step)
            await self._expected()
        finally:
            for asked in self._answers.values():
                asked.cancel()
            for link in self._links.values():
                await link.disconnect()

    # -- steps --------------------------------------------------------------------------------------------------------

    async def _step(self, where: str, who: str, what: Any, *more: Any) -> None:
        name = ""
        if more and isinstance(more[-1], dict) and set(more[-1]) == {"as"}:
            name, more = more[-1]["as"], more[:-1]
        match who:
            case "station":
                await self._send(where, self._link(name), what)
            case "csms":
                await self._await_frame(where, self._link(name), what)
            case "never":
                self._never(where, self._link(name), what)
            case "operator":
                await self._read_until(where, "GET /stations/{station}", {"connected": True})
                self._answers[str(more[1])] = asyncio.create_task(self._http(what, more[0]))
                await asyncio.sleep(0.3)
            case "api":
                await self._call(where, what, *more)
            case "wait":
                await asyncio.sleep(what)
            case "link":
                await self._on_link(where, name, what, *more)
            case _:
                raise ValueError(f"{where}: no such step: {who}")

    async def _send(self, where: str, link: Link, what: Any) -> None:
        try:
            await link.send(self._frame(what))
        except websockets.exceptions.ConnectionClosed as gone:
            raise Failed(f"{where}: the CSMS has closed the connection ({gone})") from gone

    def _frame(self, what: Any) -> str | bytes:
        if isinstance(what, dict):
            return bytes.fromhex(what["hex"])
        if isinstance(what, str):
            text = self._text(what)
            for name, value in self._bound.items():
                text = text.replace(name, str(value))
            return text
        return json.dumps(self._filled(what), separators=(",", ":"))

    async def _await_frame(self, where: str, link: Link, pattern: list[Any]) -> None:
        passed: list[Any] = []
        deadline = asyncio.get_running_loop().time() + self._within_s
        while True:
            left = deadline - asyncio.get_running_loop().time()
            try:
                frame = await asyncio.wait_for(link.inbox.get(), max(0.01, left))
            except TimeoutError:
                gone = "" if link.open else f"; the CSMS closed the connection ({link.ended})"
                raise Failed(f"{where}: no frame like {_short(pattern)} came; came: {_short(passed)}{gone}") from None
            if self._fits(pattern, frame[: len(pattern)]):
                return
            passed.append(frame)

    def _never(self, where: str, link: Link, pattern: list[Any]) -> None:
        for frame in link.came:
            if self._pattern.fits(pattern, frame[: len(pattern)], dict(self._bound)):
                raise Failed(f"{where}: {_short(frame)} should never have come")

    async def _on_link(self, where: str, name: str, what: str, *more: Any) -> None:
        match what:
            case "up":
                await self._connect(name, more[0] if more else self._case.get("connection", {}))
            case "down":
                await self._link(name).disconnect()
                await asyncio.sleep(0.3)
            case "gone":
                if not self._link(name).open:
                    raise Failed(f"{where}: the CSMS has closed the connection ({self._link(name).ended})")
            case "closed":
                if not await self._link(name).closed(self._within_s):
                    raise Failed(f"{where}: the CSMS has not closed the connection")
            case _:
                raise ValueError(f"{where}: no such word on the link: {what}")

    async def _connect(self, name: str, how: Mapping[str, Any]) -> None:
        station = self._names["station"] + (f"-{name}" if name else "")
        version = self._case.get("others", {}).get(name, self._case["ocpp"])
        link = self._links.get(name) or Link(f"{self._url}/{how.get('name', station)}", version)
        self._links[name] = link
        if how.get("absolute_target"):
            line = await link.shake_hands_by_whole_url()
            if " 101 " not in f"{line} ":
                raise Failed(f"a handshake with the whole URL in its request line was answered {line!r}")
        try:
            await link.connect(
                authorization=self._authorization(how), path=self._text(how.get("path", "")), pong=how.get("pong", True)
            )
        except Refused as refused:
            if how.get("refused") != refused.status:
                raise Failed(str(refused)) from refused
            return
        if "refused" in how:
            raise Failed(f"the handshake was accepted, wanted HTTP {how['refused']}")

    def _authorization(self, how: Mapping[str, Any]) -> bytes | None:
        if "basic" in how:
            user, password = how["basic"]
            return f"{self._text(user)}:{self._text(password)}".encode()
        if "basic_hex" in how:
            user, digits = how["basic_hex"]
            return self._text(user).encode() + b":" + bytes.fromhex(digits)
        return None

    def _link(self, name: str) -> Link:
        return self._links[name]

    # -- the API ------------------------------------------------------------------------------------------------------

    async def _http(self, request: str, body: Any = None) -> tuple[int, Any]:
        method, path = self._text(request).split(" ", 1)
        for name, value in self._bound.items():
            path = path.replace("{" + name + "}", str(value))
        content = None if body is None else json.dumps(self._filled(body)).encode()
        headers = {"Content-Type": "application/json"} if content is not None else {}
        answer = await self._api.request(method, path, content=content, headers=headers)
        try:
            return answer.status_code, answer.json() if answer.content else None
        except ValueError:
            return answer.status_code, {"text": answer.text[:300]}

    async def _call(self, where: str, request: str, body: Any = None, pattern: Any = "*") -> None:
        status, answer = await self._http(request, body)
        seen = {**answer, "http": status} if isinstance(answer, dict) else {"http": status, "answer": answer}
        if not self._fits(pattern, seen):
            raise Failed(
                f"{where}: {self._text(request)}: wanted {_short(pattern)}, got HTTP {status} {_short(answer)}"
            )

    async def _read_until(self, where: str, request: str, pattern: Any) -> None:
        deadline = asyncio.get_running_loop().time() + self._within_s
        while True:
            status, answer = await self._http(request)
            wanted = pattern == {"$http": status} if isinstance(pattern, dict) and "$http" in pattern else None
            if wanted or (wanted is None and self._fits(pattern, answer)):
                return
            if asyncio.get_running_loop().time() > deadline:
                raise Failed(
                    f"{where}: {self._text(request)}: wanted {_short(pattern)}, got HTTP {status} {_short(answer)}"
                )
            await asyncio.sleep(AGAIN_S)

    async def _expected(self) -> None:
        for what, pattern in self._case["expect"].items():
            if what == "link":
                link = self._link("")
                if link.open != (pattern == "open"):
                    raise Failed(f"the connection should be {pattern} ({link.ended})")
            elif what in self._answers:
                status, answer = await self._answers[what]
                if not self._fits(pattern, answer):
                    raise Failed(f"{what}: wanted {_short(pattern)}, got HTTP {status} {_short(answer)}")
            else:
                await self._read_until("expect", what, pattern)

    # -- filling in ---------------------------------------------------------------------------------------------------

    def _fits(self, pattern: Any, value: Any) -> bool:
        bound = dict(self._bound)
        if not self._pattern.fits(pattern, value, bound):
            return False
        self._bound = bound
        return True

    def _filled(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._bound[value] if value in self._bound else self._text(value)
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        if isinstance(value, dict):
            return {self._text(name): self._filled(each) for name, each in value.items()}
        return value

    def _text(self, text: str) -> str:
        for name, value in self._names.items():
            text = text.replace("{" + name + "}", value)
        for name, value in self._bound.items():
            text = text.replace("{" + name + "}", str(value))
        return re.sub(r"\{(now|local|clock)([+-]\d+)?\}", self._moment, text)

    def _moment(self, told: re.Match[str]) -> str:
        base = dt.datetime.now(dt.UTC) if told[1] == "clock" else self._began
        at = base + dt.timedelta(seconds=int(told[2] or 0))
        return at.strftime("%Y-%m-%dT%H:%M:%S") + ("" if told[1] == "local" else "Z")


def _short(value: Any) -> str:
    text = json.dumps(value)
    return text if len(text) < 900 else text[:900] + "..."
