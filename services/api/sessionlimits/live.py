"""Session limits as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.authorization import token_key
from schemas.sessionlimits import SESSION_LIMITS, SessionLimitChanged
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.sessionlimits.rows import SessionLimit, SessionLimitFilter, session_limit_of
from services.api.web.paging import Position, micros

LIVE = LiveNoun(
    kind="session-limit",
    topic=SESSION_LIMITS,
    record=SessionLimitChanged,
    id="session",
    row=session_limit_of,
    many="session_limits",
    one="session_limit",
    filter=SessionLimitFilter,
    rules={
        "station": lambda limit, station: limit.station == station,
        "token": lambda limit, token: limit.token == token_key(token),
        "status": lambda limit, status: limit.status == status,
    },
    order=Order[SessionLimit](place=lambda row: Position(micros(row.changed_at), row.session)),
)
