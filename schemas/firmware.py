"""Firmware: what stations say of updates, the command that starts one, and one station's update from order to end."""

from enum import StrEnum
from typing import Annotated, Literal

import msgspec

from schemas.base import Record, Timestamp

FirmwareStatus = Literal[
    "Downloaded",
    "DownloadFailed",
    "Downloading",
    "DownloadScheduled",
    "DownloadPaused",
    "Idle",
    "InstallationFailed",
    "Installing",
    "Installed",
    "InstallRebooting",
    "InstallScheduled",
    "InstallVerificationFailed",
    "InvalidSignature",
    "SignatureVerified",
]
"""OCPP FirmwareStatusEnumType; 1.6's own statuses are a part of it."""


class UpdateState(StrEnum):
    """Where a station's update stands. The table of what leads from one to the next is in `services.firmware.core`."""

    PENDING = "pending"
    READY = "ready"
    ORDERED = "ordered"
    OFFLINE = "offline"
    BUSY = "busy"
    BACKING_OFF = "backing-off"
    SENT = "sent"
    UNANSWERED = "unanswered"
    ACCEPTED = "accepted"
    DOWNLOADING = "downloading"
    DOWNLOADED = "downloaded"
    INSTALLING = "installing"
    REBOOTING = "rebooting"
    OBSERVING = "observing"
    SUCCEEDED = "succeeded"
    UNHEALTHY = "unhealthy"
    ALREADY_CURRENT = "already-current"
    SKIPPED_BUSY = "skipped-busy"
    REJECTED = "rejected"
    UNSUPPORTED = "unsupported"
    NO_ANSWER = "no-answer"
    DOWNLOAD_FAILED = "download-failed"
    INVALID_CERTIFICATE = "invalid-certificate"
    INVALID_SIGNATURE = "invalid-signature"
    INSTALLATION_FAILED = "installation-failed"
    VERIFICATION_FAILED = "verification-failed"
    WRONG_VERSION = "wrong-version"
    UNCONFIRMED = "unconfirmed"
    SILENT = "silent"
    UNREACHABLE = "unreachable"
    STAYED_BUSY = "stayed-busy"
    OUT_OF_TIME = "out-of-time"
    CONFLICTING = "conflicting"
    CANCELLED = "cancelled"


S = UpdateState

WAITING = frozenset({S.PENDING, S.READY})
"""Waits for its turn."""
DEFERRED = frozenset({S.OFFLINE, S.BUSY, S.BACKING_OFF})
"""Had its turn, gave it back, and will be ready again by itself."""
AT_WORK = frozenset({S.SENT, S.UNANSWERED, S.ACCEPTED, S.DOWNLOADING, S.DOWNLOADED, S.INSTALLING, S.REBOOTING})
"""A command is on its way to the station, or the station works on it."""
IN_FLIGHT = AT_WORK | {S.ORDERED}
"""Holds one of the places that `max_at_once` gives."""
FAILED = frozenset(
    {
        *(S.UNHEALTHY, S.REJECTED, S.UNSUPPORTED, S.NO_ANSWER, S.DOWNLOAD_FAILED, S.INVALID_CERTIFICATE),
        *(S.INVALID_SIGNATURE, S.INSTALLATION_FAILED, S.VERIFICATION_FAILED, S.WRONG_VERSION, S.UNCONFIRMED, S.SILENT),
    }
)
"""Final, and speaks against the firmware: counted by gates and by the maximum of failures."""
MISSED = frozenset({S.UNREACHABLE, S.STAYED_BUSY, S.OUT_OF_TIME, S.SKIPPED_BUSY, S.CONFLICTING})
"""Final without a trial of the firmware; a retry takes them up again, as it does the failed."""
FINAL = FAILED | MISSED | {S.SUCCEEDED, S.ALREADY_CURRENT, S.CANCELLED}


