"""Security operations as the API takes and gives them. PURE."""

import datetime as dt
from collections.abc import Iterable
from typing import Annotated, Any

import msgspec

from schemas.securityoperations import (
    BATCH_MOST,
    BatchStatus,
    Kind,
    OperationStatus,
    OperationStep,
    SecurityBatchChanged,
    SecurityOperationChanged,
)
from services.api.boottemplates.rows import Criteria
from services.api.web.bodies import Body

WEEK_S = 7 * 86_400


class OrderOperation(Body, frozen=True, kw_only=True):
    """What is to be done at the station.

    `rotate-password` (A01) gives it a new password, which is made here and shown to nobody. `upgrade-profile` (A05) has it connect with a
    higher security profile, `move-station` (B10) with another CSMS.
    """

    kind: Annotated[Kind, msgspec.Meta(description="The operation.", examples=["rotate-password"])]
    security_profile: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=3)] | None,
        msgspec.Meta(description="upgrade-profile: the one that is wanted.", examples=[2]),
    ] = None
    network: Annotated[
        dict[str, Any] | None,
        msgspec.Meta(
            description="How the station reaches the CSMS: the arguments of the command SetNetworkProfile. move-station needs it, and"
            " upgrade-profile of a 2.x station.",
            examples=[{"slot": 2, "url": "wss://csms.example.com/ocpp", "security_profile": 2}],
        ),
    ] = None
    url_key: Annotated[
        str,
        msgspec.Meta(
            max_length=50,
            description="move-station, 1.6: the vendor's configuration key for the address of the CSMS; 1.6 has none of its own.",
        ),
    ] = ""
    reset: Annotated[
        bool,
        msgspec.Meta(description="rotate-password: restart the station, once nobody charges, if it needs that."),
    ] = True
    inoperative: Annotated[
        bool, msgspec.Meta(description="move-station: nobody can start to charge from the beginning on (B10.FR.05).")
    ] = True
    unchecked: Annotated[
        bool,
        msgspec.Meta(
            description="upgrade-profile: begin even if the certificates that it needs are not known to be there."
        ),
    ] = False
    back_within_s: Annotated[
        int, msgspec.Meta(ge=10, le=86_400, description="How long the station may stay away at its restart.")
    ] = 900
    expires_s: Annotated[
        int,
        msgspec.Meta(
            ge=60, le=31_536_000, description="How long the operation waits for the station, and for its restart."
        ),
    ] = WEEK_S


class OrderBatch(OrderOperation, frozen=True, kw_only=True):
    """The same at many stations, in waves: the first is small, and too many failures halt the batch."""

    title: Annotated[str, msgspec.Meta(max_length=200, description="For people.")] = ""
    stations: Annotated[
        tuple[str, ...],
        msgspec.Meta(max_length=BATCH_MOST, description="These stations; empty: all that meet the criteria."),
    ] = ()
    criteria: Annotated[Criteria, msgspec.Meta(description="Which stations, as they are now.")] = msgspec.field(
        default_factory=Criteria
    )
    first: Annotated[int, msgspec.Meta(ge=1, le=BATCH_MOST, description="Stations of the first wave.")] = 10
    wave: Annotated[int, msgspec.Meta(ge=100, le=BATCH_MOST, description="Stations of each further wave.")] = 500
    wave_within_s: Annotated[
        int,
        msgspec.Meta(
            ge=60,
            le=2_592_000,
            description="The next wave begins so long after the one before, even if operations of that have not ended.",
        ),
    ] = 3_600
    spread_s: Annotated[
        int, msgspec.Meta(ge=0, le=86_400, description="The stations of a wave begin within this time, one by one.")
    ] = 300
    max_failures: Annotated[
        Annotated[int, msgspec.Meta(ge=0)] | None,
        msgspec.Meta(description="More failures halt the batch until somebody resumes it; null: any number."),
    ] = 5


class StepView(msgspec.Struct, frozen=True, kw_only=True):
    """A step of an operation, with the station's word on it. `command_id` leads to the command; empty where it is none of a command."""

    step: str
    status: str
    command_id: str
    attempts: int
    detail: str
    reboot_required: bool
    at: dt.datetime | None


class SecurityOperation(msgspec.Struct, frozen=True, kw_only=True):
    """An operation at a station. `why` says what is waited for, or why it ended so.

    `security_profile` is the one that is wanted, `profile_before` that of the connection when it began, null where nobody can tell.
    `batch` is empty for an operation of its own; `scheduled`: it follows from the age of the password.
    """

    operation: str
    station: str
    kind: Kind | str
    status: OperationStatus | str
    why: str
    steps: tuple[StepView, ...]
    security_profile: int | None
    profile_before: int | None
    url: str
    slot: int | None
    batch: str
    wave: int
    scheduled: bool
    requested_at: dt.datetime
    requested_by: str
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    changed_at: dt.datetime


class OperationFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which operations; None does not filter."""

    station: str | None = None
    kind: str | None = None
    status: str | None = None
    batch: str | None = None


ALL_OPERATIONS = OperationFilter()


class WaveView(msgspec.Struct, frozen=True, kw_only=True):
    """A wave of a batch: how many stations it has, since when it may begin, how many operations have ended, how many of them failed."""

    stations: int
    opened_at: dt.datetime | None
    ended: int
    failed: int


class SecurityBatch(msgspec.Struct, frozen=True, kw_only=True):
    """A batch of operations: its waves, and how many operations ended in which status (`counts`)."""

    batch: str
    title: str
    kind: Kind
    security_profile: int | None
    status: BatchStatus
    reason: str
    stations: int
    ended: int
    waves: tuple[WaveView, ...]
    counts: dict[str, int]
    max_failures: int | None
    expires_at: dt.datetime
    requested_at: dt.datetime
    requested_by: str
    ended_at: dt.datetime | None
    changed_at: dt.datetime
    tenant: str


def steps_of(steps: Iterable[OperationStep]) -> tuple[StepView, ...]:
    """Steps as the API gives them."""
    return tuple(msgspec.convert(each, StepView, from_attributes=True) for each in steps)


def operation_of(record: SecurityOperationChanged) -> SecurityOperation:
    """The record as the API gives it."""
    return msgspec.convert(record, SecurityOperation, from_attributes=True)


def batch_of(record: SecurityBatchChanged) -> SecurityBatch:
    """The record as the API gives it."""
    waves = tuple(
        WaveView(stations=wave.end - wave.first, opened_at=wave.opened_at, ended=wave.ended, failed=wave.failed)
        for wave in record.waves
    )
    shared = {name: getattr(record, name) for name in SecurityBatch.__struct_fields__ if name not in ("ended", "waves")}
    return SecurityBatch(ended=sum(wave.ended for wave in waves), waves=waves, **shared)
