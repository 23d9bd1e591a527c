"""The wiring of `energy`: a worker of its own, whose commands leave once the state remembers them, and what is counted."""

from prometheus_client import Counter

from schemas.commands import CommandRequested
from schemas.energy import REF_SITES
from services.energy.metrics import COMMANDS, DECISIONS, REACTION
from services.nouns import NOT_REPLAYED, WORKER_OF, ServicesSettings, service_of
from tests.services.energy.records import SITE, Stepped, metered, provisioned, seen, tree
from tests.services.energy.test_observing import METER


def test_it_has_a_worker_of_its_own_and_is_never_replayed() -> None:
    service = service_of("energy", ServicesSettings())

    assert WORKER_OF["energy"] == "energy"
    assert "energy" in NOT_REPLAYED
    assert service.acts == (CommandRequested,)
    assert service.references == (REF_SITES,)


def test_decisions_commands_and_the_time_from_a_reading_to_them_are_counted() -> None:
    service = service_of("energy", ServicesSettings())
    site = Stepped(tree(63, 1, meters=(METER,))).ready(1)
    site.settle(31, site(seen(1, 30, "t1")))
    references = {REF_SITES.name: {SITE: provisioned(tree(63, 1, meters=(METER,)))}}
    before = (counted(COMMANDS, "limit"), counted(DECISIONS, "SiteMeterReported"), REACTION._sum.get())

    service.step(site.state, metered(60, 50), references=references)

    after = (counted(COMMANDS, "limit"), counted(DECISIONS, "SiteMeterReported"), REACTION._sum.get())
    assert after[0] - before[0] == 1
    assert after[1] - before[1] == 1
    assert after[2] >= before[2]


def counted(counter: Counter, *labels: str) -> float:
    return float(counter.labels(*labels)._value.get())
