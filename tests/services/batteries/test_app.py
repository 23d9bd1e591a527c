"""The wiring of `batteries`: in a worker that several services share, requests are read before all else."""

from schemas.batteries import BatterySwapChanged
from schemas.commands import COMMANDS
from schemas.hosting import HostState
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.batteries.records import STATION, asked, settled


def test_a_swap_is_followed_in_the_worker_that_is_shared() -> None:
    worker = service_of(WORKER_OF["batteries"], ServicesSettings())
    (part,) = (part for part in worker.parts if part.name == "batteries")
    assert COMMANDS in worker.inputs_first
    state, said = HostState(key=STATION), []
    for record in (asked(), settled()):
        state, outputs = part.step(state, record)
        said += outputs

    assert [change.status for change in said if isinstance(change, BatterySwapChanged)] == ["requested", "accepted"]
