"""The wiring of `devicemodel`: in the worker that small services share, requests are read before all else."""

from schemas.commands import COMMANDS
from schemas.devicemodel import VariableChanged
from schemas.hosting import HostState
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.devicemodel.records import STATION, inventory, part, reported


def test_requests_are_read_first() -> None:
    assert COMMANDS in service_of(WORKER_OF["devicemodel"], ServicesSettings()).inputs_first


def test_a_report_is_kept_in_the_worker_that_is_shared() -> None:
    (core,) = [
        core for core in service_of(WORKER_OF["devicemodel"], ServicesSettings()).parts if core.name == "devicemodel"
    ]
    state, said = HostState(key=STATION), []
    for record in (inventory(), part(reported("C.V", "5"))):
        state, outputs = core.step(state, record)
        said += outputs

    assert [one.value for one in said if isinstance(one, VariableChanged)] == ["5"]
    assert core.step(state, part(reported("C.V", "5"))) == (state, [])
