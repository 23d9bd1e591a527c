"""The wiring of `certificates`: in a worker that several services share, requests are read before all else."""

from schemas.certificates import CertificateChanged
from schemas.commands import COMMANDS
from schemas.hosting import HostState
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.certificates.records import STATION, installed, settled


def test_a_certificate_is_followed_in_the_worker_that_is_shared() -> None:
    worker = service_of(WORKER_OF["certificates"], ServicesSettings())
    (part,) = (part for part in worker.parts if part.name == "certificates")
    assert COMMANDS in worker.inputs_first
    state, said = HostState(key=STATION), []
    for record in (installed(), settled()):
        state, outputs = part.step(state, record)
        said += outputs

    assert [change.status for change in said if isinstance(change, CertificateChanged)] == ["requested", "installed"]
