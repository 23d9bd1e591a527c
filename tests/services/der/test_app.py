"""The wiring of `der`: in a worker that several services share, requests are read before all else."""

from schemas.commands import COMMANDS
from schemas.der import DERControlChanged
from schemas.hosting import HostState
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.der.records import STATION, a_setting, settled


def test_a_control_is_followed_in_the_worker_that_is_shared() -> None:
    worker = service_of(WORKER_OF["der"], ServicesSettings())
    (part,) = (part for part in worker.parts if part.name == "der")
    assert COMMANDS in worker.inputs_first
    state, said = HostState(key=STATION), []
    for record in (a_setting(), settled()):
        state, outputs = part.step(state, record)
        said += outputs

    assert [change.status for change in said if isinstance(change, DERControlChanged)] == ["requested", "accepted"]
