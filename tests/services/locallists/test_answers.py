"""What an outcome tells: limits that make sense are taken, others are not; a late outcome of ours is no list of another's."""

from decimal import Decimal

import pytest

from schemas.devicemodel import Characteristics, VariableChanged, VariableName
from schemas.locallists import ENTRIES_MOST, ENTRIES_UNTOLD
from tests.services.locallists.stations import STATION, Managed, Wallbox, rule, station, token
from tests.services.moments import at


@pytest.mark.parametrize(
    ("told", "taken"),
    [(7, 7), (0, ENTRIES_UNTOLD), (-1, ENTRIES_UNTOLD), (10**12, ENTRIES_UNTOLD), (99_999, ENTRIES_MOST)],
)
def test_limits_are_taken_where_they_are_some(told: int, taken: int) -> None:
    there = Managed(Wallbox(most=told))
    there.reads(rule(), station())
    there.passes(1, answering=False)
    there.settles()

    assert there.state.most_entries == taken


def test_a_late_outcome_of_ours_is_no_list_of_another() -> None:
    there = Managed(Wallbox(), token("A"))
    there.reads(rule(), station())
    there.passes(60)
    before = there.state

    there.reads(*there.outcomes)

    assert there.state == before


def test_a_report_of_variables_tells_the_room_for_tokens_and_the_list_is_cut_to_it() -> None:
    there = Managed(Wallbox(), *(token(name) for name in "ABC"))
    there.reads(station(version="2.1"), entries(2), rule())
    there.passes(1, answering=False)
    there.settles(items=())  # its answer to the question for limits says nothing of that
    there.passes(60)

    assert (there.last.most_entries, there.last.entries, there.last.left_out) == (2, 2, 1)
    before = there.state
    there.reads(entries(2))
    assert there.state == before


def entries(most: int) -> VariableChanged:
    return VariableChanged(
        id="v",
        variable_id="v",
        station=STATION,
        revision=1,
        key="LocalAuthListCtrlr.Entries",
        name=VariableName(component="LocalAuthListCtrlr", variable="Entries"),
        characteristics=Characteristics(data_type="integer", max_limit=Decimal(most)),
        changed_at=at(1),
    )
