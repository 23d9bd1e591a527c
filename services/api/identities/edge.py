"""Edge: requests lose their identities before a route, the audit log or a record has them; answers get them back for who may see them."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Protocol

from litestar.datastructures import MutableScopeHeaders
from litestar.types import Message, Receive, Scope, Send
from litestar.types.empty import Empty
from litestar.utils.scope.state import ScopeState

from schemas.identityvault import Kind
from services.api.identities.keeping import Keeper
from services.api.identities.masks import Revealing, escape_for, hide_body, hide_path, hide_query
from services.api.web.importing import LARGEST
from services.api.web.policy import Principal
from services.api.web.problems import Problem

NOUN = "identities"
UPLOADS = "/uploads/"


class HasKeeper(Protocol):
    """The ports of the process."""

    @property
    def identities(self) -> Keeper:
        """The vault as this process has it."""


class Edge:
    """The edge of one process of the API. Without a vault everything passes as it is."""

    def __init__(self, ports: HasKeeper) -> None:
        self._ports = ports

    @property
    def _keeper(self) -> Keeper:
        return self._ports.identities

    async def enter(
        self, scope: Scope, receive: Receive, send: Send, principal: Principal, *, creates: bool
    ) -> tuple[Receive, Send]:
        """Mask a request in place; returns what its body is read from and its answer is sent by.

        `creates`: persons whom it names are kept from now on. Otherwise those who are not kept have the pseudonym of the month. Raises
        Problem: 503 while the vault was not read; Outage.
        """
        if not self._keeper.is_on:
            return receive, send
        if self._keeper.not_ready():
            raise Problem(HTTPStatus.SERVICE_UNAVAILABLE, f"{self._keeper.not_ready()[0].capitalize()}; ask again.")
        body = None if _has_no_body(scope) else await _whole(receive)
        if creates:
            await self._keeper.keep(self._named(scope, body))
        hide = self._keeper.hide
        scope["path"], scope["path_params"] = hide_path(scope["path"], scope["path_params"], hide, self._keeper.known)
        scope["raw_path"] = scope["path"].encode()
        scope["query_string"] = hide_query(scope["query_string"], hide, self._keeper.known)
        if body is not None:
            body = hide_body(body, _content_type(scope), hide)
            MutableScopeHeaders(scope)["content-length"] = str(len(body))
        _forget_what_was_parsed(scope)
        reading = receive if body is None else _again(body, receive)
        return reading, self._revealed(send) if principal.may(NOUN, "read") else send

    def _named(self, scope: Scope, body: bytes | None) -> list[tuple[str, Kind]]:
        """Everyone whom a request names."""
        named: list[tuple[str, Kind]] = []

        def note(value: str, kind: Kind) -> str:
            named.append((value, kind))
            return value

        if scope.get("method") == "PUT":
            hide_path(scope["path"], scope["path_params"], note, lambda _: None)
        hide_body(body or b"", _content_type(scope), note)
        return named

    def _revealed(self, send: Send) -> Send:
        revealing: Revealing | None = None

        async def sending(message: Message) -> None:
            nonlocal revealing
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                escape = escape_for(headers.get("content-type", ""))
                if escape is not None and "content-encoding" not in headers:
                    revealing = self._revealing(escape)
                    del headers["content-length"]
            elif message["type"] == "http.response.body" and revealing is not None:
                more = message.get("more_body", False)
                message["body"] = revealing.part(message.get("body", b""), more=more)
            await send(message)

        return sending

    def _revealing(self, escape: Callable[[str], str]) -> Revealing:
        vault = self._keeper.vault
        return Revealing(vault.reveal, vault.open, escape)


def _has_no_body(scope: Scope) -> bool:
    headers = dict(scope["headers"])
    sent = headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers
    return not sent or UPLOADS in scope["path"]


def _content_type(scope: Scope) -> str:
    return dict(scope["headers"]).get(b"content-type", b"").decode("latin-1")


async def _whole(receive: Receive) -> bytes | None:
    """The body. Raises Problem: 413 for one that is larger than the largest that any route takes."""
    parts: list[bytes] = []
    size = 0
    while True:
        message: Any = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > LARGEST:
            raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body has at most {LARGEST} bytes.")
        if not message.get("more_body", False):
            return b"".join(parts)


def _again(body: bytes, receive: Receive) -> Receive:
    """What a route reads: the body, then whatever comes (the caller goes away)."""
    told = False

    async def receiving() -> Any:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


def _forget_what_was_parsed(scope: Scope) -> None:
    """Have Litestar read address, query and headers of the request anew: it keeps what it has parsed with the connection."""
    state = ScopeState.from_scope(scope)
    state.url = state.parsed_query = state.headers = Empty
