"""Provisioning: decides on proposed changes of reference data, one after the other for each key. PURE.

The present record of a resource is the last accepted change (`recent`), else that on the reference topics, which every worker holds
in full. A change is dropped from `recent` after `REMEMBERED_S`, or earlier where many are kept and the topic has it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import cast

import msgspec

from schemas.base import Due, Poison, Record, derived_id
from schemas.energy import REF_SITES, SiteProvisioned, SiteRemoved
from schemas.provisioning import (
    Change,
    ChangeProposed,
    ChangeSettled,
    ProvisioningState,
    RecentChange,
    Refusal,
    revision_of,
)
from schemas.routing import route
from schemas.sitetreerules import evses_of
from schemas.stations import StationProvisioned
from schemas.tariffs import REF_TARIFF_ASSIGNMENTS, REF_TARIFFS, TariffAssigned, TariffProvisioned, TariffRemoved
from schemas.topic import Topic

References = Mapping[str, Mapping[str, Record]]

REMEMBERED_S = 60
CROWDED = 50
MOST_REMEMBERED = 500
"""Changes of one key within that time; one more is refused as busy. Tariffs and assignments share a key, and so do sites."""

NAMED = 5


def initial(key: str) -> ProvisioningState:
    """A state without recent changes."""
    return ProvisioningState()


def due(state: ProvisioningState) -> datetime | None:
    """When the oldest recent change may be dropped."""
    return min((_forgotten_at(recent.at) for recent in state.recent.values()), default=None)


def _forgotten_at(at: datetime) -> datetime:
    return at + timedelta(seconds=REMEMBERED_S)


def step(state: ProvisioningState, record: Record, *, references: References) -> tuple[ProvisioningState, list[Record]]:
    """Decide on one proposal, or drop old changes."""
    match record:
        case ChangeProposed():
            # trees are large, and all of them share a key: only those stay that the topic does not have yet
            crowded = len(state.recent) >= CROWDED or isinstance(record.change, SiteProvisioned | SiteRemoved)
            return _decide(_without_published(state, references) if crowded else state, record, references)
        case Due():
            kept = {place: one for place, one in state.recent.items() if _forgotten_at(one.at) > record.at}
            return ProvisioningState(recent=kept), []
    raise Poison(f"provisioning expects no {type(record).__name__}")


def _decide(
    state: ProvisioningState, proposal: ChangeProposed, references: References
) -> tuple[ProvisioningState, list[Record]]:
    change, place = proposal.change, place_of(proposal.change)
    now = _Now(state, references)
    current = now.record(place)
    if current == change:
        return state, [change, _verdict(proposal)]  # a repeat: answered again
    if revision_of(current) != proposal.based_on:
        return state, [_verdict(proposal, "changed")]
    if (broken := _broken_rule(change, now)) is not None:
        return state, [_verdict(proposal, broken[0], broken[1])]
    if len(state.recent) >= MOST_REMEMBERED:
        return state, [_verdict(proposal, "busy")]
    recent = {**state.recent, place: RecentChange(change=change, at=proposal.proposed_at)}
    return ProvisioningState(recent=recent), [change, _verdict(proposal)]


def _verdict(proposal: ChangeProposed, refusal: Refusal | None = None, detail: str = "") -> ChangeSettled:
    return ChangeSettled(
        id=derived_id(proposal.id, "settled"),
        key=proposal.key,
        proposal=proposal.id,
        accepted=refusal is None,
        refusal=refusal,
        detail=detail,
        proposed_at=proposal.proposed_at,
    )


def place_of(change: Change) -> str:
    """The place of a change: its topic and key."""
    routed = route(cast(Record, change))
    return f"{routed.topic} {routed.key.decode()}"


def _without_published(state: ProvisioningState, references: References) -> ProvisioningState:
    """The state without changes that the reference topics have by now."""
    topics = _Now(ProvisioningState(), references)
    kept = {place: one for place, one in state.recent.items() if topics.record(place) != one.change}
    return state if len(kept) == len(state.recent) else ProvisioningState(recent=kept)


class _Now(msgspec.Struct, frozen=True):
    """The present records: the reference topics, overlaid by recent changes."""

    state: ProvisioningState
    references: References

    def record(self, place: str) -> Record | None:
        """The present record at one place."""
        recent = self.state.recent.get(place)
        if recent is not None:
            return cast(Record, recent.change)
        topic, _, key = place.partition(" ")
        return self.references.get(topic, {}).get(key)

    def all(self, topic: Topic) -> Iterator[Record]:
        """All present records of a topic."""
        beginning = f"{topic.name} "
        changed = {place: one for place, one in self.state.recent.items() if place.startswith(beginning)}
        yield from (cast(Record, one.change) for one in changed.values())
        for key, record in self.references.get(topic.name, {}).items():
            if f"{beginning}{key}" not in changed:
                yield record


def _broken_rule(change: Change, now: _Now) -> tuple[Refusal, str] | None:
    """The rule between resources that the change would break, and which resources prevent it."""
    match change:
        case TariffRemoved():
            assigned = (one for one in now.all(REF_TARIFF_ASSIGNMENTS) if isinstance(one, TariffAssigned))
            targets = sorted(one.target for one in assigned if change.tariff in one.tariffs)
            return ("tariff-assigned", _list(targets)) if targets else None
        case TariffAssigned():
            unknown = [tariff for tariff in change.tariffs if not _is_provisioned(tariff, now)]
            return ("tariff-unknown", _list(unknown)) if unknown else None
        case StationProvisioned():
            twins = _twins(change.station, now)
            return ("id-taken", twins[0]) if twins else None
        case SiteProvisioned():
            taken = _taken(change, now)
            return ("evse-taken", _list(taken)) if taken else None
    return None


def _is_provisioned(tariff: str, now: _Now) -> bool:
    return isinstance(now.record(f"{REF_TARIFFS.name} {tariff}"), TariffProvisioned)


def _taken(change: SiteProvisioned, now: _Now) -> list[str]:
    """Which EVSEs of a tree are in the tree of another site; whose that is, the proposer may not know."""
    wanted = evses_of(change.tree)
    others = (one for one in now.all(REF_SITES) if isinstance(one, SiteProvisioned) and one.site != change.site)
    return sorted(
        f"EVSE {evse} of {station}" for other in others for station, evse in evses_of(other.tree).keys() & wanted.keys()
    )


def _twins(station: str, now: _Now) -> list[str]:
    """Recently provisioned stations whose id differs only in case; the proposer checks for older ones."""
    changes = (one.change for one in now.state.recent.values())
    return sorted(one.station for one in changes if isinstance(one, StationProvisioned) and one.station != station)


def _list(names: list[str]) -> str:
    return ", ".join(names[:NAMED]) + (" and others" if names[NAMED:] else "")
