"""Records that come again change nothing, in whatever state; what is not of the tree is left alone; ids follow from their cause."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.base import Due, Poison, Record
from schemas.energy import SiteChangedByOperator
from services.energy.core import due, initial, step
from services.energy.sites import Sites
from tests.services.energy.records import SITE, Stepped, answer, commands, drawing, metered, second, seen, told, tree
from tests.services.energy.test_observing import METER


def test_a_car_that_comes_is_told_its_limit() -> None:
    site = Stepped(tree(63, 4)).ready(4)

    assert told(site(seen(1, 30, "t1"))) == {"CP-1": 32}


def test_what_is_not_of_the_tree_is_left_alone() -> None:
    site = Stepped(tree(63, 2)).ready(2)
    before = site.state

    assert site(seen(9, 30, "t9"), metered(31, 40, meter="elsewhere")) == []
    assert site.state == before


def test_what_is_observed_before_its_tree_is_known_is_kept_for_it() -> None:
    site = Stepped(tree(63, 1))
    references, site.references = site.references, {"csms.ref.sites": {}}
    assert site(seen(1, 0)) == []
    site.references = references

    outputs = site(SiteChangedByOperator(id="c", site=SITE, at=second(1)))

    assert len(commands(outputs)) == 1


def test_a_record_without_use_is_poison() -> None:
    with pytest.raises(Poison):
        step(initial(SITE), SiteProvisionedElsewhere(), references={"csms.ref.sites": {}}, sites=Sites())


class SiteProvisionedElsewhere(Record, frozen=True, kw_only=True, tag="elsewhere"):
    """A record of another topic."""


def test_what_is_not_due_changes_nothing() -> None:
    site = Stepped(tree(63, 2)).ready(2)
    site(seen(1, 30, "t1"))
    before, early = site.state, Due(key=SITE, at=second(30), sent_at=second(30))

    assert due(before) is not None
    assert site(early) == []
    assert site.state == before


@given(st.data())
def test_records_that_come_again_change_nothing(data: st.DataObject) -> None:
    site = Stepped(tree(50, 3, meters=(METER,)))
    records: list[Record] = []
    open_commands: list[tuple[str, int]] = []
    at = 0.0
    for _ in range(data.draw(st.integers(1, 25))):
        at += data.draw(st.sampled_from((0.5, 3.0, 11.0, 65.0)))
        match data.draw(st.sampled_from(("seen", "read", "meter", "answer", "due"))):
            case "seen":
                number = data.draw(st.integers(1, 3))
                records.append(
                    seen(number, at, data.draw(st.sampled_from(("", "a", "b"))), connected=data.draw(st.booleans()))
                )
            case "read":
                number = data.draw(st.integers(1, 3))
                amps = data.draw(st.sampled_from(((0, 0, 0), (16, 0, 0), (32, 32, 32), (8, 8, 8))))
                records.append(drawing(number, at, "a", *amps))
            case "meter":
                records.append(metered(at, data.draw(st.integers(0, 60))))
            case "answer" if open_commands:
                command, number = open_commands.pop(0)
                outcome = data.draw(st.sampled_from(("accepted", "accepted", "rejected", "timed_out")))
                records.append(answer(command, number, at, outcome))
            case _:
                wake = site.state.wake_at
                if wake is None:
                    continue
                at = max(at, (wake - second(0)).total_seconds())
                records.append(Due(key=SITE, at=wake, sent_at=second(at)))
        outputs = site(records[-1])
        open_commands += [(each.id, int(each.station[3:])) for each in commands(outputs)]
        after = site.state
        assert site(*records[-data.draw(st.integers(1, 5)) :]) == []
        assert site.state == after
