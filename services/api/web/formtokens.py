"""Form tokens: what changes something with a login's cookie carries a word that only this login's pages know.

The token is a signature over the login's id (`OperatorKey.form_token`), so no process has to remember it. Forms of the console send it
as a field, scripts as a header. Requests with a key carry no cookie that another site could make a browser send, and need none.
"""

import hmac
from http import HTTPStatus
from typing import Any

from litestar import Request

from services.api.web.problems import Problem

FIELD = "form_token"
HEADER = "X-Form-Token"
STATE = "voltbus_form_token"
"""Where a request's state has the token of its login."""

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

STALE = "This page is not of your present login. Nothing was changed: reload the page and try again."


def form_token_of(request: Request[Any, Any, Any]) -> str:
    """The token of the login by which a request was let in; empty where it was by a key, or by nothing."""
    found: str = request.scope["state"].get(STATE, "")
    return found


async def require_form_token(request: Request[Any, Any, Any], token: str) -> None:
    """Refuse a request that does not carry its login's token. Raises Problem: 403."""
    offered = request.headers.get(HEADER.lower())
    if offered is None and request.content_type[0] in FORMS:
        field = (await request.form()).get(FIELD, "")
        offered = field if isinstance(field, str) else ""
    if not hmac.compare_digest((offered or "").encode(), token.encode()):
        raise Problem(HTTPStatus.FORBIDDEN, STALE)
