"""Answers: what the outcome of a command tells of a station's list. PURE."""

from datetime import datetime

from msgspec.structs import replace

from schemas.commands import CommandSettled
from schemas.devicemodel import VariableChanged
from schemas.identities import PSEUDONYM
from schemas.locallists import (
    ENTRIES_ITEM,
    ENTRIES_MOST,
    ENTRIES_UNTOLD,
    ITEMS_ITEM,
    ITEMS_MOST,
    ITEMS_UNTOLD,
    VERSION_ITEM,
    SendLocalList,
)
from schemas.states.locallists import Sending, StationLocalList
from services.following.commanding import NO_ANSWER, PAUSE, command_id, failed, no_answer, said_in
from services.following.remembering import later
from services.locallists.selecting import changed, digest_of
from services.locallists.sending import SERVICE

RECENT = 20
"""Of our commands, and of others', the latest are known again when their outcome is repeated."""

ENTRIES_2X = "localauthlistctrlr.entries"
"""The variable whose greatest value is the room for tokens, without case."""

SEND_TAG = SendLocalList.__struct_config__.tag


def again(state: StationLocalList, at: datetime) -> StationLocalList:
    """Whatever stopped it is forgotten: somebody asks, or the station is as new."""
    return replace(state, failures=0, stopped="", why="", not_before=None, acted_at=later(state.acted_at, at))


def settled(state: StationLocalList, outcome: CommandSettled) -> StationLocalList:
    """The state after the outcome of a command that has to do with lists, ours or another's."""
    pending, at = state.sending, outcome.settled_at
    if pending is None or pending.command_id != outcome.command_id:
        return _of_another(state, outcome)
    without_limits = pending.what == "limits" and outcome.sent is not False
    if outcome.outcome in NO_ANSWER and not without_limits:
        return _unanswered(state, pending, outcome, at)
    return _answered(replace(state, sending=None, acted_at=later(state.acted_at, at)), pending, outcome)


def _answered(state: StationLocalList, pending: Sending, outcome: CommandSettled) -> StationLocalList:
    if pending.what == "limits":
        return _limits(state, outcome)
    if outcome.outcome == "unsupported":
        return replace(state, stopped="unsupported", why=said_in(outcome, "The station keeps no local list."))
    return _version(state, pending, outcome) if pending.what == "version" else _sent(state, pending, outcome)


def _sent(state: StationLocalList, pending: Sending, outcome: CommandSettled) -> StationLocalList:
    if outcome.outcome == "accepted":
        return _applied(state, pending)
    if outcome.sent is False and not pending.full and PSEUDONYM.search(said_in(outcome, "")):
        # It is about a person who was erased, and whom nobody can name to the station any more: the whole list is without him.
        return failed(_forgotten(state), "A token in it belongs to nobody any more.", outcome.settled_at)
    if outcome.sent is False:  # its registration forbids it, say: the station has not spoken
        not_before = outcome.settled_at + PAUSE
        return replace(state, why=said_in(outcome, "The command was not sent."), not_before=not_before)
    return failed(_forgotten(state), f"The station answered {said_in(outcome, 'Rejected')}.", outcome.settled_at)


def given_up(state: StationLocalList, at: datetime) -> StationLocalList:
    """What was sent has no outcome in time: it may have been lost on its way, or not."""
    assert state.sending is not None
    return _doubted(state, state.sending, "The outcome of the last command did not come.", at)


def _unanswered(state: StationLocalList, pending: Sending, outcome: CommandSettled, at: datetime) -> StationLocalList:
    why = no_answer(outcome)
    if outcome.sent is False and not (pending.what == "version" and pending.version):
        return replace(state, sending=None, why=why, acted_at=later(state.acted_at, at), not_before=at + PAUSE)
    return _doubted(state, pending, why, at)


