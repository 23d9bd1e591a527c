"""The wiring of `transactionstatus`: in the worker that several services share, by its setting."""

from schemas.base import Due
from schemas.commands import CommandRequested
from schemas.hosting import HostState
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.transactionstatus.records import STATION, session, station


def asked_with(**settings: int) -> list[object]:
    worker = service_of(WORKER_OF["transactionstatus"], ServicesSettings(**settings))
    (part,) = (part for part in worker.parts if part.name == "transactionstatus")
    assert part.acts == (CommandRequested,)
    state, said = HostState(key=STATION), []
    for record in (station(), session()):
        state, _ = part.step(state, record)
    moment = part.due(state)
    if moment is not None:
        _, said = part.step(state, Due(key=STATION, at=moment, sent_at=moment))
    return said


def test_a_silent_session_is_asked_for_unless_it_is_switched_off() -> None:
    assert [type(record) for record in asked_with()] == [CommandRequested]
    assert asked_with(transaction_silence_s=0) == []
