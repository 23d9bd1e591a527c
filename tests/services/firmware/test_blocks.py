"""The stations of a campaign, a letter each, in blocks."""

from schemas.campaigns import BLOCK_STATIONS, Block
from schemas.firmware import UpdateState
from services.firmware import blocks as stations
from services.firmware.blocks import LETTERS

S = UpdateState


def made(*states: UpdateState) -> stations.Blocks:
    block = Block(
        states="".join(LETTERS[state] for state in states),
        revisions=(0,) * len(states),
        sites=tuple(range(len(states))),
        zones=(0,) * len(states),
    )
    return {0: block}


def test_a_station_changes_alone() -> None:
    blocks = stations.with_state(made(S.PENDING, S.PENDING), 1, S.SENT, 4)

    assert stations.state_of(blocks, 0) == (S.PENDING, 0)
    assert stations.state_of(blocks, 1) == (S.SENT, 4)


def test_states_are_counted_and_found_in_order() -> None:
    blocks = made(S.PENDING, S.SENT, S.READY, S.REJECTED, S.SUCCEEDED)

    assert stations.counts(blocks, 0, 5)["sent"] == 1
    assert stations.count(blocks, frozenset({S.PENDING, S.READY}), 1, 5) == 1
    assert list(stations.waiting(blocks, 5)) == [0, 2]
    assert list(stations.to_retry(blocks, 5)) == [3]
    assert list(stations.unended(blocks, 5)) == [0, 1, 2]
    assert stations.in_flight(blocks) == 1
    assert stations.in_flight_by_site(blocks) == {1: 1}


def test_a_wave_is_settled_when_all_have_ended_or_are_away() -> None:
    assert stations.is_settled(made(S.SUCCEEDED, S.OFFLINE, S.BUSY), 0, 3)
    assert not stations.is_settled(made(S.SUCCEEDED, S.OBSERVING), 0, 2)
    assert stations.all_ended(made(S.SUCCEEDED, S.REJECTED), 2)
    assert not stations.all_ended(made(S.SUCCEEDED, S.OFFLINE), 2)


def test_a_span_crosses_blocks() -> None:
    full = Block(
        states=LETTERS[S.PENDING] * BLOCK_STATIONS,
        revisions=(0,) * BLOCK_STATIONS,
        sites=(0,) * BLOCK_STATIONS,
        zones=(0,) * BLOCK_STATIONS,
    )
    blocks = {0: full, 1: made(S.SENT, S.READY)[0]}

    assert stations.span(blocks, BLOCK_STATIONS - 1, BLOCK_STATIONS + 1) == LETTERS[S.PENDING] + LETTERS[S.SENT]


def test_every_state_has_a_letter_of_its_own() -> None:
    assert len(set(LETTERS.values())) == len(UpdateState)
