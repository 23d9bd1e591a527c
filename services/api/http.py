"""The HTTP application: the routes of every noun composed, ports handed in, every error a problem. Built per process, nothing on import."""

from collections.abc import Sequence

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from schemas.logins import LOGINS
from services.api.noun import ApiNoun
from services.api.nouns import NOUNS
from services.api.ports import Ports
from services.api.web import health, login, openapi
from services.api.web.auth import Authentication, Doorkeeper, OperatorKey
from services.api.web.content import ContentTypes
from services.api.web.problems import HANDLERS
from services.api.web.security import Timed, before_send
from services.api.web.throttle import Throttle


def doorkeeper_of(ports: Ports) -> Doorkeeper:
    """Who may come in, by the key and the logins that these ports know."""
    config = ports.config
    return Doorkeeper(
        OperatorKey(config.key),
        clock=ports.clock,
        new_id=ports.new_id,
        is_ended=lambda login: ports.reference.get(LOGINS, login) is not None,
        throttle=Throttle(failures=config.login_failures),
        login_s=config.login_s,
        idle_s=config.idle_s,
        secure=config.secure_cookie,
    )


def create_app(
    ports: Ports, *, doorkeeper: Doorkeeper | None = None, console: Sequence[ControllerRouterHandler] = ()
) -> Litestar:
    """The application over these ports; `doorkeeper` is theirs where none is given, `console` are the routers of its pages."""
    config, doorkeeper = ports.config, doorkeeper or doorkeeper_of(ports)
    api = Router(path="/api/v1", route_handlers=[_router(noun) for noun in NOUNS])
    return Litestar(
        route_handlers=[api, health.router(), login.router(doorkeeper), *console],
        dependencies={
            "ports": Provide(lambda: ports, sync_to_thread=False),
            "doorkeeper": Provide(lambda: doorkeeper, sync_to_thread=False),
        },
        middleware=[Timed(), Authentication(doorkeeper), ContentTypes()],
        exception_handlers=HANDLERS,
        before_send=[before_send],
        openapi_config=openapi.config(NOUNS),
        plugins=[openapi.DecimalsAreStrings()],
        request_max_body_size=config.body_limit,
        logging_config=None,
        debug=False,
    )


def _router(noun: ApiNoun) -> Router:
    """The noun's routes under its tag."""
    return Router(path="/", route_handlers=[router() for router in noun.routers], tags=[noun.tag])
