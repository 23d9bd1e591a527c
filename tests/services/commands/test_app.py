"""The wiring of `commands`: a dispatch leaves after the state that holds it, and a queue has the bounds that are set."""

from schemas.commands import CommandDispatched, CommandSettled
from services.commands.app import service
from services.commands.settings import CommandsSettings
from tests.services.commands.records import STATION, located, requested


def test_a_dispatch_is_an_act_so_that_no_station_is_asked_twice() -> None:
    built = service(CommandsSettings())
    state, _ = built.step(built.initial(STATION), located())

    _, outputs = built.step(state, requested())

    assert any(isinstance(each, built.acts) for each in outputs)
    assert (built.acts, built.saves_each_batch) == ((CommandDispatched,), True)


def test_a_command_more_than_the_queue_may_hold_is_settled_at_once() -> None:
    built = service(CommandsSettings(commands_queue_limit=1))
    state, _ = built.step(built.initial(STATION), requested("c1", when_offline="wait"))

    _, outputs = built.step(state, requested("c2", when_offline="wait"))

    assert [each.command_id for each in outputs if isinstance(each, CommandSettled)] == ["c2"]
