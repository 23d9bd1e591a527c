"""Acting: everybody has ports of his own."""

from services.api.fakes import World
from services.api.operators.acting import acting
from services.api.web.policy import Principal


def test_the_ports_say_who_asks_and_are_otherwise_the_same() -> None:
    ports = World().ports()
    ann = Principal(name="ann", kind="user")

    hers = acting(ports, ann)

    assert hers.principal is ann
    assert hers.config is ports.config
    assert acting(ports, None).principal.name == "operator"
