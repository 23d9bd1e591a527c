"""The wiring of `chargingprofiles`: policies of sites; in a worker that several services share, requests are read before all else."""

import pytest

from schemas.chargingneeds import ChargingNeedsDecided
from schemas.chargingprofiles import ChargingProfileChanged
from schemas.commands import COMMANDS
from schemas.hosting import HostState
from schemas.settings import BadSetting
from schemas.stations import REF_STATIONS, StationProvisioned
from services.chargingprofiles.app import service, site_policies
from services.chargingprofiles.settings import ChargingProfileSettings
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.chargingprofiles.records import STATION, asked, needs, session, settled
from tests.services.moments import at


def test_requests_are_read_first() -> None:
    assert COMMANDS in service_of(WORKER_OF["chargingprofiles"], ServicesSettings()).inputs_first


def test_a_profile_is_set_in_the_worker_that_is_shared() -> None:
    parts = service_of(WORKER_OF["chargingprofiles"], ServicesSettings()).parts
    (part,) = [part for part in parts if part.name == "chargingprofiles"]
    state, said = HostState(key=STATION), []
    for record in (asked(), settled()):
        state, outputs = part.step(state, record, references={REF_STATIONS.name: {}})
        said += outputs

    assert [change.status for change in said if isinstance(change, ChargingProfileChanged)] == [
        "requested",
        "installed",
    ]


@pytest.mark.parametrize(("site", "status"), [("berlin", "Rejected"), ("oslo", "Accepted")])
def test_what_becomes_of_the_needs_of_evs_is_a_matter_of_the_site(site: str, status: str) -> None:
    settings = ChargingProfileSettings(charging_needs="off", charging_needs_sites="oslo=fast, bergen=level")
    core, known = service(settings), StationProvisioned(station=STATION, site=site, provisioned_at=at(0))
    references = {REF_STATIONS.name: {STATION: known}}
    state, _ = core.step(core.initial(STATION), session(), references=references)

    _, outputs = core.step(state, needs(), references=references)

    assert [each.status for each in outputs if isinstance(each, ChargingNeedsDecided)] == [status]


def test_a_policy_that_there_is_not_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(BadSetting, match=r"'oslo=quick' is no SITE=off, SITE=standing, SITE=fast or SITE=level"):
        site_policies("oslo=quick")
