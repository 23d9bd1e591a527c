"""The OCPP log in ClickHouse. PURE."""

from schemas.frames import FRAMES as FRAMES_TOPIC
from schemas.frames import FrameLogged
from services.metering.feeds import FRAMES
from services.metering.table import MeteringNoun, table

NOUN = MeteringNoun(
    topics={FRAMES: (FRAMES_TOPIC,)},
    tables=(
        table(
            "frames",
            key="station at sequence id",
            columns="station at version epoch sequence direction kind message_id action error text size id"
            " answers command_id transaction_id",
            rows={FrameLogged: {}},
        ),
    ),
)
