"""Changing: one certificate of a station's is replaced; of too many, those that ended first go. PURE."""

from collections.abc import Iterator

from msgspec.structs import replace

from schemas.signing import STATION
from schemas.states.signing import StationSigning, Wanted
from services.certificates import ended

MOST = 20
"""Certificates of one station that are followed."""


def put(state: StationSigning, one: Wanted) -> StationSigning:
    """The state with this certificate in place of the one of its id."""
    if not any(other.id == one.id for other in state.wanted):
        return _bounded(replace(state, wanted=(*state.wanted, one)))
    return replace(state, wanted=tuple(one if other.id == one.id else other for other in state.wanted))


def same_use(state: StationSigning, one: Wanted) -> Iterator[Wanted]:
    """The others of its use. No use named is the use between station and CSMS."""
    use = one.use or STATION
    return (other for other in state.wanted if other.id != one.id and (other.use or STATION) == use)


def _bounded(state: StationSigning) -> StationSigning:
    over = sorted((one for one in state.wanted if one.ended_at is not None), key=lambda one: str(one.ended_at))
    for one in over[: max(0, len(state.wanted) - MOST)]:
        state = ended.forgotten(state, one)
    return state