class Firmware(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A firmware: what stations report as their version once they run it, and where it is. Signed where it has a signature.

    `checksum` is for people: no version of OCPP carries one. `vendor` and `models`: what it is made for, empty where unknown.
    """

    version: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    location: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    checksum: Annotated[str, msgspec.Meta(max_length=200)] = ""
    signing_certificate: Annotated[str, msgspec.Meta(max_length=5500)] = ""
    signature: Annotated[str, msgspec.Meta(max_length=800)] = ""
    vendor: Annotated[str, msgspec.Meta(max_length=50)] = ""
    models: Annotated[tuple[str, ...], msgspec.Meta(max_length=100)] = ()


class UpdatePolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one station's update is driven.

    `busy`: what to do while a session runs. `backoff_s` doubles with every attempt. `quiet_s`: an attempt that is silent for
    so long has failed. `deadline_s` counts from the first order. `healthy_for_s`: how long the station must then be online
    without new faults, without a break.
    """

    busy: Literal["wait", "skip", "interrupt"] = "wait"
    attempts: Annotated[int, msgspec.Meta(ge=1, le=10)] = 3
    backoff_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 300
    quiet_s: Annotated[int, msgspec.Meta(ge=1, le=604_800)] = 3_600
    deadline_s: Annotated[int, msgspec.Meta(ge=1, le=31_536_000)] = 86_400
    healthy_for_s: Annotated[int, msgspec.Meta(ge=0, le=604_800)] = 300
    install_at: Timestamp | None = None


# -- the fact from the gateway, on csms.firmware ----------------------------------------------------------------------


class FirmwareStatusReported(Record, frozen=True, kw_only=True, tag="firmware-status-reported"):
    """FirmwareStatusNotification or SignedFirmwareStatusNotification. Unsigned 1.6 updates have no `request_id`."""

    id: str
    station: str
    status: FirmwareStatus
    request_id: int | None = None
    detail: str = ""
    received_at: Timestamp


# -- orders to one station's update, on csms.firmware-orders ----------------------------------------------------------


class UpdateOrdered(Record, frozen=True, kw_only=True, tag="update-ordered"):
    """It is the station's turn. `turn` is the revision of its update when it was given: an order is obeyed once.

    `number` is the station's place in the campaign's list. `send_until`: nothing leaves after that (its window closes).
    """

    id: str
    station: str
    campaign: str
    number: int
    turn: int
    firmware: Firmware
    policy: UpdatePolicy
    send_until: Timestamp | None = None
    ordered_at: Timestamp


class UpdateWithdrawn(Record, frozen=True, kw_only=True, tag="update-withdrawn"):
    """The campaign is cancelled: nothing more is sent. What the station works on already runs to its end."""

    id: str
    station: str
    campaign: str
    number: int
    turn: int
    withdrawn_at: Timestamp


class UpdateExtended(Record, frozen=True, kw_only=True, tag="update-extended"):
    """The station has so long from its first order on, instead of what it was told before."""

    id: str
    station: str
    campaign: str
    number: int
    deadline_s: int
    extended_at: Timestamp


# -- what becomes of it, on csms.firmware-updates (keyed by campaign) -------------------------------------------------


class UpdateChanged(Record, frozen=True, kw_only=True, tag="update-changed"):
    """A station's update has changed its state; the greatest `revision` stands for all before."""

    id: str
    campaign: str
    station: str
    number: int
    revision: int
    state: UpdateState
    attempt: int = 0
    request_id: int | None = None
    command_id: str = ""
    detail: str = ""
    from_version: str = ""
    to_version: str = ""
    ordered_at: Timestamp | None = None
    changed_at: Timestamp


# -- persisted by the service, per station ----------------------------------------------------------------------------


class StationUpdate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The update that a station holds until it is over.

    `attempts_until`: the last attempt of this round. `faulted_before`: connectors faulted when the command was sent.
    `wake_at`: when the state ends by itself (back-off, silence, observation). `listens_until`: the service was away at that
    moment, and reads until then what was said meanwhile. `well_since`: since when the station that is watched has been online
    without new faults; None while it is not. `failure`: how the last attempt failed.
    """

    campaign: str
    number: int
    revision: int
    state: UpdateState
    firmware: Firmware
    policy: UpdatePolicy
    ordered_at: Timestamp
    deadline: Timestamp
    attempt: int = 0
    attempts_until: int
    request_id: int | None = None
    command_id: str = ""
    sent_at: Timestamp | None = None
    wake_at: Timestamp | None = None
    listens_until: Timestamp | None = None
    from_version: str = ""
    faulted_before: int = 0
    well_since: Timestamp | None = None
    failure: UpdateState | None = None
    failure_detail: str = ""
    withdrawn: bool = False


class PastUpdate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stays of an update that is over: enough to know its orders and to go on from where it was."""

    campaign: str
    revision: int
    attempt: int = 0
    faulted_before: int = 0


class StationFirmware(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of `services/firmware` for one station: what it needs to know of it, its update, and its past ones."""

    station: str
    connected: bool = False
    version: str = ""
    booted_at: Timestamp | None = None
    faulted: int = 0
    known_at: Timestamp | None = None
    sessions: tuple[str, ...] = ()
    update: StationUpdate | None = None
    past: tuple[PastUpdate, ...] = ()


# -- the command (a member of schemas.commands.Command) ---------------------------------------------------------------


class UpdateFirmware(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag="UpdateFirmware"
):
    """Have the station fetch and install a firmware: signed where `signature` is given.

    `request_id` comes back in its status notifications; derived from the command where the caller gives none.
    """

    location: Annotated[str, msgspec.Meta(min_length=1, max_length=2000)]
    retrieve_at: Timestamp
    install_at: Timestamp | None = None
    request_id: Annotated[int, msgspec.Meta(ge=0, le=2_147_483_647)] | None = None
    retries: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None
    retry_interval_s: Annotated[int, msgspec.Meta(ge=0, le=86_400)] | None = None
    signing_certificate: Annotated[str, msgspec.Meta(max_length=5500)] = ""
    signature: Annotated[str, msgspec.Meta(max_length=800)] = ""
