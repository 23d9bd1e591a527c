"""A block of a campaign's list turns numbers into orders."""

from schemas.campaigns import BLOCK_STATIONS, CampaignState, StationsExtended, StationsReleased, Turn
from schemas.firmware import UpdateExtended, UpdateOrdered
from services.firmware import lists
from tests.services.firmware.records import at, frozen, name_of

LIST = frozen(3)


def stored() -> CampaignState:
    return lists.store(CampaignState(key=LIST.key), LIST)[0]


def test_the_first_list_counts() -> None:
    state, outputs = lists.store(stored(), frozen(2))

    assert state.targets == LIST
    assert len(outputs[0].sites) == 3  # type: ignore[attr-defined]


def test_each_turn_is_an_order_to_its_station() -> None:
    released = StationsReleased(id="r", key=LIST.key, turns=(Turn(1, 4),), at=at(0))
    (order,) = lists.order(stored(), released)[1]

    assert isinstance(order, UpdateOrdered)
    assert (order.station, order.number, order.turn) == (name_of(1), 1, 4)
    assert lists.order(CampaignState(key="absent"), released)[1] == []


def test_another_deadline_reaches_every_station_and_later_orders() -> None:
    state, outputs = lists.extend(stored(), StationsExtended(id="e", key=LIST.key, deadline_s=99, at=at(0)))

    assert [type(output) for output in outputs] == [UpdateExtended] * 3
    assert state.targets is not None
    assert state.targets.policy.deadline_s == 99


def test_turns_are_grouped_by_block() -> None:
    turns = [Turn(0, 1), Turn(BLOCK_STATIONS, 1), Turn(1, 1)]

    assert {block: [turn.number for turn in some] for block, some in lists.by_block(turns).items()} == {
        0: [0, 1],
        1: [BLOCK_STATIONS],
    }
