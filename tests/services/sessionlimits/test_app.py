"""The wiring of `sessionlimits`: in the worker that is shared, a stop leaves after the state that remembers it."""

from schemas.commands import CommandRequested
from schemas.hosting import HostState
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.sessionlimits.records import STATION, session


def test_a_session_is_stopped_in_the_worker_that_is_shared_once_its_state_is_saved() -> None:
    host = service_of(WORKER_OF["sessionlimits"], ServicesSettings())
    (part,) = [part for part in host.parts if part.name == "sessionlimits"]

    _, outputs = part.step(HostState(key=STATION), session(0, energy=10_000))

    assert [type(output) for output in outputs if isinstance(output, CommandRequested)] == [CommandRequested]
    assert CommandRequested in part.acts
