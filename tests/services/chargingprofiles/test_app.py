"""The wiring of `chargingprofiles`: in a worker that several services share, requests are read before all else."""

from schemas.chargingprofiles import ChargingProfileChanged
from schemas.commands import COMMANDS
from schemas.hosting import HostState
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.chargingprofiles.records import STATION, asked, settled


def test_requests_are_read_first() -> None:
    assert COMMANDS in service_of(WORKER_OF["chargingprofiles"], ServicesSettings()).inputs_first


def test_a_profile_is_set_in_the_worker_that_is_shared() -> None:
    parts = service_of(WORKER_OF["chargingprofiles"], ServicesSettings()).parts
    (part,) = [part for part in parts if part.name == "chargingprofiles"]
    state, said = HostState(key=STATION), []
    for record in (asked(), settled()):
        state, outputs = part.step(state, record)
        said += outputs

    assert [change.status for change in said if isinstance(change, ChargingProfileChanged)] == [
        "requested",
        "installed",
    ]
