"""Choosing: the default tariffs that a station is to have by the assignments, and whether it has them. PURE."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from schemas.base import Record
from schemas.states.stationtariffs import StationTariffs
from schemas.stationtariffs import ALL_EVSES, DEFAULT_KIND, InstalledTariff, StationTariff, WantedTariff
from schemas.tariffchoice import Place, present_tariff, present_tariffs, targets, versions_of
from schemas.tariffs import (
    REF_TARIFF_ASSIGNMENTS,
    REF_TARIFFS,
    Tariff,
    connector_target,
)
from schemas.tarifftranslation import Inexpressible, station_tariff

References = Mapping[str, Mapping[str, Record]]

EVERY_SITE = "*"

ONLY_VERSION = "2.1"
"""Earlier versions have no tariff structures."""


class Wanted(NamedTuple):
    """A default tariff that a station is to have; `made` is absent where it cannot be said."""

    told: WantedTariff
    made: StationTariff | None


def sites_of(setting: str) -> frozenset[str]:
    """The names of sites in a setting."""
    return frozenset(filter(None, map(str.strip, setting.split(","))))


def is_managed(state: StationTariffs, sites: frozenset[str]) -> bool:
    """Whether the station's tariffs are kept as assigned."""
    return state.ocpp == ONLY_VERSION and (EVERY_SITE in sites or (state.site in sites and state.site != ""))


def wanted(state: StationTariffs, references: References, at: datetime) -> tuple[Wanted, ...]:
    """What the station is to have at a moment: at EVSE 0 the tariff of the station, then those of EVSEs with another one.

    Tariffs of connectors: OCPP has one for each EVSE, so the one of its first connector counts.
    """
    common = present_tariff(references, _common_targets(state), at, tenant=state.tenant)
    found = [] if common is None else [_wanted(state, ALL_EVSES, common)]
    for evse in state.evses:
        here = [connector_target(state.station, evse, 1), *_common_targets(state)]
        own = present_tariff(references, here, at, tenant=state.tenant)
        if own is not None and own != common:
            found.append(_wanted(state, evse, own))
    return tuple(found)


def changes_at(state: StationTariffs, references: References, after: datetime) -> datetime | None:
    """When another tariff may be chosen next: the validity of an assigned one begins or ends."""
    assignments, tariffs = references[REF_TARIFF_ASSIGNMENTS.name], references[REF_TARIFFS.name]
    places = [*(connector_target(state.station, evse, 1) for evse in state.evses), *_common_targets(state)]
    names = {name for target in places for name in present_tariffs(assignments.get(target))}
    current = (next(iter(versions_of(tariffs.get(name))), None) for name in names)
    borders = (at for each in current if each is not None for at in (each.start_date_time, each.end_date_time))
    return min((at for at in borders if at is not None and at > after), default=None)


def _common_targets(state: StationTariffs) -> list[str]:
    return targets(Place(state.station, state.site, tenant=state.tenant))


def _wanted(state: StationTariffs, evse: int, tariff: Tariff) -> Wanted:
    made = station_tariff(tariff)
    problem = str(made) if isinstance(made, Inexpressible) else _beyond(state, made)
    whole = None if problem or isinstance(made, Inexpressible) else made
    told = WantedTariff(
        evse=evse,
        tariff=tariff.tariff,
        version=tariff.version,
        tariff_id=whole.tariff_id if whole else "",
        problem=problem,
    )
    return Wanted(told, whole)


def _beyond(state: StationTariffs, made: StationTariff) -> str:
    """Why this station cannot have the tariff, by what it says of itself (I07.FR.02, FR.03)."""
    if state.conditions is False and made.has_conditions:
        return "the station supports no conditions (TariffCostCtrlr.ConditionsSupported)"
    if state.max_elements is not None and made.most_elements > state.max_elements:
        return f"the station takes {state.max_elements} prices of a dimension (TariffCostCtrlr.MaxElements)"
    return ""


# -- what the station has ---------------------------------------------------------------------------------------------


class Difference(NamedTuple):
    """What leads from what a station has to what it is to have: ids to be cleared first, then what is to be set, in this order."""

    clear: tuple[str, ...]
    set: tuple[Wanted, ...]


NOTHING = Difference((), ())
"""The station has just what it is to have."""


def difference(state: StationTariffs, every: Iterable[Wanted]) -> Difference:
    """What is to be done; nothing where the station has just what it is to have.

    A tariff whose id the station has at other EVSEs than it should is cleared and set anew, for it would refuse the id
    (I07.FR.04). Others are replaced by being set over them (I07.FR.22), and cleared where nothing is set over them.
    """
    placed = {(each.told.evse, each.made.tariff_id): each for each in every if each.made is not None}
    own = frozenset(evse for evse, _ in placed if evse != ALL_EVSES)
    has = {each.tariff_id: each for each in state.installed or () if each.kind == DEFAULT_KIND}
    ids = {name for _, name in placed}
    wrong = {name for name in ids & has.keys() if not _in_place(state, has[name], _places(placed, name), own)}
    missing = [each for (_, name), each in placed.items() if name not in has or name in wrong]
    to_be_set = {each.told.evse for each in missing}
    stale = {name for name in has.keys() - ids if ALL_EVSES not in to_be_set and not _places_of(has[name]) <= to_be_set}
    return Difference(tuple(sorted(wrong | stale)), tuple(missing))


def _places(placed: Mapping[tuple[int, str], Wanted], name: str) -> frozenset[int]:
    return frozenset(evse for evse, other in placed if other == name)


def _places_of(one: InstalledTariff) -> frozenset[int]:
    return frozenset(one.evses) or frozenset({ALL_EVSES})


def _in_place(state: StationTariffs, one: InstalledTariff, places: frozenset[int], own: frozenset[int]) -> bool:
    has = _places_of(one)
    if ALL_EVSES not in places:
        return has == places
    return ALL_EVSES in has or frozenset(state.evses) - own <= has  # at others it is replaced by their own


def with_set(state: StationTariffs, tariff_id: str, evse: int) -> tuple[InstalledTariff, ...]:
    """What the station has once it has accepted a default tariff: at these EVSEs, no other."""
    return (*_without(state, evse), InstalledTariff(tariff_id=tariff_id, evses=(evse,) if evse else state.evses))


def _without(state: StationTariffs, evse: int) -> Iterator[InstalledTariff]:
    for one in state.installed or ():
        if one.kind != DEFAULT_KIND:
            yield one
            continue
        if evse == ALL_EVSES:
            continue
        left = tuple(each for each in one.evses or state.evses if each != evse)
        if left:
            yield InstalledTariff(tariff_id=one.tariff_id, kind=one.kind, valid_from=one.valid_from, evses=left)