def _doubted(state: StationLocalList, pending: Sending, why: str, at: datetime) -> StationLocalList:
    """Only the station's version tells whether it has what was sent."""
    doubt = replace(pending, doubtful=True) if pending.version else None
    return replace(
        state,
        sending=doubt,
        station_version=None if doubt is not None else state.station_version,
        verified=state.verified and doubt is None,
        why=why,
        acted_at=later(state.acted_at, at),
        not_before=at + PAUSE,
    )


def _limits(state: StationLocalList, outcome: CommandSettled) -> StationLocalList:
    """What it does not say has a default that stations are known to take."""
    told = {item.name: item.status for item in outcome.items}
    return replace(
        state,
        limits_known=True,
        most_entries=_limit(told.get(ENTRIES_ITEM, ""), state.reported_entries or ENTRIES_UNTOLD, ENTRIES_MOST),
        most_items=_limit(told.get(ITEMS_ITEM, ""), ITEMS_UNTOLD, ITEMS_MOST),
    )


def _limit(told: str, untold: int, most: int) -> int:
    number = int(told) if told.isascii() and told.isdigit() and len(told) < 10 else 0
    return min(number, most) if number else untold


def _version(state: StationLocalList, pending: Sending, outcome: CommandSettled) -> StationLocalList:
    """The station has said which version it has: what it should have, what it may have had since, or another."""
    at = outcome.settled_at
    told = {item.name: item.status for item in outcome.items}.get(VERSION_ITEM, "")
    if not told.isdigit():
        return failed(state, "The station did not say the version of its list.", at)
    number = int(told)
    if pending.version and number == pending.version:
        state = _applied(state, pending)
    state = replace(state, station_version=number, version=max(state.version, number))
    if state.held is not None and number == state.held_version:
        return replace(state, verified=True, failures=0, why="")
    believed = state.held is not None and not pending.version
    state = replace(_forgotten(state), station_version=number)
    if not believed:
        return state
    return failed(state, f"The station has version {number} of its list, and was sent another.", at)


def _applied(state: StationLocalList, sent: Sending) -> StationLocalList:
    if state.held is None and not sent.full:
        return replace(state, station_version=None)  # meanwhile it was forgotten what these changes were made for
    held = sent.entries if sent.full else changed(state.held or "", sent.entries)
    return replace(
        state,
        held=held,
        held_digest=digest_of(held),
        held_version=sent.version,
        station_version=sent.version,
        verified=False,
        why="",
    )


def _forgotten(state: StationLocalList) -> StationLocalList:
    """Nobody knows what the station has: the whole list is next, after its version."""
    return replace(state, held=None, held_digest="", station_version=None, verified=False)


def _of_another(state: StationLocalList, outcome: CommandSettled) -> StationLocalList:
    """A list that somebody else sent stands where ours was; a late or repeated outcome of ours tells nothing new."""
    if outcome.command != SEND_TAG or state.rule is None or outcome.command_id in state.foreign:
        return state
    if outcome.outcome in ("rejected", "unsupported") or outcome.sent is False:
        return state
    ours = range(max(1, state.asked - RECENT), state.asked + 1)
    if any(command_id(SERVICE, state.station, number) == outcome.command_id for number in ours):
        return state
    foreign = (*state.foreign, outcome.command_id)[-RECENT:]
    return replace(_forgotten(state), foreign=foreign, acted_at=later(state.acted_at, outcome.settled_at))


def reported(state: StationLocalList, variable: VariableChanged) -> StationLocalList:
    """How many tokens a 2.x station keeps, where a report of its variables tells (D01.FR.12)."""
    traits = variable.characteristics
    if variable.key.casefold() != ENTRIES_2X or traits is None or traits.max_limit is None:
        return state
    number = min(max(int(traits.max_limit), 1), ENTRIES_MOST)
    if number == state.reported_entries:
        return state
    at = later(state.acted_at, variable.changed_at)
    return replace(state, reported_entries=number, most_entries=number, acted_at=at)
