"""Battery swaps, slots and the history of batteries as the API takes and gives them. PURE."""

import datetime as dt
from decimal import Decimal
from typing import Annotated

import msgspec

from schemas.batteries import Battery, BatterySwapChanged, SwapStatus
from services.api.commands.bodies import Asking
from services.api.commands.rows import CommandView


class RequestSwap(Asking, frozen=True, kw_only=True):
    """The driver for whom a station is to begin a swap; and how the command travels."""

    token: Annotated[
        str, msgspec.Meta(min_length=1, max_length=255, description="It must be provisioned.", examples=["04A2B3C4D5"])
    ]
    token_type: Annotated[str, msgspec.Meta(min_length=1, max_length=20, description="IdTokenEnumType.")] = "ISO14443"


class Swap(msgspec.Struct, frozen=True, kw_only=True):
    """A battery swap as it is now. `swap` is its id here, `request_id` the number that joins its messages.

    `inserted`, `taken`: its batteries; `left`: those that were offered and not taken in time. `requested_at` is null where the driver
    began it at the station. `in_at`, `out_at`, `timed_out_at`: when the station said so.
    """

    swap: str
    station: str
    request_id: int
    token: str
    token_type: str
    status: SwapStatus | str
    detail: str
    inserted: tuple[Battery, ...]
    taken: tuple[Battery, ...]
    left: tuple[Battery, ...]
    requested_at: dt.datetime | None
    requested_by: str
    in_at: dt.datetime | None
    out_at: dt.datetime | None
    timed_out_at: dt.datetime | None
    began_at: dt.datetime
    changed_at: dt.datetime


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A slot of a station: the battery in it as the station last told it, null where it is empty. `swap` made it so."""

    station: str
    slot: int
    battery: Battery | None
    swap: str
    since: dt.datetime


class BatteryEvent(msgspec.Struct, frozen=True, kw_only=True):
    """What a station said of one battery: it was put in, taken out, or offered and not taken (BatterySwapEventEnumType)."""

    serial_number: str
    station: str
    slot: int
    event: str
    request_id: int
    token: str
    soc: Decimal
    soh: Decimal
    produced_at: dt.datetime | None
    vendor_info: str
    received_at: dt.datetime


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """The command that asked the station, with its outcome, and the swap; null where it is not known here yet."""

    swap: Swap | None
    command: CommandView


class SwapFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which swaps; None does not filter."""

    station: str | None = None
    status: str | None = None
    token: str | None = None


ALL_SWAPS = SwapFilter()


def swap_of(record: BatterySwapChanged) -> Swap:
    """The record as the API gives it."""
    return Swap(**{name: getattr(record, name) for name in Swap.__struct_fields__})
