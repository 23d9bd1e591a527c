"""Firmware campaigns: updates of many stations in waves, with gates between them: requests, published records, state."""

from typing import Annotated, Literal

import msgspec

from schemas.base import Record, Timestamp
from schemas.firmware import Firmware, UpdatePolicy
from schemas.operators import DEPLOYMENT
from schemas.topic import Topic

BLOCK_STATIONS = 500
"""Stations of one block of a campaign's frozen list: number n is in block n // 500."""
MAX_STATIONS = 30_000
"""Stations of one campaign, so that its state stays well below the limit of a Kafka message."""

CampaignStatus = Literal["preparing", "scheduled", "running", "paused", "halted", "cancelling", "cancelled", "finished"]
"""`halted`: stopped by itself, for `reason`. `cancelling`: some stations still work on their update."""

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
TimeOfDay = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Window(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When updates may start, in the station's own time zone. An `end_time` not after `start_time` is on the next day."""

    start_time: TimeOfDay
    end_time: TimeOfDay
    days: Annotated[tuple[Weekday, ...], msgspec.Meta(max_length=7)] = ()


class Gate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The conditions on a wave before the next begins. `success_share` is of the stations that succeeded or failed.

    A station succeeds once it has run the new version, connected and without new faults, for `healthy_for_s`.
    """

    success_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.95
    max_unhealthy: Annotated[int, msgspec.Meta(ge=0)] = 0
    approval: Literal["automatic", "operator"] = "automatic"


class Limits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Limits of a campaign: more failures than `max_failures` halt it; None: no limit."""

    max_at_once: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 100
    max_at_once_per_site: Annotated[int, msgspec.Meta(ge=1)] | None = None
    max_failures: Annotated[int, msgspec.Meta(ge=0)] | None = None


# -- requests of operators, on csms.firmware-campaigns (keyed by campaign, or by campaign/block) -------------------------


class CampaignRequested(Record, frozen=True, kw_only=True, tag="campaign-requested"):
    """A campaign over `stations` stations in `blocks` blocks. `wave_ends`: where each wave ends in the list.

    `zones` are the time zones; targets refer to them by index.
    """

    id: str
    key: str
    name: str
    firmware: Firmware
    policy: UpdatePolicy
    gate: Gate = Gate()
    limits: Limits = Limits()
    windows: tuple[Window, ...] = ()
    zones: tuple[str, ...] = ("UTC",)
    wave_ends: tuple[int, ...]
    stations: int
    blocks: int
    start_at: Timestamp | None = None
    requested_at: Timestamp
    requested_by: str = ""
    tenant: str = DEPLOYMENT


class Target(msgspec.Struct, frozen=True):
    """One station of the list: its id, and the indices of its site and time zone."""

    station: str
    site: int
    zone: int


class CampaignTargetsFrozen(Record, frozen=True, kw_only=True, tag="campaign-targets-frozen"):
    """One block of the campaign's list, which never changes; its key is campaign/block."""

    id: str
    key: str
    campaign: str
    block: int
    firmware: Firmware
    policy: UpdatePolicy
    targets: Annotated[tuple[Target, ...], msgspec.Meta(max_length=BLOCK_STATIONS)]
    frozen_at: Timestamp
    tenant: str = DEPLOYMENT


class CampaignSteered(Record, frozen=True, kw_only=True, tag="campaign-steered"):
    """An operator intervenes. `extend` gives each station `deadline_s` from its first order, or changes a limit.

    `retry` gives all failed and missed stations another turn, and resumes a halted campaign.
    """

    id: str
    key: str
    action: Literal["pause", "resume", "cancel", "retry", "extend"]
    deadline_s: int | None = None
    max_at_once: int | None = None
    max_failures: int | None = None
    max_at_once_per_site: int | None = None
    requested_at: Timestamp
    requested_by: str = ""
    tenant: str = DEPLOYMENT


# -- between a campaign and its blocks, on the same topic -------------------------------------------------------------


class CampaignBlockFrozen(Record, frozen=True, kw_only=True, tag="campaign-block-frozen"):
    """A block was stored: the site and the time zone of each of its stations."""

    id: str
    key: str
    block: int
    sites: tuple[int, ...]
    zones: tuple[int, ...]
    frozen_at: Timestamp


class Turn(msgspec.Struct, frozen=True, omit_defaults=True):
    """A station of a block by its number, with the revision of its update that the order refers to."""

    number: int
    turn: int
    send_until: Timestamp | None = None


class StationsReleased(Record, frozen=True, kw_only=True, tag="stations-released"):
    """These stations of the block may start their update."""

    id: str
    key: str
    turns: tuple[Turn, ...]
    at: Timestamp


class StationsWithdrawn(Record, frozen=True, kw_only=True, tag="stations-withdrawn"):
    """These stations of the block must not start their update any more."""

    id: str
    key: str
    turns: tuple[Turn, ...]
    at: Timestamp


class StationsExtended(Record, frozen=True, kw_only=True, tag="stations-extended"):
    """Every station of the block has this deadline, counted from its first order."""

    id: str
    key: str
    deadline_s: int
    at: Timestamp


# -- published by the service, on csms.firmware-campaign-states (compacted) ----------------------------------------------


class GateVerdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of a gate at the end of a wave (counted from 0); `reason`: why it did not pass, or passed all the same."""

    wave: int
    passed: bool
    succeeded: int
    failed: int
    unhealthy: int
    reason: str = ""
    at: Timestamp


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that happened to the campaign as a whole, for its timeline."""

    what: str
    detail: str = ""
    by: str = ""
    at: Timestamp


class WaveProgress(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One wave: the numbers of its stations (`first` to before `end`), and how many are in which state."""

    first: int
    end: int
    counts: dict[str, int]


class CampaignChanged(Record, frozen=True, kw_only=True, tag="campaign-changed"):
    """A campaign as a whole, after a change; the newest `revision` replaces all before. `wave` is counted from 0.

    `steered`: ids of the last interventions it has applied.
    """

    id: str
    campaign: str
    revision: int
    name: str
    status: CampaignStatus
    reason: str = ""
    firmware: Firmware
    policy: UpdatePolicy
    gate: Gate
    limits: Limits
    windows: tuple[Window, ...] = ()
    stations: int
    wave: int = 0
    waves: tuple[WaveProgress, ...] = ()
    counts: dict[str, int] = {}
    verdicts: tuple[GateVerdict, ...] = ()
    timeline: tuple[Event, ...] = ()
    steered: tuple[str, ...] = ()
    start_at: Timestamp | None = None
    requested_at: Timestamp
    requested_by: str = ""
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    changed_at: Timestamp
    tenant: str = DEPLOYMENT


# -- persisted by the service, per campaign and per block -------------------------------------------------------------


class Block(msgspec.Struct, frozen=True, kw_only=True):
    """The stations of one block in the state of a campaign: a letter each for the state, the last revision received, site and time zone."""

    states: str
    revisions: tuple[int, ...]
    sites: tuple[int, ...]
    zones: tuple[int, ...]


class Campaign(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A campaign in the state of its key. `forgiven`: failures before an operator resumed it, which no longer count.

    `opened`: waves up to this one may begin regardless of the gates. `told_at`: when it was last published. `wake_at`: when it next
    has to act by itself.
    """

    plan: CampaignRequested
    status: CampaignStatus
    reason: str = ""
    wave: int = 0
    opened: int = 0
    forgiven: int = 0
    revision: int = 0
    verdicts: tuple[GateVerdict, ...] = ()
    timeline: tuple[Event, ...] = ()
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    changed_at: Timestamp
    told_at: Timestamp | None = None
    untold: bool = False
    wake_at: Timestamp | None = None


class CampaignState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of `services/firmware` for one key of a campaign: the campaign and its blocks, or one block's list."""

    key: str
    campaign: Campaign | None = None
    blocks: dict[int, Block] = {}
    steered: tuple[str, ...] = ()
    targets: CampaignTargetsFrozen | None = None


FIRMWARE_CAMPAIGNS = Topic(
    name="csms.firmware-campaigns",
    meaning="Firmware campaigns: requests of operators, the frozen lists in blocks, and which stations may start.",
    records=(
        CampaignRequested,
        CampaignTargetsFrozen,
        CampaignSteered,
        CampaignBlockFrozen,
        StationsReleased,
        StationsWithdrawn,
        StationsExtended,
    ),
    key="key",
)
FIRMWARE_CAMPAIGN_STATES = Topic(
    name="csms.firmware-campaign-states",
    meaning="Each firmware campaign as a whole, after a change.",
    records=(CampaignChanged,),
    key="campaign",
    retention_s=None,
)

TOPICS = (
    FIRMWARE_CAMPAIGNS,
    FIRMWARE_CAMPAIGN_STATES,
)
