"""The wiring of `sitesensing`: a worker of its own, that wakes stations whose trees change."""

from schemas.energy import REF_SITES, EvseObserved
from schemas.transactions import METER_VALUES, SESSIONS
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.energy.sensing.records import STATION, connection, provisioned, tree


def test_a_tree_wakes_a_station_that_is_known_already() -> None:
    service = service_of(WORKER_OF["sitesensing"], ServicesSettings())
    references = {REF_SITES.name: {}}
    state, _ = service.step(service.initial(STATION), connection(), references=references)
    assert service.due(state, references=references) is None
    references[REF_SITES.name]["depot"] = provisioned(tree())

    moment = service.due(state, references=references)
    assert moment is not None
    assert service.due_by == (REF_SITES,)
    _, said = service.step(state, connection(1, 2, connected=False), references=references)
    assert [type(one) for one in said] == [EvseObserved]


def test_readings_of_stations_in_no_tree_are_not_even_decoded() -> None:
    service = service_of(WORKER_OF["sitesensing"], ServicesSettings())
    nowhere, somewhere = {REF_SITES.name: {}}, {REF_SITES.name: {"depot": provisioned(tree())}}

    assert [service.wants(METER_VALUES.name, STATION, references=each) for each in (nowhere, somewhere)] == [
        False,
        True,
    ]
    assert service.wants(SESSIONS.name, STATION, references=nowhere)
