"""What a command makes a simulated station do, in words that no version owns. PURE."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Literal

import msgspec

from loadtest.ocpp.messages import ConnectorState, Dialect, Message, Payload, StopReason


class StartCharging(msgspec.Struct, frozen=True, kw_only=True):
    """A driver is let in from afar."""

    evse: int
    token: str
    remote_start_id: int | None = None


class StopCharging(msgspec.Struct, frozen=True, kw_only=True):
    """The running transaction is to end."""

    evse: int
    reason: StopReason


class Reboot(msgspec.Struct, frozen=True, kw_only=True):
    """The station restarts: at once, or when nothing runs."""

    when_idle: bool
    reason: StopReason
    boot_reason: Literal["RemoteReset", "ScheduledReset"]


class SetAvailability(msgspec.Struct, frozen=True, kw_only=True):
    """An EVSE, or with 0 the station, in or out of operation."""

    evse: int
    operative: bool


class Tell(msgspec.Struct, frozen=True, kw_only=True):
    """A message is asked for; of every EVSE where `evse` is None."""

    what: Literal["BootNotification", "Heartbeat", "StatusNotification", "MeterValues"]
    evse: int | None = None


class Configure(msgspec.Struct, frozen=True, kw_only=True):
    """A setting gets a value; `key` is the 1.6 key."""

    key: str
    value: str


class KeepProfile(msgspec.Struct, frozen=True, kw_only=True):
    """A charging profile is kept under its number; `profile` as it came."""

    profile_id: int
    evse: int
    profile: Payload


class DropProfiles(msgspec.Struct, frozen=True, kw_only=True):
    """Charging profiles are given up."""

    profile_ids: tuple[int, ...]


class InstallFirmware(msgspec.Struct, frozen=True, kw_only=True):
    """A firmware is to be fetched and installed; 1.6 numbers only signed ones."""

    location: str
    request_id: int | None = None


class UploadLog(msgspec.Struct, frozen=True, kw_only=True):
    """A log is to be uploaded; 1.6 GetDiagnostics numbers none."""

    location: str
    name: str
    request_id: int | None = None


class Reserve(msgspec.Struct, frozen=True, kw_only=True):
    """An EVSE is kept for a token."""

    evse: int
    reservation_id: int
    token: str
    expires_at: datetime


class CancelReservation(msgspec.Struct, frozen=True, kw_only=True):
    """A reservation is given up."""

    reservation_id: int


class KeepList(msgspec.Struct, frozen=True, kw_only=True):
    """The local list is now this: the status of each token."""

    version: int
    tokens: Mapping[str, str]


class KeepMessages(msgspec.Struct, frozen=True, kw_only=True):
    """The display's messages are now these, by their numbers."""

    messages: Mapping[int, Payload]


class KeepMonitors(msgspec.Struct, frozen=True, kw_only=True):
    """The monitors that the station has from now on, by their ids."""

    monitors: Mapping[int, Payload]


class KeepTariffs(msgspec.Struct, frozen=True, kw_only=True):
    """The default tariffs that the station has from now on, by EVSE."""

    tariffs: Mapping[int, Payload]


class KeepTransactionTariff(msgspec.Struct, frozen=True, kw_only=True):
    """What runs at an EVSE goes on by this tariff."""

    evse: int
    tariff: Payload


class KeepCertificates(msgspec.Struct, frozen=True, kw_only=True):
    """The certificates that the station has from now on, each with its use and its hash data."""

    certificates: tuple[Payload, ...]


class AskToSign(msgspec.Struct, frozen=True, kw_only=True):
    """A new key is made, and its certificate asked for."""


class TakeCertificate(msgspec.Struct, frozen=True, kw_only=True):
    """The station's own certificate is this chain from now on; empty: what came is not valid."""

    chain: str


class KeepDER(msgspec.Struct, frozen=True, kw_only=True):
    """The DER controls that the station has from now on, by their ids."""

    controls: Mapping[str, Payload]


class Say(msgspec.Struct, frozen=True, kw_only=True):
    """Messages that the station sends after its answer, in their order."""

    messages: tuple[Message, ...]


