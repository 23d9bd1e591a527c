"""Places: where in the trees of sites a station's EVSEs and its own meter stand. PURE."""

from collections import defaultdict
from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from schemas.base import Record, derived_id
from schemas.energy import REF_SITES, SiteProvisioned

References = Mapping[str, Mapping[str, Record]]
PHASES = 3


class Spot(NamedTuple):
    """An EVSE in the tree of a site: so many phases of its own, and the voltage between each and neutral (of a delta: between lines)."""

    site: str
    evse: int
    phases: int
    volts: Decimal


class OwnMeter(NamedTuple):
    """The station's own meter is one of a site's, which has so many volts between a line and neutral."""

    site: str
    meter: str
    volts: Decimal


class Here(NamedTuple):
    """Where a station is: in no tree, both are empty. `digest` tells it from where it was before; empty: nowhere."""

    spots: tuple[Spot, ...] = ()
    meters: tuple[OwnMeter, ...] = ()
    digest: str = ""


NOWHERE = Here()
SQRT_3 = Decimal(3).sqrt()


class Places:
    """Where each station is, by all trees; worked out once for each change of them (`Held.changes` tells)."""

    def __init__(self) -> None:
        self._changes: int | None = None
        self._known: Mapping[str, Here] = {}

    def __call__(self, station: str, references: References) -> Here:
        """Where the station is."""
        sites = references[REF_SITES.name]
        changes = getattr(sites, "changes", None)
        if changes is None or changes != self._changes:
            self._known, self._changes = _places(sites), changes
        return self._known.get(station, NOWHERE)


def _places(sites: Mapping[str, Record]) -> dict[str, Here]:
    spots: dict[str, list[Spot]] = defaultdict(list)
    meters: dict[str, list[OwnMeter]] = defaultdict(list)
    for site in sites.values():
        if not isinstance(site, SiteProvisioned):
            continue  # it was removed
        for node in site.tree.nodes:
            if (outlet := node.outlet) is not None:
                phases = 1 if outlet.delta else PHASES if outlet.dc else len(outlet.lines) or PHASES
                volts = site.tree.voltage * (SQRT_3 if outlet.delta else 1)
                spots[outlet.station].append(Spot(site.site, outlet.evse, phases, volts))
        for meter in site.tree.meters:
            if meter.station:
                meters[meter.station].append(OwnMeter(site.site, meter.meter, site.tree.voltage))
    return {station: _here(spots[station], meters[station]) for station in [*spots, *meters]}


def _here(spots: list[Spot], meters: list[OwnMeter]) -> Here:
    known = tuple(sorted(set(spots))), tuple(sorted(set(meters)))
    return Here(*known, derived_id(*(str(each) for kind in known for each in kind)))
