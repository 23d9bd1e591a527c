"""Guard: forms of the console come from the console's own pages."""

from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from services.api.web.auth import require_our_own_page


def same_origin(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse what another site's page sends, whatever opened the door. Raises Problem."""
    require_our_own_page(Request(connection.scope))
