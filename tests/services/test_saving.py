"""What services remember at once: those whose outputs make stations act."""

import pytest

from schemas.commands import COMMANDS, CommandDispatched
from schemas.flows import writers
from schemas.topics import GATEWAY
from services.nouns import ServicesSettings, build


@pytest.mark.parametrize("name", ["commands", "firmware", "firmware-campaigns"])
def test_a_service_that_makes_stations_act_remembers_it_before_the_next_batch(name: str) -> None:
    assert build(name, ServicesSettings()).saves_each_batch


def test_a_dispatch_leaves_once_the_queue_remembers_it() -> None:
    """A crash may then lose it, which the queue notices at its deadline; no crash has a station asked twice."""
    assert build("commands", ServicesSettings()).acts == (CommandDispatched,)


def test_who_writes_commands_and_dispatches_is_known() -> None:
    assert "commands" in writers(GATEWAY)
    assert "firmware" in writers(COMMANDS)
