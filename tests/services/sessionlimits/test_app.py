"""The wiring of `sessionlimits`: in the worker that is shared, a stop leaves after the state that remembers it."""

from prometheus_client import Counter

from schemas.base import Due
from schemas.commands import CommandRequested
from schemas.hosting import HostState
from services.nouns import WORKER_OF, ServicesSettings, service_of
from services.sessionlimits.metrics import LIMITED, STOPS
from tests.services.sessionlimits.records import STATION, ended, minute, session, settled


def test_a_session_is_stopped_in_the_worker_that_is_shared_once_its_state_is_saved() -> None:
    host = service_of(WORKER_OF["sessionlimits"], ServicesSettings())
    (part,) = [part for part in host.parts if part.name == "sessionlimits"]

    _, outputs = part.step(HostState(key=STATION), session(0, energy=10_000))

    assert [type(output) for output in outputs if isinstance(output, CommandRequested)] == [CommandRequested]
    assert CommandRequested in part.acts


def test_stops_and_what_became_of_limited_sessions_are_counted() -> None:
    (part,) = [
        part
        for part in service_of(WORKER_OF["sessionlimits"], ServicesSettings()).parts
        if part.name == "sessionlimits"
    ]
    before = (counted(STOPS, "first"), counted(STOPS, "again"), counted(LIMITED, "stopped", "energy"))

    state, outputs = part.step(HostState(key=STATION), session(0, energy=10_000))
    (stop,) = (output for output in outputs if isinstance(output, CommandRequested))
    state, _ = part.step(state, settled(stop.id, "timed_out", 1))
    state, _ = part.step(state, Due(key=STATION, at=minute(2), sent_at=minute(2)))
    part.step(state, ended(3, energy=10_000))

    after = (counted(STOPS, "first"), counted(STOPS, "again"), counted(LIMITED, "stopped", "energy"))
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1]


def counted(counter: Counter, *labels: str) -> float:
    return float(counter.labels(*labels)._value.get())
