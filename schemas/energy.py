"""Energy: sites and their trees, what is observed at them, and what Voltbus makes of it. All records are keyed by site.

Facts reach the service `energy` on `csms.site-facts`: what stations say is passed on there by the service `sitesensing`, keyed by the site
whose tree names the EVSE; what people and other systems say (meters, needs of drivers) is published there by the API, or by anybody.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Literal

import msgspec

from schemas.base import Record, Timestamp, derived_id
from schemas.chargingprofiles import profile_id_of
from schemas.chargingschedules import RateUnit
from schemas.operators import DEFAULT_TENANT
from schemas.sitetrees import Line, SiteTree
from schemas.topic import DAY_S, Topic

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Amperes = dict[Line, Decimal]
"""Currents by line; a line that is not named carries none, or is not known: the docstring of each member says which."""


def limit_number(station: str, evse: int, what: Literal["limit", "fallback"]) -> int:
    """The number of the profile by which a site limits an EVSE: its transaction, or what it may draw by itself. Always the same."""
    return profile_id_of(derived_id(station, "site", what, evse))


def is_of_site(station: str, evse: int, profile_id: int) -> bool:
    """Whether a profile of an EVSE is one by which its site limits it."""
    return profile_id in (limit_number(station, evse, "limit"), limit_number(station, evse, "fallback"))


# -- reference data, on csms.ref.sites (compacted) ----------------------------------------------------------------------


class SiteProvisioned(Record, frozen=True, kw_only=True, tag="site-provisioned"):
    """A site and its tree, as operators provisioned it."""

    site: str
    tree: SiteTree
    provisioned_at: Timestamp
    provisioned_by: str = ""
    tenant: str = DEFAULT_TENANT


class SiteRemoved(Record, frozen=True, kw_only=True, tag="site-removed"):
    """The site has no tree any more: nothing is steered there. Replaces its SiteProvisioned on the topic."""

    site: str
    removed_at: Timestamp
    removed_by: str = ""
    tenant: str = DEFAULT_TENANT


# -- facts, on csms.site-facts ------------------------------------------------------------------------------------------


class SiteChangedByOperator(Record, frozen=True, kw_only=True, tag="site-changed-by-operator"):
    """The tree of the site was provisioned or removed: published beside the reference record, so that the service acts at once."""

    id: str
    site: str
    at: Timestamp
    tenant: str = DEFAULT_TENANT


class EvseObserved(Record, frozen=True, kw_only=True, tag="evse-observed"):
    """What is known of an EVSE of a tree, as a whole, after something of it changed; the newest `at` stands for all before.

    `connected`: a gateway holds the station. `transaction_id`, `session` and `charging_state` (ChargingStateEnumType) are those of the
    session that runs, empty where none does. `amps` are by the EVSE's own phases (its L1 is its first), as measured at `measured_at`;
    empty where nothing was. `watts` where power was measured. `energy_wh` is that of the session so far.
    `units`: the units of schedules that the station takes; empty where it did not say. `external_a`: the least that others allow it now,
    in A for each phase; None: no such limit. `token` is the token of the session, by its key.
    """

    id: str
    site: str
    station: str
    evse: int
    connected: bool
    transaction_id: str = ""
    session: str = ""
    token: str = ""
    started_at: Timestamp | None = None
    charging_state: str = ""
    amps: Amperes = {}
    watts: Decimal | None = None
    volts: Decimal | None = None
    energy_wh: Decimal | None = None
    soc_percent: Decimal | None = None
    measured_at: Timestamp | None = None
    units: tuple[RateUnit, ...] = ()
    external_a: Decimal | None = None
    at: Timestamp


class LimitAnswered(Record, frozen=True, kw_only=True, tag="limit-answered"):
    """What became of a command that the service `energy` gave: `outcome` is that of the command, `detail` the station's word.

    `schedule_a`: for a composite schedule that was read back, what the EVSE allows now, in A for each phase; None where it did not say.
    `sent`: whether it was written to the station's connection, as in CommandSettled; None: unknown.
    """

    id: str
    site: str
    station: str
    command_id: str
    outcome: str
    detail: str = ""
    schedule_a: Decimal | None = None
    sent: bool | None = None
    at: Timestamp


class SiteMeterReported(Record, frozen=True, kw_only=True, tag="site-meter-reported"):
    """A reading of a site's meter: amperes by line, or watts of all lines together, which count as equal on each line.

    What is given to the site (by the sun, by a battery) is negative. `tenant`: whose the site is.
    """

    id: str
    site: str
    meter: str
    amps: Amperes = {}
    watts: Decimal | None = None
    measured_at: Timestamp
    received_at: Timestamp
    tenant: str = DEFAULT_TENANT


class NeedStated(Record, frozen=True, kw_only=True, tag="need-stated"):
    """What a driver, a fleet or an EV needs of a session at an EVSE: so much energy by that time. The newest stands for all before.

    `energy_wh` counts from the session's beginning. `source`: `driver`, `fleet` or `ev` (ISO 15118). Empty members are not known.
    """

    id: str
    site: str
    station: str
    evse: int
    transaction_id: str = ""
    energy_wh: Decimal | None = None
    departure_at: Timestamp | None = None
    source: Literal["driver", "fleet", "ev"] = "driver"
    stated_by: str = ""
    at: Timestamp


# -- what the service says, on csms.site-states -------------------------------------------------------------------------


class NodeLoad(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A node of a site: what flows through it by line, what may (None: no limit there), and what the EVSEs below it may draw together.

    `load_a`: as measured. `told_a`: what the EVSEs below may draw at most, with the loads that nobody manages. `exceeded`: above a limit.
    """

    node: str
    load_a: Amperes = {}
    told_a: Amperes = {}
    limit_a: Amperes = {}
    load_w: Decimal | None = None
    limit_w: Decimal | None = None
    exceeded: bool = False


