"""Security operations: a new password, a higher security profile, a move to another CSMS: each of several steps at one station.

2.x part 2, A01, A05, B10; 1.6 security whitepaper, A01, A05. An operator orders them at one station or, as a batch, at thousands; the
service `securityoperations` takes the steps one after the other and `securitybatches` opens the waves of a batch.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import OcppVersion, Record, Timestamp
from schemas.command import Fault
from schemas.configuration import Setting
from schemas.networkprofiles import SetNetworkProfile
from schemas.operators import DEPLOYMENT
from schemas.topic import Topic

Kind = Literal["rotate-password", "upgrade-profile", "move-station"]
KINDS: tuple[Kind, ...] = ("rotate-password", "upgrade-profile", "move-station")

OperationStatus = Literal[
    "waiting", "running", "done", "rejected", "fell-back", "missing", "unconfirmed", "failed", "cancelled"
]
"""Status of an operation. `waiting`: it has not begun, `why` names what is waited for. `rejected`: the station, or a check before,
refused it and nothing has changed. `fell-back`: the station came back as it was before. `missing`: it did not come back in time.
`unconfirmed`: it gave no answer to a new password and has not connected since; the old and the new one are both accepted until it uses
one."""

ENDED: frozenset[str] = frozenset({"done", "rejected", "fell-back", "missing", "unconfirmed", "failed", "cancelled"})
"""The statuses of operations that have come to their end."""

StepName = Literal[
    "password",
    "inoperative",
    "read",
    "network",
    "priority",
    "profile",
    "address",
    "reset",
    "use",
    "back",
    "away",
    "restore",
    "operative",
]
"""The steps.

`password`: it gets a new one. `inoperative`, `operative`: nobody can start to charge; everybody can again. `read`: it is asked which
network profile it uses. `network`: a network profile is stored. `priority`: that one comes first. `profile`: the security profile is set
(1.6). `address`: the address of the CSMS is set (1.6). `reset`: it restarts once nobody charges. `use`: it connects with one of the two
passwords. `back`: it comes back with the higher profile. `away`: it stays away. `restore`: the old network profile comes first again.
"""

REVERSIBLE: frozenset[str] = frozenset({"inoperative", "operative", "read", "network"})
"""Steps after which an operation can still be cancelled: the station goes on as it was."""

DETAIL_KEPT = 300
"""Characters of a station's word that a step keeps."""


class RotatePassword(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="rotate-password"):
    """Give the station a new password (A01). `reset`: restart it, once nobody charges, if it uses the password only after that."""

    kind: ClassVar[Kind] = "rotate-password"

    reset: bool = True


class UpgradeProfile(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="upgrade-profile"):
    """Have the station connect with a higher security profile (A05). `network`: the profile for its slot (2.x); 1.6 needs none.

    `unchecked`: begin even where the certificates that the profile needs are not known to be at the station.
    """

    kind: ClassVar[Kind] = "upgrade-profile"

    security_profile: Annotated[int, msgspec.Meta(ge=1, le=3)]
    network: SetNetworkProfile | None = None
    unchecked: bool = False

    def faults(self) -> Iterable[Fault]:
        """The network profile has the security profile that is wanted."""
        if self.network is not None and self.network.security_profile != self.security_profile:
            yield Fault("network.security_profile", f"must be {self.security_profile}, as the operation's")


class MoveStation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag="move-station"):
    """Have the station connect to another CSMS (B10). `network`: how it reaches that; its passwords and keys are sealed.

    `url_key`: the vendor's configuration key for the address of the CSMS (1.6, which has none of its own). `inoperative`: nobody can start
    to charge from the beginning of the operation on (B10.FR.05).
    """

    kind: ClassVar[Kind] = "move-station"

    network: SetNetworkProfile
    url_key: Annotated[str, msgspec.Meta(max_length=50)] = ""
    inoperative: bool = True


Operation = RotatePassword | UpgradeProfile | MoveStation

# -- what a version does -----------------------------------------------------------------------------------------------

