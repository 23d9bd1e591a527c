"""The wiring of `locallists`: rules are read first, tokens decide what is due, and commands leave after the state."""

from schemas.authorization import REF_TOKENS
from schemas.base import Due
from schemas.commands import CommandRequested
from schemas.hosting import HostState
from schemas.locallists import REF_LOCAL_LISTS, GetLocalListLimits
from services.nouns import WORKER_OF, ServicesSettings, service_of
from tests.services.locallists.stations import STATION, rule, station, token

WORKER = service_of(WORKER_OF["locallists"], ServicesSettings())
(PART,) = (part for part in WORKER.parts if part.name == "locallists")


def test_rules_are_read_first_and_tokens_are_held_whole() -> None:
    assert REF_LOCAL_LISTS in WORKER.inputs_first
    assert (REF_TOKENS in WORKER.references, REF_TOKENS in WORKER.due_by) == (True, True)
    assert CommandRequested in PART.acts


def test_a_station_with_a_rule_is_due_in_the_worker_that_is_shared() -> None:
    references = {REF_TOKENS.name: {"A": token("A")}}
    state = HostState(key=STATION)
    for record in (rule(), station(seconds=5)):
        state, _ = PART.step(state, record, references=references)
    moment = PART.due(state, references=references)
    assert moment == station(seconds=5).changed_at

    _, outputs = PART.step(state, Due(key=STATION, at=moment, sent_at=moment), references=references)

    assert [each.command for each in outputs if isinstance(each, CommandRequested)] == [GetLocalListLimits()]
