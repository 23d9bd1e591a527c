"""Acting: the ports as one principal has them. Every request gets its own; there is no other way to the world."""

from typing import Any

from services.api.ports import Ports
from services.api.web.policy import Principal


def acting(ports: Any, principal: Principal | None) -> Ports:
    """The ports for whoever asks; None: a route that is open to everybody."""
    if principal is None:
        return of(ports)
    return of(ports, principal=principal)


def of(ports: Any, **changes: Any) -> Ports:
    """The ports with other members."""
    return Ports(**{name: getattr(ports, name) for name in Ports.__struct_fields__} | changes)
