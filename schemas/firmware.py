"""Firmware: status reports of updates, the command that starts one, and the update of one station from order to end."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp
from schemas.command import StationCommand, about
from schemas.facts import FactReported
from schemas.topic import Topic

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
    """The state of a station's update. The table of transitions is in `services.firmware.core`."""

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
"""Had its turn and gave it back; becomes ready again by itself."""
AT_WORK = frozenset({S.SENT, S.UNANSWERED, S.ACCEPTED, S.DOWNLOADING, S.DOWNLOADED, S.INSTALLING, S.REBOOTING})
"""A command is on its way to the station, or the station works on it."""
IN_FLIGHT = AT_WORK | {S.ORDERED}
"""Counts towards `max_at_once`."""
FAILED = frozenset(
    {
        *(S.UNHEALTHY, S.REJECTED, S.UNSUPPORTED, S.NO_ANSWER, S.DOWNLOAD_FAILED, S.INVALID_CERTIFICATE),
        *(S.INVALID_SIGNATURE, S.INSTALLATION_FAILED, S.VERIFICATION_FAILED, S.WRONG_VERSION, S.UNCONFIRMED, S.SILENT),
    }
)
"""Final, and evidence against the firmware: counted by gates and by `max_failures`."""
MISSED = frozenset({S.UNREACHABLE, S.STAYED_BUSY, S.OUT_OF_TIME, S.SKIPPED_BUSY, S.CONFLICTING})
"""Final without the firmware having been tried; a retry repeats these, as it does the failed ones."""
FINAL = FAILED | MISSED | {S.SUCCEEDED, S.ALREADY_CURRENT, S.CANCELLED}


LONGEST_LOCATION = 3000
"""OCPP takes 2,000 characters at most; longer ones are sealed, because they contain a password."""


class Firmware(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A firmware: the version that stations report once they run it, and its location. Signed where it has a signature.

    `checksum` is for people: OCPP has no member for it. `vendor` and `models`: what it is made for, empty where unknown.
    """

    version: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    location: Annotated[str, msgspec.Meta(min_length=1, max_length=LONGEST_LOCATION)]
    checksum: Annotated[str, msgspec.Meta(max_length=200)] = ""
    signing_certificate: Annotated[str, msgspec.Meta(max_length=5500)] = ""
    signature: Annotated[str, msgspec.Meta(max_length=800)] = ""
    vendor: Annotated[str, msgspec.Meta(max_length=50)] = ""
    models: Annotated[tuple[str, ...], msgspec.Meta(max_length=100)] = ()


class UpdatePolicy(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The policy for the update of one station.

    `busy`: what to do while a session runs. `backoff_s` doubles with every attempt. `quiet_s`: an attempt without a status for so
    long has failed. `deadline_s` counts from the first order. `healthy_for_s`: how long the station must then be online without
    interruption and without new faults.
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
    """FirmwareStatusNotification or SignedFirmwareStatusNotification. Unsigned 1.6 updates have no `request_id`.

    `deviations` and `further` as in `TransactionReported`. An unknown status becomes a `FactReported` instead.
    """

    id: str
    station: str
    status: FirmwareStatus
    request_id: int | None = None
    detail: str = ""
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


# -- orders to one station's update, on csms.firmware-orders ----------------------------------------------------------


class UpdateOrdered(Record, frozen=True, kw_only=True, tag="update-ordered"):
    """A station may start its update. `turn` is the revision of its update at that time: an order is followed once.

    `number` is the station's index in the campaign's list. `send_until`: no command is sent after that (its window closes).
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
    """The campaign is cancelled: nothing more is sent. An update that the station works on already continues to its end."""

    id: str
    station: str
    campaign: str
    number: int
    turn: int
    withdrawn_at: Timestamp


class UpdateExtended(Record, frozen=True, kw_only=True, tag="update-extended"):
    """The station has this deadline, counted from its first order, instead of the one before."""

    id: str
    station: str
    campaign: str
    number: int
    deadline_s: int
    extended_at: Timestamp


# -- its course, on csms.firmware-updates (keyed by campaign) ---------------------------------------------------------


class UpdateChanged(Record, frozen=True, kw_only=True, tag="update-changed"):
    """A station's update has changed its state; the greatest `revision` replaces all before."""

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


# -- the command (a member of schemas.commands.Command) ---------------------------------------------------------------


class UpdateFirmware(StationCommand, frozen=True, kw_only=True):
    """Have the station fetch and install a firmware: signed where `signature` is given.

    `request_id` comes back in its status notifications; derived from the command where the caller gives none.
    """

    title: ClassVar[str] = "Update firmware"

    location: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=LONGEST_LOCATION),
        about("Location", "Where the station fetches it.", example="https://example.com/wallbox-2.5.0.bin"),
    ]
    retrieve_at: Annotated[Timestamp, about("Fetch at", "Not before.", example="2026-01-01T00:00:00Z")]
    install_at: Annotated[Timestamp | None, about("Install at", "Empty: once it is fetched. 2.x only.")] = None
    request_id: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=2_147_483_647)] | None,
        about("Request id", "Empty: derived from the command's id.", advanced=True),
    ] = None
    retries: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=100)] | None,
        about("Retries", "Empty: as the station decides.", advanced=True),
    ] = None
    retry_interval_s: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=86_400)] | None,
        about("Seconds between retries", "Empty: as the station decides.", advanced=True),
    ] = None
    signing_certificate: Annotated[
        str, msgspec.Meta(max_length=5500), about("Signing certificate", "PEM, with `signature`.", advanced=True)
    ] = ""
    signature: Annotated[
        str, msgspec.Meta(max_length=800), about("Signature", "Base64; empty: an unsigned update.", advanced=True)
    ] = ""


