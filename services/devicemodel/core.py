"""Device model: what reports and answers tell of a station's variables is kept, the newest word on each, and published as it changes.

Requests are read before all else; in whatever order answers and reports are read, the same is known in the end. A report of
everything that is whole (B07.FR.08: its parts from 0 to the last) ends what it does not name, as does a 1.6 answer with all keys.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec.structs import replace

from schemas.base import Due, Poison, Record, derived_id
from schemas.commands import CommandCancelled, CommandRequested, CommandSettled
from schemas.devicemodel import (
    LIMITING,
    NETWORK_PRIORITY,
    SUPPORTED_LIMITS,
    Attribute,
    Source,
    VariableChanged,
    VariablesReported,
    variable_id_of,
)
from schemas.facts import FactReported
from schemas.limits import StationLimited, StationLimits
from schemas.states.devicemodel import Asked, Inventory, KnownVariable, StationModel
from services.devicemodel.reading import OURS, asked_of, has_everything, inventory_of, read_in, words_of, written_by
from services.devicemodel.shelf import Shelf, Word, limits_of, packed, since, told, unpacked

One = TypeVar("One", Asked, Inventory)

Step = tuple[StationModel, list[Record]]

REMEMBERED = 30
"""Commands, and reports of everything, that are not over, of one station; the newest stay."""

FORGOTTEN_AFTER = timedelta(days=1)
"""A command that has no outcome by then, or a report that is not whole, is waited for no longer."""

TELLING = frozenset({*LIMITING, NETWORK_PRIORITY, SUPPORTED_LIMITS})
"""Variables by which the limits of the station change."""


def initial(key: str) -> StationModel:
    """A station of whose variables nothing is known."""
    return StationModel(station=key)


def due(state: StationModel) -> datetime | None:
    """When the next thing that is waited for is forgotten."""
    waiting = [*(one.at for one in state.asked), *(one.at for one in state.inventories)]
    return min(waiting) + FORGOTTEN_AFTER if waiting else None


def step(state: StationModel, record: Record) -> Step:
    """Keep what a record tells, and publish the variables and the limits that it changes."""
    match record:
        case CommandRequested():
            return _requested(state, record), []
        case CommandSettled() if record.command in OURS:
            return _settled(state, record)
        case VariablesReported():
            return _reported(state, record)
        case Due():
            return _forgotten(state, record.at), []
        case CommandCancelled() | CommandSettled() | FactReported():
            return state, []
    raise Poison(f"devicemodel has no use for a {type(record).__name__}")


def comparable(state: StationModel) -> StationModel:
    """The state without what the order of reading between its topics decides: how often something was published."""
    return replace(
        state,
        revision=0,
        asked=tuple(sorted(state.asked, key=lambda one: one.command_id)),
        inventories=tuple(sorted(state.inventories, key=lambda one: (one.request_id, one.at))),
    )


# -- what is waited for -----------------------------------------------------------------------------------------------


def _requested(state: StationModel, request: CommandRequested) -> StationModel:
    inventory, asked = inventory_of(request), asked_of(request)
    if inventory is not None and inventory.request_id not in {one.request_id for one in state.inventories}:
        state = replace(state, inventories=_newest(state.inventories, inventory))
    if asked is not None and asked.command_id not in {one.command_id for one in state.asked}:
        state = replace(state, asked=_newest(state.asked, asked))
    return state


def _newest(ones: tuple[One, ...], one: One) -> tuple[One, ...]:
    both = list(ones)
    both.append(one)
    return tuple(sorted(both, key=lambda each: each.at)[-REMEMBERED:])


def _forgotten(state: StationModel, at: datetime) -> StationModel:
    oldest = at - FORGOTTEN_AFTER
    asked = tuple(one for one in state.asked if one.at > oldest)
    inventories = tuple(one for one in state.inventories if one.at > oldest)
    return replace(state, asked=asked, inventories=inventories)


# -- what is told -----------------------------------------------------------------------------------------------------


def _settled(state: StationModel, settled: CommandSettled) -> Step:
    words = list(read_in(settled))
    asked = next((one for one in state.asked if one.command_id == settled.command_id), None)
    pruned_at = None
    if asked is not None:
        state = replace(state, asked=tuple(one for one in state.asked if one is not asked))
        words += written_by(asked, settled)
        pruned_at = settled.settled_at if has_everything(asked, settled) else None
    return _kept(state, words, pruned_at=pruned_at, at=settled.settled_at)


def _reported(state: StationModel, part: VariablesReported) -> Step:
    inventory = next((one for one in state.inventories if one.request_id == part.request_id), None)
    pruned_at = None
    if inventory is not None and part.received_at >= inventory.at:
        others = tuple(one for one in state.inventories if one is not inventory)
        inventory = _with_part(inventory, part)
        if _is_whole(inventory):
            pruned_at = inventory.begun_at
        else:
            others = (*others, inventory)
        state = replace(state, inventories=others)
    return _kept(state, words_of(part), pruned_at=pruned_at, at=part.received_at)


def _with_part(inventory: Inventory, part: VariablesReported) -> Inventory:
    begun_at = part.received_at if inventory.begun_at is None else min(inventory.begun_at, part.received_at)
    return replace(
        inventory,
        begun_at=begun_at,
        parts=tuple(sorted({*inventory.parts, part.seq_no})),
        last=part.seq_no if part.last else inventory.last,
    )


def _is_whole(inventory: Inventory) -> bool:
    """Every part has come, from the first to the last; some stations count from 1."""
    first = min(inventory.parts[0], 1) if inventory.parts else 0
    return inventory.last is not None and inventory.parts == tuple(range(first, inventory.last + 1))


def _kept(state: StationModel, words: Iterable[Word], *, pruned_at: datetime | None, at: datetime) -> Step:
    """The state with these words, and without what is named no more; everything that became another is published."""
    words = list(words)
    if not words and pruned_at is None:
        return state, []
    shelf = unpacked(state.shelf)
    before = dict(shelf)
    _put(shelf, words, state.pruned_at)
    if pruned_at is not None:
        state = replace(state, pruned_at=max(pruned_at, state.pruned_at or pruned_at))
        still = ((key, since(one, pruned_at)) for key, one in shelf.items())
        shelf = {key: one for key, one in still if one is not None}
    state, outputs = _told(state, before, shelf, at)
    if shelf != before:
        state = replace(state, shelf=packed(shelf))
    return state, outputs


def _put(shelf: Shelf, words: Iterable[Word], pruned_at: datetime | None) -> None:
    for word in words:
        if pruned_at is not None and word.at < pruned_at:
            continue  # a report of everything that came later says what is so, or that it is no more
        key = word.name.key.casefold()
        shelf[key] = told(shelf.get(key), word)


# -- what is published ------------------------------------------------------------------------------------------------


def _told(state: StationModel, before: Shelf, after: Shelf, at: datetime) -> Step:
    outputs: list[Record] = []
    revision = state.revision
    changed = sorted(key for key in {*before, *after} if _shown(before.get(key)) != _shown(after.get(key)))
    for key in changed:
        revision += 1
        removed = key not in after
        outputs.append(_changed(state.station, before[key] if removed else after[key], revision, at, removed=removed))
    limits = limits_of(after) if TELLING.intersection(changed) else state.limits
    if limits != state.limits:
        revision += 1
        outputs.append(_limited(state.station, revision, at, limits=limits))
    return replace(state, revision=revision, limits=limits), outputs


def _shown(variable: KnownVariable | None) -> object:
    """What is published of a variable: not when each of it became known."""
    if variable is None:
        return None
    return variable.name, tuple(_attributes(variable)), variable.characteristics


def _attributes(variable: KnownVariable) -> Iterator[Attribute]:
    for one in variable.attributes:
        yield Attribute(
            type=one.type, value=one.value, mutability=one.mutability, persistent=one.persistent, constant=one.constant
        )


def _changed(station: str, variable: KnownVariable, revision: int, at: datetime, *, removed: bool) -> VariableChanged:
    key = variable.name.key
    newest = max(variable.attributes, key=lambda one: one.value_at, default=None)
    source: Source = "reported" if newest is None else newest.source
    return VariableChanged(
        id=derived_id(station, "variable-changed", key.casefold(), revision),
        variable_id=variable_id_of(station, key),
        station=station,
        revision=revision,
        key=key,
        name=variable.name,
        attributes=tuple(_attributes(variable)),
        characteristics=variable.characteristics,
        source=source,
        removed=removed,
        changed_at=at,
    )


def _limited(station: str, revision: int, at: datetime, *, limits: StationLimits) -> StationLimited:
    return StationLimited(
        id=derived_id(station, "limited", revision), station=station, revision=revision, limits=limits, at=at
    )
