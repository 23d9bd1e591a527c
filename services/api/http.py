"""The HTTP application: routers composed, ports handed in, every error a problem. Built per process, nothing on import."""

from collections.abc import Sequence

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.types import ControllerRouterHandler

from services.api import openapi
from services.api.auth import Authentication, Doorkeeper, OperatorKey
from services.api.ports import Ports
from services.api.problems import HANDLERS
from services.api.rest import (
    assignments,
    cdrs,
    commands,
    events,
    firmware,
    fleetcommands,
    health,
    inbox,
    login,
    overview,
    sessions,
    stations,
    tariffs,
    tokens,
)
from services.api.security import Timed, before_send


def create_app(ports: Ports, *, console: Sequence[ControllerRouterHandler] = ()) -> Litestar:
    """The application over these ports; `console` are the routers of its pages."""
    config = ports.config
    doorkeeper = Doorkeeper(OperatorKey(config.key), clock=ports.clock, login_s=config.login_s)
    api = Router(
        path="/api/v1",
        route_handlers=[
            overview.router(),
            stations.router(),
            tokens.router(),
            sessions.router(),
            tariffs.router(),
            assignments.router(),
            cdrs.router(),
            commands.router(),
            fleetcommands.router(),
            events.router(),
            firmware.router(),
            inbox.router(),
        ],
    )
    return Litestar(
        route_handlers=[api, health.router(), login.router(doorkeeper, secure=config.secure_cookie), *console],
        dependencies={"ports": Provide(lambda: ports, sync_to_thread=False)},
        middleware=[Timed(), Authentication(doorkeeper)],
        exception_handlers=HANDLERS,
        before_send=[before_send],
        openapi_config=openapi.config(),
        plugins=[openapi.DecimalsAreStrings()],
        request_max_body_size=config.body_limit,
        logging_config=None,
        debug=False,
    )
