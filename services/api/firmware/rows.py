"""Firmware campaigns as the API takes and gives them: bodies, drafts, rows. PURE."""

import datetime as dt
from typing import Annotated, Literal

import msgspec

from schemas.base import Timestamp
from schemas.campaigns import CampaignStatus, Event, Gate, GateVerdict, Limits, WaveProgress, Window
from schemas.firmware import Firmware, UpdatePolicy, UpdateState
from services.api.web.bodies import Body

MAX_WAVES = 50


class Targets(Body, frozen=True, kw_only=True):
    """Which stations: all that fit every member given. `stations` names them one by one."""

    stations: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=30_000)] | None = None
    vendor: str | None = None
    model: str | None = None
    firmware_version: str | None = None
    site: str | None = None
    labels: dict[str, str] = {}


class WaveSize(Body, frozen=True, kw_only=True):
    """How many stations a wave has, as a number or as a share of all; one of them."""

    stations: Annotated[int, msgspec.Meta(ge=1)] | None = None
    percent: Annotated[float, msgspec.Meta(gt=0, le=100)] | None = None


class StartCampaign(Body, frozen=True, kw_only=True):
    """A firmware campaign. The first wave is the canary; what the waves leave over is a last one.

    `time_zone`: of stations that have none of their own, for `windows`; no windows: at any time. `start_at`: nothing is sent
    before; the list is frozen when the campaign is asked for all the same, so that what was tried out is what comes.
    """

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100, examples=["Spring 2.5.0"])]
    firmware: Firmware
    targets: Targets
    waves: Annotated[tuple[WaveSize, ...], msgspec.Meta(max_length=MAX_WAVES)] = ()
    gate: Gate = Gate()
    limits: Limits = Limits()
    policy: UpdatePolicy = UpdatePolicy()
    windows: Annotated[tuple[Window, ...], msgspec.Meta(max_length=20)] = ()
    time_zone: Annotated[str, msgspec.Meta(max_length=64, examples=["Europe/Berlin"])] = "UTC"
    start_at: Timestamp | None = None


class UpdateStation(Body, frozen=True, kw_only=True):
    """One station's update, through the same machinery: a campaign of one."""

    firmware: Firmware
    policy: UpdatePolicy = UpdatePolicy()
    windows: Annotated[tuple[Window, ...], msgspec.Meta(max_length=20)] = ()
    time_zone: Annotated[str, msgspec.Meta(max_length=64)] = "UTC"
    start_at: Timestamp | None = None


class ExtendCampaign(Body, frozen=True, kw_only=True):
    """What the campaign may do from now on; what is left out stays as it is."""

    deadline_s: Annotated[int, msgspec.Meta(ge=1, le=31_536_000)] | None = None
    max_at_once: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None
    max_at_once_per_site: Annotated[int, msgspec.Meta(ge=1)] | None = None
    max_failures: Annotated[int, msgspec.Meta(ge=0)] | None = None


class Included(msgspec.Struct, frozen=True, kw_only=True):
    """A station that would be updated, and in which wave, counted from 1."""

    station: str
    wave: int
    site: str
    vendor: str
    model: str
    firmware_version: str
    connected: bool


class Excluded(msgspec.Struct, frozen=True, kw_only=True):
    """A station that would not be updated, and why."""

    station: str
    reason: str


class CampaignDraft(msgspec.Struct, frozen=True, kw_only=True):
    """What a campaign comes to: its id (empty where it was only tried), its stations in their order, and what is odd about it."""

    campaign: str
    stations: int
    wave_ends: tuple[int, ...]
    included: tuple[Included, ...]
    excluded: tuple[Excluded, ...]
    warnings: tuple[str, ...]


class Steering(msgspec.Struct, frozen=True, kw_only=True):
    """An intervention that was published. The campaign has applied it once its `steered` contains the id."""

    id: str
    campaign: str
    action: Literal["pause", "resume", "cancel", "retry", "extend"]


class CampaignView(msgspec.Struct, frozen=True, kw_only=True):
    """A campaign as it is now. `wave` is counted from 0; `counts` are stations by state."""

    campaign: str
    name: str
    status: CampaignStatus
    reason: str
    firmware: Firmware
    policy: UpdatePolicy
    gate: Gate
    limits: Limits
    windows: tuple[Window, ...]
    stations: int
    wave: int
    waves: tuple[WaveProgress, ...]
    counts: dict[str, int]
    verdicts: tuple[GateVerdict, ...]
    timeline: tuple[Event, ...]
    steered: tuple[str, ...]
    start_at: dt.datetime | None
    requested_at: dt.datetime
    requested_by: str
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    changed_at: dt.datetime
    tenant: str


class UpdateRow(msgspec.Struct, frozen=True, kw_only=True):
    """A station's update in a campaign as it is now; `number` is its place in the list, `wave` is counted from 0."""

    campaign: str
    number: int
    wave: int
    station: str
    state: UpdateState
    attempt: int
    detail: str
    from_version: str
    to_version: str
    request_id: int | None
    command_id: str
    ordered_at: dt.datetime | None
    changed_at: dt.datetime


class UpdateHistoryRow(msgspec.Struct, frozen=True, kw_only=True):
    """One change of a station's update."""

    id: str
    revision: int
    state: UpdateState
    attempt: int
    detail: str
    changed_at: dt.datetime
