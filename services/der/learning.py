"""Learning: what requests, answers and reports of a station say of each of its DER controls, in whatever order they were read. PURE.

Of each thing that is learnt the newest time counts, so that learning the same again, or in another order, changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime

from msgspec.structs import replace

from schemas.base import derived_id
from schemas.der import DERControl
from schemas.outcomes import is_unanswered
from schemas.states.der import Answered, Clear, Kept, Read, Set, StationDER
from services.following.remembering import later

KEPT_AT_MOST = 300
"""Controls of one station that are followed; more that it reports are not. A station has a few of each type."""

NOTHING = "notfound"
"""The word of a station that has no such control (R04.FR.30)."""


def learnt(state: StationDER) -> StationDER:
    """The state with all that the remembered requests, answers, parts and turns say."""
    book = _Book(state)
    answers = {answer.command_id: answer for answer in state.answers}
    sets = [one for one in state.asked if isinstance(one, Set)]
    for one in sorted(sets, key=lambda one: (one.at, one.command_id)):
        book.requested(one, answers.get(one.command_id))
    for part in sorted(state.parts, key=lambda part: part.at):
        for control in part.controls:
            book.reported(control, part.at)
    book.superseded_by_answers(answers, sets)
    for turn in state.turns:
        book.turned(turn.control_id, started=turn.started, since=turn.since, at=turn.at)
        for control_id in turn.superseded_ids:
            book.superseded(control_id, at=turn.at)
    for asked in state.asked:
        answer = answers.get(asked.command_id)
        if isinstance(asked, Clear) and answer is not None and answer.outcome == "accepted":
            book.cleared(asked, answer.at)
        if isinstance(asked, Read):
            for at, numbers in whole_reports(state, asked, answer):
                book.missing(asked, numbers, at)
    return replace(state, kept=tuple(book.kept.values()))


def whole_reports(state: StationDER, asked: Read, answer: Answered | None) -> Iterator[tuple[datetime, frozenset[str]]]:
    """The report that a request brought, if it is whole: when it was, and the controls in it."""
    parts = sorted((part for part in state.parts if part.request_id == asked.request_id), key=lambda part: part.at)
    if answer is not None and answer.outcome == "accepted" and answer.detail.casefold() == NOTHING:
        yield answer.at, frozenset()
    elif any(part.last for part in parts):
        yield parts[-1].at, frozenset(control.control_id for part in parts for control in part.controls)


def fits(control: DERControl, asked: Clear | Read) -> bool:
    """Whether a request is about this control: a member that it leaves out fits every one (R04.FR.30)."""
    return (
        asked.is_default in (None, control.is_default)
        and asked.control_type in ("", control.control_type)
        and asked.control_id in ("", control.control_id)
    )


class _Book:
    """The controls of a station while they are learnt."""

    def __init__(self, state: StationDER) -> None:
        self.station = state.station
        self.kept = {one.id: one for one in state.kept}

    def requested(self, asked: Set, answer: Answered | None) -> None:
        """A control that the station was asked to take, with its answer where there is one."""
        one = self._known(asked.control)
        if one.requested_at is None or asked.at >= one.requested_at:
            one = replace(one, requested_at=asked.at, requested_by=asked.requested_by)
            if one.content_at is None:
                one = replace(one, control=asked.control)
        if answer is not None:
            one = _answered(replace(one, settled_request=later(one.settled_request, asked.at)), asked.control, answer)
        self.kept[one.id] = one

    def reported(self, control: DERControl, at: datetime) -> None:
        """A control as the station reported it."""
        if self._id(control.control_id) not in self.kept and len(self.kept) >= KEPT_AT_MOST:
            return
        one = _with_content(self._known(control), control, at)
        one = _superseded(one, at=at, superseded=control.is_superseded)
        self.kept[one.id] = replace(one, present_at=later(one.present_at, at), verified_at=later(one.verified_at, at))

    def superseded_by_answers(self, answers: dict[str, Answered], sets: list[Set]) -> None:
        """What accepted controls supersede; each is not superseded itself, unless its answer says so (R04.FR.08)."""
        for asked in sets:
            answer = answers.get(asked.command_id)
            if answer is None or answer.outcome != "accepted":
                continue
            own = asked.control.control_id
            for control_id in {own, *answer.superseded_ids}:
                self.superseded(control_id, at=answer.at, superseded=control_id in answer.superseded_ids)

    def superseded(self, control_id: str, *, at: datetime, superseded: bool = True) -> None:
        """Another control of its type rules, or no longer."""
        if (one := self.kept.get(self._id(control_id))) is not None:
            self.kept[one.id] = _superseded(one, at=at, superseded=superseded)

    def turned(self, control_id: str, *, started: bool, since: datetime, at: datetime) -> None:
        """A control that is known has started or ended; one that was never asked for or reported has no type, and is not followed."""
        one = self.kept.get(self._id(control_id))
        if one is None:
            return
        if one.running_at is None or (at, started) >= (one.running_at, bool(one.running)):
            one = replace(one, running=started, running_at=at, running_since=since)
        self.kept[one.id] = replace(one, present_at=later(one.present_at, at) if started else one.present_at)

    def cleared(self, asked: Clear, at: datetime) -> None:
        """The station has none of these any more."""
        for one in tuple(self.kept.values()):
            if fits(one.control, asked):
                self.kept[one.id] = replace(one, cleared_at=later(one.cleared_at, at))

    def missing(self, asked: Read, reported: frozenset[str], at: datetime) -> None:
        """A whole report does not have these."""
        for one in tuple(self.kept.values()):
            if fits(one.control, asked) and one.control.control_id not in reported:
                self.kept[one.id] = replace(one, missing_at=later(one.missing_at, at))

    def _id(self, control_id: str) -> str:
        return derived_id(self.station, "der-control", control_id)

    def _known(self, control: DERControl) -> Kept:
        id_ = self._id(control.control_id)
        return self.kept.get(id_) or Kept(id=id_, control=control)


def _answered(one: Kept, control: DERControl, answer: Answered) -> Kept:
    if answer.outcome == "accepted":
        return replace(_with_content(one, control, answer.at), present_at=later(one.present_at, answer.at))
    if is_unanswered(answer.outcome, sent=answer.sent):
        return replace(one, unconfirmed_at=later(one.unconfirmed_at, answer.at))
    if one.refused_at is None or answer.at >= one.refused_at:
        return replace(one, refused_at=answer.at, detail=answer.detail)
    return one


def _with_content(one: Kept, control: DERControl, at: datetime) -> Kept:
    if one.content_at is not None and at < one.content_at:
        return one
    return replace(one, control=replace(control, is_superseded=False), content_at=at)


def _superseded(one: Kept, *, at: datetime, superseded: bool) -> Kept:
    if one.superseded_at is not None and (at, superseded) < (one.superseded_at, one.superseded):
        return one
    return replace(one, superseded=superseded, superseded_at=at)
