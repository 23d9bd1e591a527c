"""Routes: the console as one router, with the pages of every noun."""

from typing import Any

from litestar import Request, Router, get
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.types import ControllerRouterHandler

from services.api.console.assets import Assets
from services.api.console.rendering import Rendered, Show, Shown
from services.api.nouns import NOUNS
from services.api.web.auth import OPEN
from services.api.web.formtokens import form_token_of
from services.api.web.guard import same_origin
from services.api.web.parameters import Given
from services.api.web.policy import POLICY, SIGNED_IN, NounPolicy
from services.api.web.problems import HANDLERS


def routers() -> tuple[ControllerRouterHandler, ...]:
    """Everything the console serves."""
    assets = Assets(noun.navigation.symbol for noun in NOUNS if noun.navigation is not None)
    show = Show(assets, NOUNS)
    of_nouns = [
        Router(path="/", route_handlers=list(noun.pages), opt={POLICY: NounPolicy(noun.tag, noun.policy)})
        for noun in NOUNS
        if noun.pages
    ]
    console = Router(
        path="/",
        route_handlers=[*of_nouns, reference],
        dependencies={"show": Provide(lambda: show, sync_to_thread=False)},
        guards=[same_origin],
        exception_handlers={kind: _as_page(show, handler) for kind, handler in HANDLERS.items()},
        include_in_schema=False,
    )
    return assets.router(), console, _login(show)


@get("/reference", opt={POLICY: SIGNED_IN})
async def reference(request: Request[Any, Any, Any], show: Shown) -> Rendered:
    """The API, route by route, with examples; each can be tried with the login of the console."""
    return show.reference(form_token_of(request))


def _login(show: Show) -> HTTPRouteHandler:
    """Where a person signs in. No part of a router: `POST /login` has one, and Litestar joins no two on one path."""

    @get("/login", opt={OPEN: True}, include_in_schema=False)
    async def login(request: Request[Any, Any, Any], ports: Given) -> Rendered:
        query = request.query_params
        provider = bool(ports.config.provider.issuer and ports.config.provider.client_id)
        return show.login(refused="refused" in query, wanted=query.get("next", "/"), provider=provider)

    return login


def _as_page(show: Show, handler: Any) -> Any:
    """The API's problem for an exception, as a page."""

    def answered(request: Request[Any, Any, Any], exception: Exception) -> Rendered:
        problem = handler(request, exception)
        page = show.problem(request, problem.content)
        page.headers.update(problem.headers)
        return page

    return answered
