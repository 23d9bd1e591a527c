"""The device model in ClickHouse: what each variable is now, what each was, and the reports that told it. PURE."""

from typing import Any

from schemas.devicemodel import DEVICEMODEL, VARIABLES, VariableChanged, VariablesReported
from services.metering.cells import Cell, json
from services.metering.feeds import FACTS, STATES
from services.metering.table import MeteringNoun, table

_COLUMNS = (
    "station variable_id key component component_instance evse connector variable variable_instance value attributes"
    " data_type unit min_limit max_limit max_elements values_list supports_monitoring source removed revision id changed_at"
)


def _trait(member: str) -> Any:
    """What the characteristics say, as text; empty where there are none."""

    def cell(record: VariableChanged) -> str:
        value = getattr(record.characteristics, member, None)
        return "" if value is None else str(value)

    return cell


_CELLS: dict[str, Cell] = {
    "value": lambda r: r.value,
    "component": lambda r: r.name.component,
    "component_instance": lambda r: r.name.component_instance,
    "evse": lambda r: place(r.name.evse),
    "connector": lambda r: place(r.name.connector),
    "variable": lambda r: r.name.variable,
    "variable_instance": lambda r: r.name.variable_instance,
    "attributes": lambda r: json(r.attributes),
    "data_type": _trait("data_type"),
    "unit": _trait("unit"),
    "min_limit": _trait("min_limit"),
    "max_limit": _trait("max_limit"),
    "max_elements": lambda r: None if r.characteristics is None else _count(r.characteristics.max_elements),
    "values_list": _trait("values_list"),
    "supports_monitoring": lambda r: None if r.characteristics is None else r.characteristics.supports_monitoring,
}


def place(number: int | None) -> int | None:
    """An EVSE or a connector; a number that none can have tells no place, and is in the key."""
    return number if number is not None and 0 <= number < 2**16 else None


def _count(number: int | None) -> int | None:
    return number if number is not None and abs(number) < 2**63 else None


NOUN = MeteringNoun(
    topics={FACTS: (DEVICEMODEL,), STATES: (VARIABLES,)},
    tables=(
        table("variables", key="station variable_id", columns=_COLUMNS, rows={VariableChanged: _CELLS}),
        table("variable_history", key="station variable_id revision", columns=_COLUMNS, rows={VariableChanged: _CELLS}),
        table(
            "variable_reports",
            key="station received_at id",
            columns="station request_id seq_no last generated_at variables received_at id",
            rows={VariablesReported: {"variables": lambda r: json(r.variables)}},
        ),
    ),
)
