"""Display messages as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.displays import DISPLAY_STATES, DisplayMessageChanged
from services.api.displays.rows import Message, MessageFilter, message_of
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="display-message",
    topic=DISPLAY_STATES,
    record=DisplayMessageChanged,
    id="display_message",
    row=message_of,
    many="display_messages",
    one="display_message",
    filter=MessageFilter,
    rules={
        "station": lambda message, station: message.station == station,
        "status": lambda message, status: message.status == status,
    },
    order=Order[Message](place=lambda row: Position(micros(row.requested_at), row.display_message)),
)
