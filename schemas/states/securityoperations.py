"""What `securityoperations` remembers of a station: how it is connected, the operation under way, and those that wait for their turn."""

from typing import Literal

import msgspec

from schemas.base import OcppVersion, Timestamp
from schemas.securityoperations import OperationStep, SecurityBatchChanged, SecurityOperationOrdered


class QueuedOperation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An operation that waits for its turn. `revision` is that of the record that was published last; `why` what that waits for."""

    order: SecurityOperationOrdered
    revision: int = 0
    why: str = ""


class RunningOperation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The operation under way. `place` is that of its current step; `tries` counts attempts of that which got no answer.

    `until`: when the step is given up, or looked at again; `command_id`: the command whose outcome it waits for. `new_credential` and
    `old_credential` identify passwords (`credential_id`), `old_priority` are the slots before. `epoch` and `told_at`: the connection on
    which, and when, the station was last told something. `phase`: what a station that is waited for does. `ending`: how the operation ends
    once the steps that put things back are done, and why.
    """

    queued: QueuedOperation
    steps: tuple[OperationStep, ...]
    place: int = 0
    tries: int = 0
    command_id: str = ""
    until: Timestamp | None = None
    new_credential: str = ""
    old_credential: str = ""
    profile_before: int | None = None
    epoch: int = 0
    told_at: Timestamp | None = None
    old_priority: str = ""
    phase: Literal["", "staying", "gone", "returned"] = ""
    ending: tuple[str, str] | None = None
    started_at: Timestamp


class StationSecurity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `securityoperations` remembers of one station.

    `seen_at` is the time of the latest snapshot that changed this state; older ones are ignored. `able`: it is connected and Accepted.
    `security_profile`, `credential` and `credential_since` are those of its latest snapshot, `reported_profile` what its variables say.
    `priority`: the slots of network profiles in their order; `roots` and `leaves`: ids of certificates of the CSMS and of its own that are
    there. `sent` counts the commands, whose ids follow from it. `known`: the latest orders, by which repeats are recognised.
    `aged_at`: when a password was last rotated for its age.
    """

    station: str
    able: bool = False
    connected: bool = False
    provisioned: bool = False
    epoch: int = 0
    version: OcppVersion | None = None
    booted_at: Timestamp | None = None
    seen_at: Timestamp | None = None
    security_profile: int | None = None
    credential: str = ""
    credential_since: Timestamp | None = None
    reported_profile: int | None = None
    priority: str | None = None
    roots: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    queue: tuple[QueuedOperation, ...] = ()
    running: RunningOperation | None = None
    not_before: Timestamp | None = None
    sent: int = 0
    known: tuple[str, ...] = ()
    aged_at: Timestamp | None = None


class SecurityBatchState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `securitybatches` remembers of one batch: the batch as it was published last, and which operations of it have ended.

    `ended` has a letter for each station of the batch: a dot until its operation has ended, then the first of the status, `f` for all that
    count as failures. `forgiven`: failures before an operator resumed it. `steered`: the latest interventions.
    """

    key: str
    batch: SecurityBatchChanged | None = None
    ended: str = ""
    forgiven: int = 0
    steered: tuple[str, ...] = ()
