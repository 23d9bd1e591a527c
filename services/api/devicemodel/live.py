"""Variables as they change: their events, and their reads as new as Kafka. PURE."""

from schemas.devicemodel import VARIABLES, VariableChanged
from services.api.devicemodel.rows import Variable, VariableFilter, variable_of
from services.api.live.declaring import LiveNoun
from services.api.live.merging import Order
from services.api.web.paging import Position


def _searched(record: VariableChanged, part: str) -> bool:
    return part.lower() in f"{record.key} {record.value or ''}".lower()


LIVE = LiveNoun(
    kind="variable",
    topic=VARIABLES,
    record=VariableChanged,
    id="variable_id",
    row=variable_of,
    many="variables",
    one="variable",
    filter=VariableFilter,
    rules={
        "station": lambda record, station: record.station == station,
        "component": lambda record, name: record.name.component.lower() == name.lower(),
        "variable": lambda record, name: record.name.variable.lower() == name.lower(),
        "search": _searched,
        "removed": lambda record, removed: record.removed == removed,
    },
    order=Order[Variable](place=lambda row: Position(0, row.variable_id), descending=False),
)
