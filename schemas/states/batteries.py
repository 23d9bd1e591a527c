"""What `batteries` remembers of a station: its swaps of the last days, and its slots."""

import msgspec

from schemas.base import Timestamp
from schemas.batteries import Battery, SwapStatus


class Happening(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One message of a swap."""

    event: str
    batteries: tuple[Battery, ...] = ()
    at: Timestamp


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of the command that asked for a swap."""

    outcome: str
    detail: str = ""
    sent: bool | None = None
    at: Timestamp


class Swap(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A swap: by a command (`requested_at`), or begun at the station. `happenings` in the order in which they came."""

    id: str
    request_id: int
    token: str
    token_type: str = ""
    requested_at: Timestamp | None = None
    requested_by: str = ""
    answer: Answered | None = None
    happenings: tuple[Happening, ...] = ()
    began_at: Timestamp
    unused: bool = False


class Slot(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A slot, the battery in it, and since when."""

    slot: int
    revision: int
    battery: Battery | None = None
    swap: str
    at: Timestamp


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was last published of a swap: its status, and of how many messages."""

    id: str
    revision: int
    status: SwapStatus
    detail: str = ""
    happenings: int = 0


class StationBatteries(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `batteries` remembers of one station."""

    station: str
    swaps: tuple[Swap, ...] = ()
    slots: tuple[Slot, ...] = ()
    said: tuple[Said, ...] = ()
