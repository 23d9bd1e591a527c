"""Publishing: each event at a station is said whole, with the next revision, and only where something is new."""

from decimal import Decimal

from services.demandresponse.publishing import published
from services.demandresponse.telling import group_now, wanted
from tests.services.demandresponse.stations import RULES, There, ordered
from tests.services.moments import at


def test_what_is_said_has_the_limit_its_form_and_its_times() -> None:
    there = There()
    there.connects()
    there.feed(ordered(part=Decimal("0.5")))
    there.answers()
    first, last = there.said

    assert (first.revision, last.revision, first.id != last.id) == (1, 2, True)
    assert (last.limit_w, last.least, last.unit, last.purpose) == (
        *(Decimal(3_450), Decimal(3_450), "W"),
        "ChargingStationMaxProfile",
    )
    assert (last.asked_at, last.accepted_at, last.attempts, last.command_id) == (at(0), at(1), 1, there.asked[0].id)


def test_nothing_is_said_twice() -> None:
    there = There()
    there.connects()
    there.feed(ordered())

    target = wanted(there.state, at(5), RULES)
    assert target is not None
    group = group_now(there.state, "W", at(5))

    assert published(there.state, at(5), target[0], group) == (there.state, [])


def test_a_limit_in_amperes_is_said_in_amperes() -> None:
    there = There()
    there.connects()
    there.feed(ordered(limit_a=Decimal(16)))

    assert (there.said[-1].limit_w, there.said[-1].limit_a) == (None, Decimal(16))