_OVER_THE_SLOT: tuple[StepName, ...] = ("read", "network", "priority", "reset")
_PLANS_2X: Mapping[Kind, tuple[StepName, ...]] = {
    "rotate-password": ("password",),
    "upgrade-profile": (*_OVER_THE_SLOT, "back"),
    "move-station": ("inoperative", *_OVER_THE_SLOT, "away"),
}
PLANS: Mapping[OcppVersion, Mapping[Kind, tuple[StepName, ...]]] = {
    "1.6": {
        "rotate-password": ("password",),
        "upgrade-profile": ("profile", "back"),
        "move-station": ("inoperative", "address", "reset", "away"),
    },
    "2.0.1": _PLANS_2X,
    "2.1": _PLANS_2X,
}
"""The steps of each operation, by version."""

PASSWORD_SETTING: Mapping[OcppVersion, Setting] = {
    "1.6": Setting(key="AuthorizationKey", value=""),
    "2.0.1": Setting(component="SecurityCtrlr", variable="BasicAuthPassword", value=""),
    "2.1": Setting(component="SecurityCtrlr", variable="BasicAuthPassword", value=""),
}
"""The setting that has the password, without a value."""

HEXADECIMAL: frozenset[OcppVersion] = frozenset({"1.6"})
"""Versions whose password setting is the hexadecimal form of 20 bytes at most."""

PROFILE_KEY = "SecurityProfile"
"""The configuration key of the security profile (1.6 security, 7.6)."""

NETWORK_PRIORITY = Setting(component="OCPPCommCtrlr", variable="NetworkConfigurationPriority", value="")
"""The slots that a station tries, in their order (2.x)."""

# -- orders, on csms.security-operation-orders --------------------------------------------------------------------------


class SecurityOperationOrdered(Record, frozen=True, kw_only=True, tag="security-operation-ordered"):
    """An operator ordered an operation at a station; `id` becomes the id of the operation.

    `seed`: 32 random bytes in hexadecimal, of which and of the deployment's secrets key the new password is made. `back_within_s`: how long
    the station may stay away at the restart. Nothing is begun after `expires_at`. `batch`, `number` and `wave`, counted from 0, of an
    operation that belongs to a batch; it begins within `spread_s` after its wave has. `scheduled`: it follows from the age of the password.
    """

    id: str
    station: str
    operation: Operation
    seed: Annotated[str, msgspec.Meta(max_length=64)] = ""
    back_within_s: Annotated[int, msgspec.Meta(ge=1, le=86_400)] = 900
    expires_at: Timestamp
    batch: str = ""
    number: int = 0
    wave: int = 0
    spread_s: int = 0
    scheduled: bool = False
    ordered_at: Timestamp
    ordered_by: str = ""


class SecurityOperationCancelled(Record, frozen=True, kw_only=True, tag="security-operation-cancelled"):
    """An operator cancels an operation: it has no effect once the station was told something that it acts on by itself."""

    id: str
    station: str
    operation: str
    requested_at: Timestamp
    requested_by: str = ""


# -- published by the service, on csms.security-operations --------------------------------------------------------------


class OperationStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A step of an operation. `status`: pending, sent, waiting, or how it ended: done, rejected, unanswered, failed.

    `command_id` is that of its latest attempt, empty where it is none of a command; `detail` has the station's word.
    """

    step: StepName
    status: Literal["pending", "sent", "waiting", "done", "rejected", "unanswered", "failed"] = "pending"
    command_id: str = ""
    attempts: int = 0
    detail: str = ""
    reboot_required: bool = False
    at: Timestamp | None = None


class SecurityOperationChanged(Record, frozen=True, kw_only=True, tag="security-operation-changed"):
    """An operation at a station as a whole, after a change; the newest `revision` replaces all before.

    `security_profile` is the one that is wanted, `profile_before` that of the connection when it began; `url` and `slot` are those of the
    network profile. `scheduled`: it follows from the age of the password.
    """

    id: str
    operation: str
    station: str
    revision: int
    kind: Kind
    status: OperationStatus
    why: str = ""
    steps: tuple[OperationStep, ...] = ()
    security_profile: int | None = None
    profile_before: int | None = None
    url: str = ""
    slot: int | None = None
    batch: str = ""
    wave: int = 0
    scheduled: bool = False
    requested_at: Timestamp
    requested_by: str = ""
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    changed_at: Timestamp


SECURITY_OPERATION_ORDERS = Topic(
    name="csms.security-operation-orders",
    meaning="Security operations at stations that operators order, and those that they cancel.",
    records=(SecurityOperationOrdered, SecurityOperationCancelled),
)
SECURITY_OPERATIONS = Topic(
    name="csms.security-operations",
    meaning="Each security operation at a station as a whole, after every change.",
    records=(SecurityOperationChanged,),
)

# -- batches: orders on csms.security-batch-orders, keyed by batch ------------------------------------------------------

BATCH_MOST = 10_000
"""Stations of one batch: its state has a letter for each."""

BatchStatus = Literal["running", "paused", "halted", "cancelled", "finished"]
"""`halted`: stopped by itself, for more failures than are allowed. `cancelled`: what has not begun does not begin any more."""

FAILED: frozenset[str] = frozenset({"rejected", "fell-back", "missing", "unconfirmed", "failed"})
"""How operations end that count as failures of their batch."""


class SecurityBatchOrdered(Record, frozen=True, kw_only=True, tag="security-batch-ordered"):
    """An operation is to be done at `stations` stations, in waves that end before these numbers (`wave_ends`).

    The next wave begins once every operation of the one before has ended, or `wave_within_s` after that has begun. More than
    `max_failures` failures halt the batch; None: no limit.
    """

    id: str
    key: str
    title: str = ""
    operation: Operation
    stations: Annotated[int, msgspec.Meta(ge=1, le=BATCH_MOST)]
    wave_ends: Annotated[tuple[int, ...], msgspec.Meta(min_length=1, max_length=200)]
    wave_within_s: Annotated[int, msgspec.Meta(ge=1, le=2_592_000)]
    max_failures: Annotated[int, msgspec.Meta(ge=0)] | None = None
    spread_s: int = 0
    expires_at: Timestamp
    requested_at: Timestamp
    requested_by: str = ""
    tenant: str = DEPLOYMENT


class SecurityBatchSteered(Record, frozen=True, kw_only=True, tag="security-batch-steered"):
    """An operator intervenes. `resume` also goes on with a halted batch, whose failures so far count no more."""

    id: str
    key: str
    action: Literal["pause", "resume", "cancel"]
    requested_at: Timestamp
    requested_by: str = ""
    tenant: str = DEPLOYMENT


class SecurityOperationEnded(Record, frozen=True, kw_only=True, tag="security-operation-ended"):
    """The operation of a station of the batch has come to its end."""

    id: str
    key: str
    operation: str
    station: str
    number: int
    status: OperationStatus
    at: Timestamp


# -- published by the service, on csms.security-batches (compacted) -----------------------------------------------------


class BatchWave(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A wave: the numbers of its stations (`first` to before `end`), since when it may begin, how many have ended and failed."""

    first: int
    end: int
    opened_at: Timestamp | None = None
    ended: int = 0
    failed: int = 0


class SecurityBatchChanged(Record, frozen=True, kw_only=True, tag="security-batch-changed"):
    """A batch as a whole, after a change; the newest `revision` replaces all before. `counts`: operations that ended, by status."""

    id: str
    batch: str
    revision: int
    title: str = ""
    kind: Kind
    security_profile: int | None = None
    status: BatchStatus
    reason: str = ""
    stations: int
    waves: tuple[BatchWave, ...]
    counts: dict[str, int] = {}
    max_failures: int | None = None
    wave_within_s: int = 0
    spread_s: int = 0
    expires_at: Timestamp
    requested_at: Timestamp
    requested_by: str = ""
    ended_at: Timestamp | None = None
    changed_at: Timestamp
    tenant: str = DEPLOYMENT


SECURITY_BATCH_ORDERS = Topic(
    name="csms.security-batch-orders",
    meaning="Batches of security operations that operators order and steer, and which operations of them have ended.",
    records=(SecurityBatchOrdered, SecurityBatchSteered, SecurityOperationEnded),
    key="key",
)
SECURITY_BATCHES = Topic(
    name="csms.security-batches",
    meaning="Each batch of security operations as a whole, after every change.",
    records=(SecurityBatchChanged,),
    key="batch",
    retention_s=None,
)

TOPICS = (SECURITY_OPERATION_ORDERS, SECURITY_OPERATIONS, SECURITY_BATCH_ORDERS, SECURITY_BATCHES)