Checksum = Annotated[str, msgspec.Meta(pattern="^[0-9a-fA-F]{32}$")]
"""MD5 over the whole firmware file, hexadecimal (2.x PublishFirmwareRequest)."""


class PublishFirmware(StationCommand, frozen=True, kw_only=True):
    """Have a local controller fetch a firmware and publish it to the stations behind it (2.x, L03).

    Its progress is reported by PublishFirmwareStatusNotification, with the places from which those stations may fetch it.
    """

    title: ClassVar[str] = "Publish firmware at a local controller"

    location: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=LONGEST_LOCATION),
        about("Location", "Where the controller fetches it.", example="https://example.com/wallbox-2.5.0.bin"),
    ]
    checksum: Annotated[
        Checksum, about("MD5 of the file", "32 hexadecimal digits.", example="9e107d9d372bb6826bd81d3542a419d6")
    ]
    retries: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=100)] | None,
        about("Retries", "Empty: as the controller decides.", advanced=True),
    ] = None
    retry_interval_s: Annotated[
        Annotated[int, msgspec.Meta(ge=0, le=86_400)] | None,
        about("Seconds between retries", "Empty: as the controller decides.", advanced=True),
    ] = None


class UnpublishFirmware(StationCommand, frozen=True, kw_only=True):
    """Have a local controller take a published firmware away (2.x, L04). NoFirmware: it publishes none with that checksum."""

    title: ClassVar[str] = "Unpublish firmware at a local controller"

    checksum: Annotated[
        Checksum, about("MD5 of the file", "32 hexadecimal digits.", example="9e107d9d372bb6826bd81d3542a419d6")
    ]


FIRMWARE = Topic(
    name="csms.firmware",
    meaning="Firmware update progress, and reports of local controllers on firmware they publish.",
    records=(FirmwareStatusReported, FactReported),
)
FIRMWARE_ORDERS = Topic(
    name="csms.firmware-orders",
    meaning="Orders of a campaign for the update of one station.",
    records=(UpdateOrdered, UpdateWithdrawn, UpdateExtended),
)
FIRMWARE_UPDATES = Topic(
    name="csms.firmware-updates",
    meaning="Each change of a station's update.",
    records=(UpdateChanged,),
    key="campaign",
)

TOPICS = (
    FIRMWARE,
    FIRMWARE_ORDERS,
    FIRMWARE_UPDATES,
)