EvseStanding = Literal["idle", "waiting", "charging", "paused", "full", "unreachable", "disobeys"]
"""`waiting`: a session runs and its limit is on its way. `paused`: it is given nothing for now. `full`: its car takes nothing.
`unreachable`: it is not connected; it counts with what it may draw by itself. `disobeys`: it draws more than it was told."""


class EvseLoad(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An EVSE of a site: what it draws, what it was told, and what it counts with. In A for each of its phases.

    `told_a`: what it accepted last; None where nothing. `counted_a`: what it may draw at most by all that is known. `fallback_a`: what
    it may draw by itself. `lines` as they are known now, learnt ones included (`learnt`).
    """

    node: str
    station: str
    evse: int
    standing: EvseStanding
    told_a: Decimal | None = None
    target_a: Decimal | None = None
    counted_a: Decimal = Decimal(0)
    fallback_a: Decimal = Decimal(0)
    draws_a: Decimal | None = None
    lines: tuple[Line, ...] = ()
    learnt: bool = False
    transaction_id: str = ""
    detail: str = ""


class SiteLoadChanged(Record, frozen=True, kw_only=True, tag="site-load-changed"):
    """A site as a whole, after a change, at most one a second unless a limit is exceeded; the newest `revision` stands for all before.

    `revision` grows for as long as there are sites of this name, a removal in between included.
    """

    id: str
    site: str
    revision: int
    nodes: tuple[NodeLoad, ...] = ()
    evses: tuple[EvseLoad, ...] = ()
    exceeded: bool = False
    tenant: str = DEFAULT_TENANT
    at: Timestamp


class SiteAlerted(Record, frozen=True, kw_only=True, tag="site-alerted"):
    """Something at a site needs a person: a station disobeys, a limit is exceeded, a meter fell silent. `over`: it is so no more."""

    id: str
    site: str
    what: Literal["disobeys", "exceeded", "meter-silent", "unconfirmed"]
    subject: str
    detail: str = ""
    over: bool = False
    tenant: str = DEFAULT_TENANT
    at: Timestamp

    @property
    def alert(self) -> str:
        """The alert's id: the newest of the same site, matter and subject stands for all before."""
        return f"{self.site}/{self.what}/{self.subject}"

    @property
    def revision(self) -> int:
        """Which of two of an alert is newer, in microseconds."""
        return (self.at - EPOCH) // timedelta(microseconds=1)


REF_SITES = Topic(
    name="csms.ref.sites",
    meaning="Reference data: sites, and how each distributes its power.",
    records=(SiteProvisioned, SiteRemoved),
    key="site",
    retention_s=None,
)
SITE_FACTS = Topic(
    name="csms.site-facts",
    meaning="What is observed at each site: its EVSEs, its meters, what drivers need, and what became of limits.",
    records=(SiteChangedByOperator, EvseObserved, LimitAnswered, SiteMeterReported, NeedStated),
    key="site",
)
SITE_STATES = Topic(
    name="csms.site-states",
    meaning="Loads and limits of each site as a whole, after every change, and what needs a person.",
    records=(SiteLoadChanged, SiteAlerted),
    key="site",
    retention_s=3 * DAY_S,  # a whole site at a time, once a second where much happens; ClickHouse keeps the history
)

TOPICS = (REF_SITES, SITE_FACTS, SITE_STATES)
