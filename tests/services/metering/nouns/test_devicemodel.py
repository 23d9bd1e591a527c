"""The device model in ClickHouse: what a variable may be stands in columns, and what no column can hold costs no row."""

from decimal import Decimal

import msgspec

from schemas.devicemodel import Characteristics, VariableChanged
from schemas.examples import example
from services.metering.core import columns_of
from services.metering.declared import COLUMNS

CHANGE = example(VariableChanged)


def row(record: VariableChanged) -> dict[str, object]:
    (told,) = [columns for columns in columns_of(VariableChanged, [record]) if columns.table == "variables"]
    return {name: values[0] for name, values in zip(COLUMNS["variables"], told.columns, strict=True)}


def test_what_a_variable_may_be_stands_in_columns_of_its_own() -> None:
    may_be = Characteristics(
        data_type="decimal", unit="A", min_limit=Decimal("-1.5"), values_list="a,b", max_elements=3
    )

    told = row(msgspec.structs.replace(CHANGE, characteristics=may_be))

    assert (told["data_type"], told["unit"], told["min_limit"], told["max_limit"]) == ("decimal", "A", "-1.5", "")
    assert (told["values_list"], told["max_elements"]) == ("a,b", 3)
    assert (told["component"], told["value"]) == (CHANGE.name.component, CHANGE.value)


def test_a_variable_without_characteristics_has_empty_ones() -> None:
    told = row(msgspec.structs.replace(CHANGE, characteristics=None))

    assert (told["data_type"], told["max_limit"], told["max_elements"], told["supports_monitoring"]) == (
        "",
        "",
        None,
        None,
    )


def test_a_place_or_a_count_that_no_column_can_hold_is_none() -> None:
    name = msgspec.structs.replace(CHANGE.name, evse=-1, connector=70_000)
    may_be = Characteristics(max_elements=2**70, max_limit=Decimal("1e300"))

    told = row(msgspec.structs.replace(CHANGE, name=name, characteristics=may_be))

    assert (told["evse"], told["connector"], told["max_elements"]) == (None, None, None)
    assert told["max_limit"] == "1E+300"
