"""Sites as the API takes and gives them: trees, and what is said about them."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

import msgspec
from litestar.params import PathParameter

from schemas.base import Timestamp
from schemas.energy import SiteProvisioned
from schemas.sitetrees import (
    METERS_MOST,
    NODES_MOST,
    WINDOWS_MOST,
    Limits,
    LimitWindow,
    Line,
    Node,
    Outlet,
    SiteMeter,
    SiteTree,
)
from services.api.web.bodies import Body

SitePath = Annotated[str, PathParameter(description="The site's name, as its stations have it.", max_length=100)]
MeterPath = Annotated[str, PathParameter(description="The meter's name in the site's tree.")]
EvsePath = Annotated[int, PathParameter(description="The EVSE's number at its station.", ge=1, le=1_000)]

READINGS_MOST = 1_000
"""Of one request."""


class LimitsGiven(Limits, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """What may flow through a node, in A on each line (`amps`), on single lines (`amps_by_line`), and in W of all (`watts`)."""


class WindowGiven(LimitWindow, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Other limits at some time of the day or week, by the site's time zone; the lesser of these and the node's own counts."""

    limits: LimitsGiven


class OutletGiven(Outlet, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """The EVSE that a node is, and how it is wired: `lines` are those to which its own L1, L2, L3 are connected; empty: unknown."""


class NodeGiven(Node, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A place of the tree. `outlet`: of nodes of kind `evse`, and of these only."""

    limits: LimitsGiven = LimitsGiven()
    windows: Annotated[tuple[WindowGiven, ...], msgspec.Meta(max_length=WINDOWS_MOST)] = ()
    reserve: LimitsGiven = LimitsGiven()
    outlet: OutletGiven | None = None


class MeterGiven(SiteMeter, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A meter of what Voltbus does not steer, at a node: its readings count as flowing through that node and all above it."""


class ProvisionSite(SiteTree, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A site: its tree, from the grid connection to each EVSE, with what limits it there. Times of limits are by `time_zone`."""

    nodes: Annotated[
        tuple[NodeGiven, ...],
        msgspec.Meta(min_length=1, max_length=NODES_MOST, description="Each names its parent; one has none: the grid."),
    ]
    meters: Annotated[
        tuple[MeterGiven, ...],
        msgspec.Meta(max_length=METERS_MOST, description="Of what nobody manages: buildings, the sun, batteries."),
    ] = ()
    tenant: Annotated[
        Annotated[str, msgspec.Meta(min_length=1, max_length=64)] | None,
        msgspec.Meta(
            description="The tenant whose the site is; its EVSEs are of stations of this tenant. Null: as before; of a new one the"
            " tenant of the key where that is limited to one, else `default`."
        ),
    ] = None

    def tree(self) -> SiteTree:
        """As it is kept."""
        return msgspec.convert(self, SiteTree, from_attributes=True)


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """A site with its tree: `tree` is what `PUT` takes."""

    site: str
    tenant: str
    tree: SiteTree
    provisioned_at: dt.datetime
    provisioned_by: str


class SiteSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A site in a list. `managed`: limits are set at its EVSEs; else its loads are only shown."""

    site: str
    tenant: str
    label: str
    managed: bool
    nodes: int
    evses: int
    meters: int
    provisioned_at: dt.datetime
    provisioned_by: str


class ReadingGiven(Body, frozen=True, kw_only=True):
    """A reading of a site's meter: `amps` by line, or `watts` of all lines together. What is given to the site is negative."""

    amps: Annotated[
        dict[Line, Decimal],
        msgspec.Meta(description="A on each line; a line that is left out carries none.", examples=[{"L1": "41.5"}]),
    ] = {}
    watts: Annotated[Decimal | None, msgspec.Meta(description="W of all lines; it counts as equal on each.")] = None
    measured_at: Annotated[
        Timestamp | None, msgspec.Meta(description="When the meter measured; null: now. Older than an hour is refused.")
    ] = None


class ReadingsGiven(Body, frozen=True, kw_only=True):
    """Readings of one meter, the oldest first."""

    readings: Annotated[tuple[ReadingGiven, ...], msgspec.Meta(min_length=1, max_length=READINGS_MOST)]


class ReadingsTaken(msgspec.Struct, frozen=True, kw_only=True):
    """How many readings are on Kafka now."""

    site: str
    meter: str
    taken: int


class NeedGiven(Body, frozen=True, kw_only=True):
    """What a driver needs of the session at an EVSE: so much energy from its beginning, by that time."""

    energy_wh: Annotated[
        Decimal | None, msgspec.Meta(description="Wh from the session's beginning; null: unknown.")
    ] = None
    departure_at: Annotated[Timestamp | None, msgspec.Meta(description="When the car leaves; null: unknown.")] = None
    transaction_id: Annotated[
        str,
        msgspec.Meta(
            max_length=255, description="Of this transaction alone; empty: of the one that runs, or the next."
        ),
    ] = ""


class Need(msgspec.Struct, frozen=True, kw_only=True):
    """What is needed at an EVSE, as it was stated last."""

    site: str
    station: str
    evse: int
    transaction_id: str
    energy_wh: Decimal | None
    departure_at: dt.datetime | None
    source: str
    stated_by: str
    at: dt.datetime


def site_of(record: SiteProvisioned) -> Site:
    """The record as the API gives it."""
    return Site(
        site=record.site,
        tenant=record.tenant,
        tree=record.tree,
        provisioned_at=record.provisioned_at,
        provisioned_by=record.provisioned_by,
    )


def summary_of(record: SiteProvisioned) -> SiteSummary:
    """The record as lists give it."""
    tree = record.tree
    return SiteSummary(
        site=record.site,
        tenant=record.tenant,
        label=tree.label,
        managed=tree.managed,
        nodes=len(tree.nodes),
        evses=sum(node.outlet is not None for node in tree.nodes),
        meters=len(tree.meters),
        provisioned_at=record.provisioned_at,
        provisioned_by=record.provisioned_by,
    )
