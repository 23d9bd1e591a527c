"""Local lists as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.locallists import LOCAL_LIST_STATES, LocalListChanged
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.locallists.rows import LocalList, LocalListFilter, local_list_of
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="local-list",
    topic=LOCAL_LIST_STATES,
    record=LocalListChanged,
    id="station",
    row=local_list_of,
    many="local_lists",
    one="local_list",
    filter=LocalListFilter,
    rules={
        "station": lambda one, station: one.station == station,
        "status": lambda one, status: one.status == status,
    },
    order=Order[LocalList](place=lambda row: Position(micros(row.changed_at), row.station)),
)
