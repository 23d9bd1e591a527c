"""Blocks: the stations of a campaign in its state: a letter for each station's state, in blocks. PURE."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from msgspec.structs import replace

from schemas.campaigns import BLOCK_STATIONS, Block
from schemas.firmware import AT_WORK, FAILED, FINAL, IN_FLIGHT, MISSED, WAITING, UpdateState

LETTERS: Final[Mapping[UpdateState, str]] = dict(
    zip(UpdateState, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", strict=False)
)
"""The letter of each state; new states must be added at the end of `UpdateState`, because letters are stored."""

STATES: Final[Mapping[str, UpdateState]] = {letter: state for state, letter in LETTERS.items()}

Blocks = dict[int, Block]


def letters(states: frozenset[UpdateState]) -> str:
    """The letters of some states."""
    return "".join(sorted(LETTERS[state] for state in states))


_WAITING = re.compile(f"[{letters(WAITING)}]")
_IN_FLIGHT = re.compile(f"[{letters(frozenset(IN_FLIGHT))}]")
_TO_RETRY = re.compile(f"[{letters(FAILED | MISSED)}]")
_UNENDED = re.compile(f"[^{letters(frozenset(FINAL))}]")
_UNSETTLED = re.compile(
    f"[{letters(frozenset({*WAITING, *IN_FLIGHT, UpdateState.OBSERVING, UpdateState.BACKING_OFF}))}]"
)
_IN_FLIGHT_LETTERS = letters(frozenset(AT_WORK | {UpdateState.ORDERED}))


def state_of(blocks: Blocks, number: int) -> tuple[UpdateState, int]:
    """A station's state, and the last known revision of its update."""
    block = blocks[number // BLOCK_STATIONS]
    place = number % BLOCK_STATIONS
    return STATES[block.states[place]], block.revisions[place]


def with_state(blocks: Blocks, number: int, state: UpdateState, revision: int | None = None) -> Blocks:
    """Set the state of a station, and its revision if given."""
    at, place = divmod(number, BLOCK_STATIONS)
    block = blocks[at]
    states = block.states[:place] + LETTERS[state] + block.states[place + 1 :]
    revisions = block.revisions
    if revision is not None:
        revisions = (*revisions[:place], revision, *revisions[place + 1 :])
    return blocks | {at: replace(block, states=states, revisions=revisions)}


def span(blocks: Blocks, first: int, end: int) -> str:
    """The letters of the stations from `first` to before `end`."""
    numbers = range(first // BLOCK_STATIONS, -(-end // BLOCK_STATIONS))
    whole = "".join(blocks[number].states for number in numbers)
    skipped = first // BLOCK_STATIONS * BLOCK_STATIONS
    return whole[first - skipped : end - skipped]


def counts(blocks: Blocks, first: int, end: int) -> dict[str, int]:
    """How many stations are in which state."""
    numbers = Counter(span(blocks, first, end))
    return {str(state): numbers[letter] for letter, state in STATES.items() if numbers[letter]}


def count(blocks: Blocks, states: frozenset[UpdateState], first: int, end: int) -> int:
    """How many stations are in any of these states."""
    states_text = span(blocks, first, end)
    return sum(states_text.count(LETTERS[state]) for state in states)


def in_flight(blocks: Blocks) -> int:
    """Number of stations in flight."""
    return sum(block.states.count(letter) for block in blocks.values() for letter in _IN_FLIGHT_LETTERS)


def in_flight_by_site(blocks: Blocks) -> Counter[int]:
    """Number of stations in flight per site."""
    return Counter(
        block.sites[found.start()] for block in blocks.values() for found in _IN_FLIGHT.finditer(block.states)
    )


def waiting(blocks: Blocks, end: int) -> Iterator[int]:
    """The numbers of stations before `end` that wait for their turn, in the order of the list."""
    return _numbers(blocks, _WAITING, end)


def to_retry(blocks: Blocks, end: int) -> Iterator[int]:
    """The numbers of stations that have failed or were missed."""
    return _numbers(blocks, _TO_RETRY, end)


def unended(blocks: Blocks, end: int) -> Iterator[int]:
    """The numbers of stations whose update is not over."""
    return _numbers(blocks, _UNENDED, end)


def _numbers(blocks: Blocks, pattern: re.Pattern[str], end: int) -> Iterator[int]:
    for at in range(-(-end // BLOCK_STATIONS)):
        first = at * BLOCK_STATIONS
        for found in pattern.finditer(blocks[at].states, 0, end - first):
            yield first + found.start()


def is_settled(blocks: Blocks, first: int, end: int) -> bool:
    """Whether no station waits for a turn, works, or is observed: all have ended, or are offline or busy."""
    return _UNSETTLED.search(span(blocks, first, end)) is None


def all_ended(blocks: Blocks, end: int) -> bool:
    """Whether every station before `end` is in a final state."""
    return next(unended(blocks, end), None) is None


def place_of(blocks: Blocks, number: int) -> tuple[int, int]:
    """A station's site and time zone, by their numbers."""
    block, place = blocks[number // BLOCK_STATIONS], number % BLOCK_STATIONS
    return block.sites[place], block.zones[place]
