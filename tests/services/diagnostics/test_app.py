"""The wiring of `diagnostics`: requests are read before what is said of them."""

from schemas.commands import COMMANDS
from services.nouns import WORKER_OF, ServicesSettings, service_of


def test_requests_are_read_first() -> None:
    assert COMMANDS in service_of(WORKER_OF["diagnostics"], ServicesSettings()).inputs_first
