"""Display messages in ClickHouse: what each is now. PURE."""

import msgspec

from schemas.displays import DISPLAY_STATES, DISPLAYS, DisplayMessageChanged
from services.metering.cells import EPOCH, LATEST, MICROSECOND, places, us, whole
from services.metering.feeds import FACTS, STATES
from services.metering.table import MeteringNoun, table

_NEVER = LATEST - MICROSECOND
"""Who sets a message may name any time; later ones than the column holds are its last."""

NOUN = MeteringNoun(
    topics={FACTS: (DISPLAYS,), STATES: (DISPLAY_STATES,)},
    tables=(
        table(
            "display_messages",
            key="station display_message",
            columns="station display_message message_id text format language priority state starts_at ends_at transaction_id"
            " display evse translations status detail requested_at requested_by ended_at revision id changed_at",
            rows={
                DisplayMessageChanged: {
                    "message_id": lambda r: whole(r.content.message_id, "message_id"),
                    "text": lambda r: r.content.text,
                    "format": lambda r: r.content.format,
                    "language": lambda r: r.content.language,
                    "priority": lambda r: r.content.priority,
                    "state": lambda r: r.content.state,
                    "starts_at": lambda r: (
                        None if r.content.starts_at is None else us(min(max(r.content.starts_at, EPOCH), _NEVER))
                    ),
                    "ends_at": lambda r: (
                        None if r.content.ends_at is None else us(min(max(r.content.ends_at, EPOCH), _NEVER))
                    ),
                    "transaction_id": lambda r: r.content.transaction_id,
                    "display": lambda r: r.content.display,
                    "evse": lambda r: places([r.content.evse])[0],
                    "translations": lambda r: msgspec.json.encode(r.content.translations).decode(),
                }
            },
        ),
    ),
)
