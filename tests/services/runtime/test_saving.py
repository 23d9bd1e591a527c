"""What services remember at once: those whose outputs make stations act."""

import pytest

from schemas.commands import CommandDispatched
from schemas.topics import COMMANDS, GATEWAY
from services.commands import app as commands
from services.firmware import app as firmware
from services.runtime.settings import Settings
from services.runtime.worker import StreamWorker, Worker


@pytest.mark.parametrize("worker", [commands.worker, firmware.worker, firmware.campaigns])
def test_a_service_that_makes_stations_act_remembers_it_before_the_next_batch(worker: object) -> None:
    assert callable(worker)
    built: Worker = worker(Settings())

    assert isinstance(built, StreamWorker)
    assert built.service.saves_each_batch


def test_a_dispatch_leaves_once_the_queue_remembers_it() -> None:
    """A crash may then lose it, which the queue notices at its deadline; no crash has a station asked twice."""
    built = commands.worker(Settings())

    assert isinstance(built, StreamWorker)
    assert built.service.acts == (CommandDispatched,)


def test_who_writes_commands_and_dispatches_is_known() -> None:
    assert "commands" in GATEWAY.writers
    assert "firmware" in COMMANDS.writers
