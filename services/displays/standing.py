"""Standing: what each message of a station is, by all that is known of it, in whatever order that was read. PURE.

A refused message is none; of several ends of a message the earliest counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

import msgspec

from schemas.displays import DisplayStatus
from schemas.outcomes import is_unanswered
from schemas.states.displays import Answered, Inventory, Known, StationDisplays

NOTHING = "unknown"
"""The word of a station that has no such message (O03.FR.06, O04.FR.02, O05.FR.02)."""


class Standing(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What a message is. Of two ends the lesser one counts: the earlier, then by the other members, so that it is always the same."""

    ended_at: datetime | None = None
    status: DisplayStatus
    detail: str = ""


def standings(state: StationDisplays) -> dict[str, Standing]:
    """What each message is now, by its id."""
    known = sorted(state.known, key=lambda one: (one.at, one.id))
    answers = {answer.command_id: answer for answer in state.answers}
    found = {one.id: _answered(one, answers) for one in known}
    for one in known:
        seen = any(one.content.message_id in part.message_ids and part.at >= one.at for part in state.sightings)
        if seen and found[one.id].status == "unconfirmed" and latest(known, one.content.message_id) is one:
            found[one.id] = Standing(status="accepted")
    for one in known:
        begun = found[one.id]
        if begun.status in ("accepted", "unconfirmed"):
            ends = list(_ends(state, one, found, answers))
            found[one.id] = min(ends) if ends else begun
    return found


def latest(known: Iterable[Known], message_id: int) -> Known | None:
    """The message of a number that was asked for, or reported, last."""
    alike = [one for one in known if one.content.message_id == message_id]
    return max(alike, key=lambda one: (one.at, one.id), default=None)


def whole_inventories(state: StationDisplays) -> Iterator[tuple[Inventory, datetime, frozenset[int]]]:
    """Reports of all messages that are whole: the request, when it was, and the numbers in it; none where there was nothing (Unknown)."""
    answers = {answer.command_id: answer for answer in state.answers}
    for asked in state.inventories:
        answer = answers.get(asked.command_id)
        parts = sorted(
            (part for part in state.sightings if part.request_id == asked.request_id), key=lambda part: part.at
        )
        if answer is not None and answer.outcome == "accepted" and answer.detail.casefold() == NOTHING:
            yield asked, answer.at, frozenset()
        elif any(part.last for part in parts):
            yield asked, parts[-1].at, frozenset(number for part in parts for number in part.message_ids)


def _answered(one: Known, answers: Mapping[str, Answered]) -> Standing:
    answer = answers.get(one.id)
    if not one.asked:
        return Standing(status="accepted")
    if answer is None:
        return Standing(status="requested")
    if answer.outcome == "accepted":
        return Standing(status="accepted")
    if is_unanswered(answer.outcome, sent=answer.sent):
        return Standing(status="unconfirmed", detail=answer.detail)
    return Standing(status="refused", detail=answer.detail, ended_at=answer.at)


def _ends(
    state: StationDisplays, one: Known, found: Mapping[str, Standing], answers: Mapping[str, Answered]
) -> Iterator[Standing]:
    """Everything that ended a message."""
    number = one.content.message_id
    for clear in state.clears:
        answer = answers.get(clear.command_id)
        if clear.message_id == number and clear.at >= one.at and answer is not None and answer.outcome == "accepted":
            yield Standing(status="cleared", ended_at=answer.at)
    for other in state.known:
        newer = other.asked and other.content.message_id == number and (other.at, other.id) > (one.at, one.id)
        answer = answers.get(other.id)
        if newer and answer is not None and answer.outcome == "accepted":
            yield Standing(status="replaced", ended_at=answer.at)
    if (until := one.content.ends_at) is not None and state.lapsed_at is not None and until <= state.lapsed_at:
        yield Standing(status="expired", ended_at=until)
    for ending in state.endings:
        if one.content.transaction_id and ending.transaction_id == one.content.transaction_id:
            yield Standing(status="transaction-ended", ended_at=ending.at)
    since = answers[one.id].at if one.id in answers else one.at
    for asked, at, numbers in whole_inventories(state):
        if asked.at >= since and number not in numbers:
            yield Standing(status="gone", ended_at=at)
