"""Battery swap: batteries that drivers put into the slots of a station and take out of them (2.1 part 2, S01 to S04)."""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp
from schemas.command import StationCommand, about
from schemas.facts import FactReported
from schemas.topic import Topic

SwapStatus = Literal[
    "requested", "accepted", "unconfirmed", "refused", "unused", "inserted", "swapped", "taken", "timed-out"
]
"""`requested`: the station has not answered yet. `accepted`: it waits for the driver. `unconfirmed`: nobody knows, for no answer came.
`refused`: `detail` has its word. `unused`: nobody came within a day. `inserted`: batteries were put in, none were taken yet. `taken`:
batteries were taken, and none put in before. `timed-out`: those that were offered were not taken (S03.FR.06)."""

OPEN: frozenset[SwapStatus] = frozenset({"requested", "accepted", "unconfirmed", "inserted"})
"""Something more is to come."""


class Battery(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A battery in a slot (BatteryDataType). `soc` and `soh`: its state of charge and of health in percent, to 0.01."""

    slot: int
    serial_number: str
    soc: Decimal
    soh: Decimal
    produced_at: Timestamp | None = None
    vendor_info: str = ""


class BatterySwapReported(Record, frozen=True, kw_only=True, tag="battery-swap-reported"):
    """BatterySwap of 2.1: batteries were put in, taken out, or not taken (S03); `event` is its BatterySwapEventEnumType.

    `request_id` joins what belongs to one swap (S02.FR.02, S03.FR.03). `deviations` and `further` are as in TransactionReported.
    """

    id: str
    station: str
    request_id: int
    event: str
    token: str = ""
    token_type: str = ""
    batteries: tuple[Battery, ...] = ()
    deviations: tuple[str, ...] = ()
    further: dict[str, msgspec.Raw] = {}
    received_at: Timestamp


class BatterySwapChanged(Record, frozen=True, kw_only=True, tag="battery-swap-changed"):
    """A swap as a whole, after a change; the newest `revision` stands for all before.

    `swap` is the id of the RequestBatterySwap command, or one of its own where the driver began it at the station. `requested_at` is null
    then. `inserted`, `taken`: the batteries; `left`: those that were offered and not taken in
    time. The message has no time of the station: `in_at`,
    `out_at` and `timed_out_at` are when it came.
    """

    id: str
    swap: str
    station: str
    revision: int
    request_id: int
    token: str
    token_type: str = ""
    status: SwapStatus
    detail: str = ""
    inserted: tuple[Battery, ...] = ()
    taken: tuple[Battery, ...] = ()
    left: tuple[Battery, ...] = ()
    requested_at: Timestamp | None = None
    requested_by: str = ""
    in_at: Timestamp | None = None
    out_at: Timestamp | None = None
    timed_out_at: Timestamp | None = None
    began_at: Timestamp
    changed_at: Timestamp


class BatterySlotChanged(Record, frozen=True, kw_only=True, tag="battery-slot-changed"):
    """A slot of a station and the battery in it, null where it is empty; the newest `revision` stands for all before."""

    id: str
    station: str
    slot: int
    revision: int
    battery: Battery | None = None
    swap: str
    since: Timestamp


class RequestBatterySwap(StationCommand, frozen=True, kw_only=True):
    """Have a station begin a battery swap for a driver, as if the token had been presented there (S02; 2.1 alone).

    Rejected with NoBatteryAvailable: it has not enough charged batteries.
    """

    title: ClassVar[str] = "Swap batteries"

    token: Annotated[
        str, msgspec.Meta(min_length=1, max_length=255), about("Token", example="04A2B3C4D5", picks="token")
    ]
    token_type: Annotated[
        str, msgspec.Meta(min_length=1, max_length=20), about("Type of token", "IdTokenEnumType.", advanced=True)
    ] = "ISO14443"


BATTERIES = Topic(
    name="csms.batteries",
    meaning="Batteries put in and taken out, as stations report them.",
    records=(BatterySwapReported, FactReported),
)
BATTERY_SWAPS = Topic(
    name="csms.battery-swaps",
    meaning="Each battery swap as a whole, after every change.",
    records=(BatterySwapChanged,),
)
BATTERY_SLOTS = Topic(
    name="csms.battery-slots",
    meaning="Each slot of a station with the battery in it, after every change.",
    records=(BatterySlotChanged,),
)

TOPICS = (BATTERIES, BATTERY_SWAPS, BATTERY_SLOTS)
