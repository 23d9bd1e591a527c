"""The wiring of `reservations`: in a worker that several services share, requests are read before all else."""

from schemas.base import Due
from schemas.commands import COMMANDS
from schemas.hosting import HostState
from schemas.reservations import ReservationChanged
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.reservations.records import HOUR, STATION, asked, settled


def test_requests_are_read_first() -> None:
    assert COMMANDS in service_of(WORKER_OF["reservations"], ServicesSettings()).inputs_first


def test_a_reservation_is_made_and_expires_in_the_worker_that_is_shared() -> None:
    (part,) = [
        part for part in service_of(WORKER_OF["reservations"], ServicesSettings()).parts if part.name == "reservations"
    ]
    state, said = HostState(key=STATION), []
    for record in (asked(), settled()):
        state, outputs = part.step(state, record)
        said += outputs
    moment = part.due(state)
    assert moment is not None

    _, outputs = part.step(state, Due(key=STATION, at=moment, sent_at=moment))

    statuses = [change.status for change in (*said, *outputs) if isinstance(change, ReservationChanged)]
    assert statuses == ["requested", "accepted", "expired"]
    assert (moment - asked().requested_at).total_seconds() == HOUR
