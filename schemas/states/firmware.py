"""State of `firmware` for a station: its update, and past updates."""

import msgspec

from schemas.base import Timestamp
from schemas.firmware import Firmware, UpdatePolicy, UpdateState


class StationUpdate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The current update of a station.

    `attempts_until`: the last attempt of this round. `faulted_before`: connectors faulted when the command was sent. `wake_at`: when
    the state times out (back-off, silence, observation). `listens_until`: the service was away at that moment, and reads its backlog
    until then before it decides. `well_since`: since when the observed station has been online without new faults; None while it is
    not. `failure`: how the last attempt failed.
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
    """What is kept of an ended update: enough to recognise its orders and to continue its revisions."""

    campaign: str
    revision: int
    attempt: int = 0
    faulted_before: int = 0


class StationFirmware(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The state of `services/firmware` for one station: its connection, version and sessions, its update, and past ones."""

    station: str
    connected: bool = False
    version: str = ""
    booted_at: Timestamp | None = None
    faulted: int = 0
    known_at: Timestamp | None = None
    sessions: tuple[str, ...] = ()
    update: StationUpdate | None = None
    past: tuple[PastUpdate, ...] = ()
