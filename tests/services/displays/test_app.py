"""The wiring of `displays`: in a worker that several services share, requests are read before all else."""

from schemas.commands import COMMANDS
from schemas.displays import DisplayMessageChanged
from schemas.hosting import HostState
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.displays.records import STATION, asked, settled


def test_a_message_is_followed_in_the_worker_that_is_shared() -> None:
    worker = service_of(WORKER_OF["displays"], ServicesSettings())
    (part,) = (part for part in worker.parts if part.name == "displays")
    assert COMMANDS in worker.inputs_first
    state, said = HostState(key=STATION), []
    for record in (asked(), settled()):
        state, outputs = part.step(state, record)
        said += outputs

    assert [change.status for change in said if isinstance(change, DisplayMessageChanged)] == ["requested", "accepted"]
