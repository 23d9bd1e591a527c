"""Answers: what the outcome of a command says of a station's tariffs, ours or another's. PURE."""

from datetime import datetime

from msgspec.structs import replace

from schemas.commands import CommandSettled, RawCall
from schemas.states.stationtariffs import Sending, StationTariffs
from schemas.stationtariffs import (
    DEFAULT_KIND,
    ChangeTransactionTariff,
    ClearTariffs,
    GetTariffs,
    InstalledTariff,
    SetDefaultTariff,
)
from services.following.commanding import NO_ANSWER, PAUSE, failed, no_answer, said_in
from services.following.remembering import later
from services.stationtariffs.choosing import with_set
from services.stationtariffs.reading import installed_in

FOREIGN_MOST = 20

OURS = frozenset(
    str(each.__struct_config__.tag) for each in (SetDefaultTariff, GetTariffs, ClearTariffs, ChangeTransactionTariff)
)
RAW = str(RawCall.__struct_config__.tag)


def settled(state: StationTariffs, outcome: CommandSettled) -> StationTariffs:
    """The state after the outcome of a command that has to do with tariffs."""
    if outcome.command not in OURS and outcome.command != RAW:
        return state
    pending = state.sending
    if pending is None or pending.command_id != outcome.command_id:
        return _of_another(state, outcome)
    after = replace(state, sending=None, acted_at=later(state.acted_at, outcome.settled_at))
    if outcome.outcome in NO_ANSWER or outcome.sent is False:
        why = no_answer(outcome)
        return replace(after, installed=None, verified=False, why=why, not_before=outcome.settled_at + PAUSE)
    if outcome.outcome == "unsupported":
        return replace(after, stopped="unsupported", why=said_in(outcome, "The station computes no costs."))
    return _answered(after, pending, outcome)


def _answered(state: StationTariffs, pending: Sending, outcome: CommandSettled) -> StationTariffs:
    if outcome.outcome == "rejected" and pending.what != "read":
        state = replace(state, installed=None, verified=False)
        return failed(state, f"The station answered {said_in(outcome, 'Rejected')}.", outcome.settled_at)
    match pending.what:
        case "read":
            found = installed_in(outcome)
            if found is None:
                return failed(state, f"The station answered {said_in(outcome, 'nothing')}.", outcome.settled_at)
            return _read(state, found, outcome.settled_at)
        case "set":
            return replace(state, installed=with_set(state, pending.tariff_ids[0], pending.evse), verified=False)
        case "clear":
            left = tuple(one for one in state.installed or () if one.tariff_id not in pending.tariff_ids)
            return replace(state, installed=left, verified=False)


def _read(state: StationTariffs, found: tuple[InstalledTariff, ...], at: datetime) -> StationTariffs:
    """What the station says it has; one that does not have what it accepted has failed."""
    after = replace(state, installed=found, verified=True, read_at=at)
    if state.installed is None:
        return after
    if _default_ids(found) != _default_ids(state.installed):
        return failed(after, "The station does not have what it accepted.", at)
    return replace(after, failures=0, why="")


def _default_ids(installed: tuple[InstalledTariff, ...]) -> frozenset[str]:
    return frozenset(one.tariff_id for one in installed if one.kind == DEFAULT_KIND)


def _of_another(state: StationTariffs, outcome: CommandSettled) -> StationTariffs:
    """A command of somebody else: what it reads is believed, and counts as the wish to try again; what it changes is read anew."""
    if outcome.command_id in state.foreign or outcome.outcome != "accepted":
        return state
    found = installed_in(outcome)
    if found is None and outcome.command == RAW:
        return state  # about something else
    foreign = (*state.foreign, outcome.command_id)[-FOREIGN_MOST:]
    after = replace(state, foreign=foreign, acted_at=later(state.acted_at, outcome.settled_at))
    if found is None:
        return replace(after, installed=None, verified=False)
    newer = state.read_at is None or outcome.settled_at >= state.read_at
    if not newer:
        return replace(after, foreign=foreign)
    fresh = replace(after, failures=0, stopped="", why="", not_before=None)
    return replace(fresh, installed=found, verified=state.sending is None, read_at=outcome.settled_at)
