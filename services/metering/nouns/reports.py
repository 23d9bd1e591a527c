"""Reports in ClickHouse: how far each is, and every part of it as it came. PURE."""

import msgspec

from schemas.reports import REPORT_STATES, ReportChanged, ReportPart
from schemas.topics import PARTED
from services.metering.cells import whole
from services.metering.feeds import STATES
from services.metering.table import MeteringNoun, table

PARTS: tuple[type[ReportPart], ...] = tuple(
    kind for topic in PARTED for kind in topic.records if issubclass(kind, ReportPart)
)
OF_EVERY_PART = frozenset(ReportPart.__struct_fields__)


def content_of(part: ReportPart) -> str:
    """What the part carries, as JSON: the members that are its own."""
    own = {name: getattr(part, name) for name in part.__struct_fields__ if name not in OF_EVERY_PART}
    return msgspec.json.encode(own).decode()


NOUN = MeteringNoun(
    topics={STATES: (REPORT_STATES,)},
    tables=(
        table(
            "reports",
            key="station report",
            columns="station report message request_id status detail parts items missing requested_at requested_by first_at last_at"
            " revision id changed_at",
            rows={ReportChanged: {"missing": lambda report: [whole(number, "missing") for number in report.missing]}},
        ),
        table(
            "report_parts",
            key="station message request_id received_at id",
            columns="station message request_id seq_no last items content generated_at received_at id",
            rows={
                kind: {
                    "message": lambda part: type(part).message,
                    "items": lambda part: part.size,
                    "content": content_of,
                }
                for kind in PARTS
            },
        ),
    ),
)
