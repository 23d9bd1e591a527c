"""Battery swaps as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.batteries import BATTERY_SWAPS, BatterySwapChanged
from services.api.batteries.rows import Swap, SwapFilter, swap_of
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="battery-swap",
    topic=BATTERY_SWAPS,
    record=BatterySwapChanged,
    id="swap",
    row=swap_of,
    many="battery_swaps",
    one="battery_swap",
    filter=SwapFilter,
    rules={
        "station": lambda one, station: one.station == station,
        "status": lambda one, status: one.status == status,
        "token": lambda one, token: one.token.casefold() == token.casefold(),
    },
    order=Order[Swap](place=lambda row: Position(micros(row.began_at), row.swap)),
)
