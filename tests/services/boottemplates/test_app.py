"""The wiring of `boottemplates`: templates are held whole, commands leave after the state, and the spread is a setting."""

from schemas.boottemplates import REF_BOOT_TEMPLATES
from schemas.commands import CommandRequested
from schemas.hosting import HostState
from services.boottemplates.core import SETTLING_S
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.boottemplates.stations import STATION, station, template
from tests.services.moments import at

WORKER = service_of(WORKER_OF["boottemplates"], ServicesSettings(boot_templates_spread_s=0))
(PART,) = (part for part in WORKER.parts if part.name == "boottemplates")


def test_templates_are_held_whole_and_commands_leave_after_the_state() -> None:
    assert REF_BOOT_TEMPLATES in WORKER.references
    assert CommandRequested in PART.acts


def test_a_station_that_boots_is_due_in_the_worker_that_is_shared() -> None:
    references = {topic.name: {} for topic in WORKER.references} | {REF_BOOT_TEMPLATES.name: {"t": template("t")}}
    state, _ = PART.step(HostState(key=STATION), station(), references=references)

    assert PART.due(state, references=references) == at(SETTLING_S)
