"""Routes: the console as one router, its pages written out."""

from typing import Any

from litestar import Request, Router, get
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.types import ControllerRouterHandler

from services.api.auth import OPEN
from services.api.console import (
    commands,
    firmware,
    inbox,
    overview,
    provisioning,
    sending,
    sessions,
    station,
    stations,
    tariffs,
    tokens,
)
from services.api.console.assets import Assets
from services.api.console.guard import same_origin
from services.api.console.rendering import Rendered, Show
from services.api.problems import HANDLERS

PAGES = (overview, stations, station, provisioning, sending, sessions, tokens, tariffs, commands, firmware, inbox)


def routers() -> tuple[ControllerRouterHandler, ...]:
    """Everything the console serves."""
    assets = Assets()
    show = Show(assets)
    handlers = [handler for page in PAGES for handler in page.HANDLERS]
    console = Router(
        path="/",
        route_handlers=handlers,
        dependencies={"show": Provide(lambda: show, sync_to_thread=False)},
        guards=[same_origin],
        exception_handlers={kind: _as_page(show, handler) for kind, handler in HANDLERS.items()},
        include_in_schema=False,
    )
    return assets.router(), console, _login(show)


def _login(show: Show) -> HTTPRouteHandler:
    """Where a person shows the operator key. No part of a router: `POST /login` has one, and Litestar joins no two on one path."""

    @get("/login", opt={OPEN: True}, include_in_schema=False)
    async def login(request: Request[Any, Any, Any]) -> Rendered:
        query = request.query_params
        return show.login(refused="refused" in query, wanted=query.get("next", "/"))

    return login


def _as_page(show: Show, handler: Any) -> Any:
    """The API's problem for an exception, as a page."""

    def answered(request: Request[Any, Any, Any], exception: Exception) -> Rendered:
        problem = handler(request, exception)
        page = show.problem(request, problem.content)
        page.headers.update(problem.headers)
        return page

    return answered