Intent = (
    StartCharging
    | StopCharging
    | Reboot
    | SetAvailability
    | Tell
    | Configure
    | KeepProfile
    | DropProfiles
    | InstallFirmware
    | UploadLog
    | Reserve
    | CancelReservation
    | KeepList
    | KeepMessages
    | Say
    | KeepMonitors
    | KeepTariffs
    | KeepTransactionTariff
    | KeepCertificates
    | AskToSign
    | TakeCertificate
    | KeepDER
)


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What is answered to a command, and what is then done."""

    payload: Payload
    intents: tuple[Intent, ...] = ()


class Refusal(msgspec.Struct, frozen=True, kw_only=True):
    """A CALLERROR."""

    code: str
    description: str


class BayView(msgspec.Struct, frozen=True, kw_only=True):
    """One EVSE as a command finds it. `transaction_id` is empty where the CSMS has not yet given it; `free` for a driver.

    `phases` (0: DC) and `peak_w` are its outlet's. `began_at`: when what runs was served.
    """

    evse: int
    state: ConnectorState
    transaction_id: str | None
    free: bool
    phases: int = 3
    peak_w: int = 22_080
    began_at: datetime | None = None


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A station as a command finds it, `at` a moment (RFC 3339).

    `updating`: a firmware is being fetched or installed. `uploading`: a log is. `reserved`, `profiles`: by number.
    `local_list` has the status of each token, `messages` are those of the display, `monitors` those of variables, by number.
    `tariffs` are the default ones, by EVSE. `telling`: transactions whose EVs say how they mean to charge. `public_key`, in DER: of the
    station's newest key.
    """

    vendor: str
    bays: tuple[BayView, ...]
    settings: Mapping[str, str]
    at: str = "2026-01-01T00:00:00Z"
    updating: bool = False
    uploading: bool = False
    reserved: Mapping[int, Reserve] = {}
    local_list: Mapping[str, str] = {}
    list_version: int = 0
    messages: Mapping[int, Payload] = {}
    monitors: Mapping[int, Payload] = {}
    profiles: Mapping[int, KeepProfile] = {}
    tariffs: Mapping[int, Payload] = {}
    certificates: tuple[Payload, ...] = ()
    public_key: bytes = b""
    der: Mapping[str, Payload] = {}
    telling: frozenset[str] = frozenset()

    def bay(self, evse: int) -> BayView | None:
        """The EVSE of that number."""
        return next((bay for bay in self.bays if bay.evse == evse), None)

    def charging(self, transaction_id: str) -> BayView | None:
        """The EVSE where that transaction runs."""
        return next((bay for bay in self.bays if bay.transaction_id == transaction_id), None)

    def free_bay(self, evse: int | None, token: str = "") -> BayView | None:
        """The asked EVSE where it is free, or any free one; one that is reserved is free for its token alone, and comes first."""
        reserved_tokens = {one.evse: one.token for one in self.reserved.values()}
        free = [
            bay
            for bay in self.bays
            if bay.free and evse in (None, bay.evse) and reserved_tokens.get(bay.evse, token) == token
        ]
        return min(free, key=lambda bay: bay.evse not in reserved_tokens, default=None)


Row = tuple[type[msgspec.Struct], Callable[[View, object], Reply | Refusal]]


class VersionRules(msgspec.Struct, frozen=True, kw_only=True):
    """All that a station needs to know of its version: how it speaks, and what it answers."""

    dialect: Dialect
    table: Mapping[str, Row]
    bad_payload: str


def reply(rules: VersionRules, view: View, action: str, payload: bytes) -> Reply | Refusal:
    """What a station answers to a CALL, by its version's table of actions."""
    row = rules.table.get(action)
    if row is None:
        return Refusal(code="NotImplemented", description=f"this simulated station has no {action}")
    form, answer = row
    try:
        request = msgspec.json.decode(payload, type=form)
    except msgspec.ValidationError as error:
        return Refusal(code=rules.bad_payload, description=f"{action}: {error}")
    return answer(view, request)
