"""The HTTP application: the routes of every noun composed, ports handed in, every error a problem. Built per process, nothing on import."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from litestar import Litestar, Request, Response, Router
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import HTTPRouteHandler
from litestar.types import ControllerRouterHandler

from services.api.audit.writing import Trail
from services.api.identities.edge import Edge
from services.api.noun import ApiNoun, MakesRouter
from services.api.nouns import NOUNS
from services.api.operators.acting import acting
from services.api.operators.uses import note_use
from services.api.ports import Ports
from services.api.tenants.door import Door
from services.api.tenants.quotas import COUNTED, TenantQuotas
from services.api.web import health, login, openapi, signin
from services.api.web.auth import OPEN, Doorkeeper, OperatorKey
from services.api.web.content import ContentTypes
from services.api.web.entrance import Entrance, Holding, is_a_persons, is_free, name_of, principal_of, trail_of, turn_of
from services.api.web.metrics import QUOTA_USED, QUOTAS_REFUSED
from services.api.web.oidc import Tokens
from services.api.web.passwords import Hashing
from services.api.web.policy import POLICY, NoPolicy, NounPolicy
from services.api.web.problems import HANDLERS, from_http
from services.api.web.rates import Rates
from services.api.web.security import Timed, completing


def doorkeeper_of(ports: Ports) -> Doorkeeper:
    """Who may come in, by the key and the logins that these ports know."""
    config = ports.config
    return Doorkeeper(
        OperatorKey(config.key),
        clock=ports.clock,
        new_id=ports.new_id,
        records=ports.reference,
        hashing=Hashing(n=config.password_cost),
        failures=config.login_failures,
        tokens=Tokens(config.provider, ports.outside, clock=ports.clock),
        rates=Rates(per_s=config.requests_per_s, burst=config.requests_burst),
        login_s=config.login_s,
        idle_s=config.idle_s,
        secure=config.secure_cookie,
    )


def quotas_of(ports: Ports) -> TenantQuotas:
    """What counts the use of every tenant at this process."""

    def settled(command_id: str) -> bool:
        found = ports.commands.find(command_id)
        return found is not None and found.settled is not None

    def told(quota: str) -> None:
        QUOTAS_REFUSED.labels(quota).inc()

    quotas = TenantQuotas(
        ports.reference, clock=ports.clock, settled=settled, told=told, processes=ports.config.processes
    )
    for quota in COUNTED:
        QUOTA_USED.labels(quota).set_function(partial(quotas.highest, quota))
    return quotas


def door_of(ports: Ports, quotas: TenantQuotas) -> Door:
    """What gives the requests at this process their turns."""
    config = ports.config
    return Door(at_once=config.tenant_requests_at_once, waiting=config.tenant_requests_waiting, presses=quotas.presses)


def create_app(
    ports: Ports,
    *,
    doorkeeper: Doorkeeper | None = None,
    quotas: TenantQuotas | None = None,
    door: Door | None = None,
    console: Sequence[ControllerRouterHandler] = (),
) -> Litestar:
    """The application over these ports. `doorkeeper`, `quotas`, `door`: theirs where none are given.

    `console`: the routers of its pages.
    """
    config, doorkeeper = ports.config, doorkeeper or doorkeeper_of(ports)
    quotas = quotas or quotas_of(ports)
    api = Router(path="/api/v1", route_handlers=[_router(noun) for noun in NOUNS])
    open_routes = [_open(noun, router) for noun in NOUNS for router in noun.open]
    app = Litestar(
        route_handlers=[
            *(api, health.router(), *open_routes),
            *(login.router(doorkeeper), signin.router(doorkeeper), *console),
        ],
        dependencies={
            "ports": Provide(_ports_of(ports, quotas), sync_to_thread=False),
            "doorkeeper": Provide(lambda: doorkeeper, sync_to_thread=False),
        },
        middleware=[
            Timed(),
            Entrance(
                doorkeeper,
                partial(note_use, ports),
                lambda members: Trail(ports.audit, members),
                quotas,
                Holding(lambda: ports.config.refused_after_s),
                edge=Edge(ports),
                door=door or door_of(ports, quotas),
            ),
            ContentTypes(),
        ],
        exception_handlers={**HANDLERS, HTTPException: partial(_refused, _show_of(console))},
        before_send=[completing(config.hsts_s, access_log=config.access_log)],
        openapi_config=openapi.config(NOUNS),
        plugins=[openapi.DecimalsAreStrings()],
        request_max_body_size=config.body_limit,
        logging_config=None,
        debug=False,
    )
    _require_policies(app)
    return app


def _show_of(console: Sequence[ControllerRouterHandler]) -> Any:
    """What renders the console's pages; None without a console."""
    provided = (router.dependencies.get("show") for router in console if isinstance(router, Router))
    return next((each.dependency() for each in provided if isinstance(each, Provide)), None)


def _refused(show: Any, request: Request[Any, Any, Any], exception: HTTPException) -> Response[Any]:
    """What the framework refused, where no route of a noun had a say: a page for a browser that looks for one, else the problem."""
    problem = from_http(request, exception)
    if show is None or not is_a_persons(request):
        return problem
    page: Response[str] = show.problem(request, problem.content)
    return page


def _ports_of(ports: Ports, quotas: TenantQuotas) -> Callable[[Request[Any, Any, Any]], Ports]:
    def of_request(request: Request[Any, Any, Any]) -> Ports:
        return acting(ports, principal_of(request), trail_of(request), quotas, turn=turn_of(request))

    return of_request


def _router(noun: ApiNoun) -> Router:
    """The noun's routes under its tag, with its policy."""
    policy = {POLICY: NounPolicy(noun.tag, noun.policy)}
    return Router(path="/", route_handlers=[router() for router in noun.routers], tags=[noun.tag], opt=policy)


def _open(noun: ApiNoun, router: MakesRouter) -> Router:
    """Routes that need no login, under the noun's tag."""
    return Router(path="/", route_handlers=[router()], tags=[noun.tag], opt={OPEN: True})


def _require_policies(app: Litestar) -> None:
    """Raises NoPolicy that names every route which is not open to everybody and has no policy."""
    missing: list[str] = []
    for route in app.routes:
        for handler in getattr(route, "route_handlers", ()):
            if not isinstance(handler, HTTPRouteHandler) or is_free(handler, route.path):
                continue
            policy: NounPolicy | None = handler.opt.get(POLICY)
            if policy is None:
                missing.append(f"{route.path} is of no noun: give its router the `opt` that services.api.http gives")
                continue
            try:
                for method in handler.http_methods:
                    policy.need(name_of(handler), method)
            except NoPolicy as error:
                missing.append(str(error))
    if missing:
        raise NoPolicy("\n".join(missing))
