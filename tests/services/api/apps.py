"""The application for tests: the routes are built once a process, and serve whatever world each client belongs to."""

from collections.abc import Sequence
from contextvars import ContextVar
from functools import cache
from typing import Any

from litestar import Litestar
from litestar.types import ControllerRouterHandler

from services.api.console import routes
from services.api.http import create_app, door_of, doorkeeper_of, quotas_of
from services.api.ports import Ports

_PORTS: ContextVar[Any] = ContextVar("ports")
_DOORKEEPER: ContextVar[Any] = ContextVar("doorkeeper")
_QUOTAS: ContextVar[Any] = ContextVar("quotas")
_DOOR: ContextVar[Any] = ContextVar("door")


class Whichever:
    """What belongs to the client of the request that is being answered."""

    def __init__(self, current: ContextVar[Any]) -> None:
        self._current = current

    def __getattr__(self, name: str) -> Any:
        return getattr(self._current.get(), name)


class App:
    """An ASGI application over these ports, as a process of its own would be: it has a doorkeeper, quotas and a door of its own."""

    def __init__(self, ports: Ports, *, console: bool) -> None:
        self._ports, self._doorkeeper, self._quotas = ports, doorkeeper_of(ports), quotas_of(ports)
        self._door = door_of(ports, self._quotas)
        self.built = _built(console, ports.config.body_limit, ports.config.hsts_s, ports.config.access_log)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        _PORTS.set(self._ports)
        _DOORKEEPER.set(self._doorkeeper)
        _QUOTAS.set(self._quotas)
        _DOOR.set(self._door)
        await self.built(scope, receive, send)


def app_of(ports: Ports, *, console: bool = False) -> App:
    """The application over these ports; its routes are shared by all."""
    return App(ports, console=console)


@cache
def _built(console: bool, body_limit: int, hsts_s: int, access_log: bool) -> Litestar:
    handlers: Sequence[ControllerRouterHandler] = routes.routers() if console else ()
    _PORTS.set(_Building(body_limit, hsts_s, access_log=access_log))
    ports: Any = Whichever(_PORTS)
    doorkeeper: Any = Whichever(_DOORKEEPER)
    quotas: Any = Whichever(_QUOTAS)
    door: Any = Whichever(_DOOR)
    return create_app(ports, doorkeeper=doorkeeper, quotas=quotas, door=door, console=handlers)


class _Building:
    """What the routes ask of their ports while they are built: nothing else is settled before a request comes."""

    def __init__(self, body_limit: int, hsts_s: int, *, access_log: bool) -> None:
        self.config = self
        self.body_limit = body_limit
        self.hsts_s = hsts_s
        self.access_log = access_log
