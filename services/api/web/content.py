"""Content: a body says what it is. The API takes JSON, the console forms; anything else is 415 before it is read."""

from http import HTTPStatus
from typing import Any

from litestar import Request
from litestar.enums import ScopeType
from litestar.middleware import ASGIMiddleware
from litestar.types import ASGIApp, Receive, Scope, Send

from schemas.authorities import OCSP_PATH
from services.api.web.auth import PROGRAMS
from services.api.web.importing import MEDIA_TYPES, media_type_of
from services.api.web.problems import Problem

JSON = frozenset({"application/json"})
FORMS = frozenset({"application/x-www-form-urlencoded", "multipart/form-data"})
UPLOADS = "/api/v1/uploads/"
"""Stations put files there, of any type; the address itself lets them."""

IMPORTS = "-imports"
"""How the paths of the API end to which files of rows are sent."""

OCSP_REQUESTS = frozenset({"application/ocsp-request"})
"""What our OCSP responder is asked by (RFC 6960, appendix A)."""

BOTH = ("/login",)
"""Paths that programs and people send their bodies to."""


class ContentTypes(ASGIMiddleware):
    """A page of another site can send plain text and forms without asking; nothing of that is taken for JSON here."""

    scopes = (ScopeType.HTTP,)

    async def handle(self, scope: Scope, receive: Receive, send: Send, next_app: ASGIApp) -> None:
        """Pass on what has no body, or one of its path's kind. Raises Problem."""
        request: Request[Any, Any, Any] = Request(scope)
        if _has_body(request):
            kind, taken = media_type_of(request), _taken(request)
            if taken is not None and kind not in taken:
                sentence = f"The body is {kind or 'of no stated type'}; taken is {' or '.join(sorted(taken))}."
                raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, sentence)
        await next_app(scope, receive, send)


def _has_body(request: Request[Any, Any, Any]) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def _taken(request: Request[Any, Any, Any]) -> frozenset[str] | None:
    """The types that the path takes; None: any."""
    path = request.url.path
    if path.startswith(UPLOADS):
        return None
    if path == OCSP_PATH:
        return OCSP_REQUESTS
    if path in BOTH:
        return JSON | FORMS
    if path.startswith(PROGRAMS) and path.endswith(IMPORTS):
        return MEDIA_TYPES
    return JSON if path.startswith(PROGRAMS) else FORMS
