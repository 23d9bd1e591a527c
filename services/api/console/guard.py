"""Guard: forms of the console come from the console's own pages. SameSite=Strict keeps the cookie at home; this is the second lock."""

from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from services.api.auth import SAFE_METHODS
from services.api.problems import Problem


def same_origin(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse a form that another site's page sends. Raises Problem.

    Browsers send `Sec-Fetch-Site` over https and to this machine, and `Origin` with every POST.
    """
    if connection.scope.get("method") in SAFE_METHODS:
        return
    headers = connection.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    foreign = site is not None and site not in {"same-origin", "none"}
    if site is None and origin is not None:
        foreign = urlsplit(origin).netloc != headers.get("host")
    if foreign:
        raise Problem(HTTPStatus.FORBIDDEN, "Another site's page may not act with the console's login.")
