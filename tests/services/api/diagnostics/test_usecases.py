"""Use cases of logs: what a log is by its command alone, before the service has said it."""

import msgspec
import pytest

from services.api.diagnostics.rows import AskForLog, log_of
from services.api.diagnostics.usecases import ask_for_log
from services.api.fakes import World
from tests.services.api.builders import STATION, a_log, a_state, an_outcome
from tests.services.api.diagnostics.worlds import with_files


@pytest.fixture
def world() -> World:
    world = with_files()
    world.bus.hold(a_state(version="2.0.1"))
    return world


@pytest.mark.parametrize(
    ("outcome", "status"),
    [
        ("accepted", "accepted"),
        ("rejected", "refused"),
        ("cancelled", "cancelled"),
        ("timed_out", "unconfirmed"),
    ],
)
async def test_a_log_is_told_by_the_answer_until_the_service_tells_it(world: World, outcome: str, status: str) -> None:
    response = msgspec.Raw(b'{"status":"Accepted","filename":"security.log"}')
    world.bus.settles = an_outcome(outcome=outcome, response=response, detail="Busy", sent=True)

    asked = await ask_for_log(world.ports(), STATION, AskForLog(type="SecurityLog"))

    assert (asked.log.status, asked.log.file, asked.log.detail) == (status, "security.log", "Busy")
    assert asked.log.type == "SecurityLog"


async def test_what_the_service_has_said_counts_for_more(world: World) -> None:
    world.bus.settles = an_outcome(sent=True)
    first = await ask_for_log(world.ports(), STATION, AskForLog(), key="logs-1")
    world.reads.log_rows[first.log.log] = log_of(a_log(log=first.log.log, status="stored", place="logs/1"))

    again = await ask_for_log(world.ports(), STATION, AskForLog(), key="logs-1")

    assert (again.log.status, again.log.place) == ("stored", "logs/1")
