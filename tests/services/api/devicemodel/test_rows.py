"""A variable as the API gives it: its names, what it may be, and whether it can be written."""

import pytest

from schemas.devicemodel import Attribute, Characteristics, VariableName
from services.api.devicemodel.rows import variable_of
from tests.services.api.builders import a_variable


def test_the_row_is_the_record() -> None:
    row = variable_of(a_variable())

    assert (row.component, row.variable, row.value) == ("OCPPCommCtrlr", "HeartbeatInterval", "300")
    assert (row.data_type, row.unit, row.min_limit, row.max_limit) == ("integer", "s", "1", "")
    assert row.attributes[0].mutability == "ReadWrite"


def test_one_of_whose_form_nothing_is_known_has_empty_characteristics() -> None:
    row = variable_of(a_variable(characteristics=None))

    assert (row.data_type, row.min_limit, row.max_elements, row.supports_monitoring) == ("", "", None, None)


def test_it_stands_under_its_component_and_a_key_of_1_6_under_none() -> None:
    name = VariableName(component="EVSE", evse=2, variable="Power", variable_instance="a.b")
    row = variable_of(a_variable(name.key, name=name))

    assert (row.owner, row.label) == ("EVSE@2", "Power[a.b]")
    assert (variable_of(a_variable("Vendor.Key", name=VariableName(variable="Vendor.Key"))).owner) == ""


@pytest.mark.parametrize(
    ("attribute", "writable"),
    [
        (Attribute(mutability="ReadWrite"), True),
        (Attribute(mutability="WriteOnly"), True),
        (Attribute(), True),
        (Attribute(mutability="ReadOnly"), False),
        (Attribute(mutability="ReadWrite", constant=True), False),
    ],
)
def test_it_can_be_written_unless_the_station_said_that_it_cannot(attribute: Attribute, writable: bool) -> None:
    assert variable_of(a_variable(attributes=(attribute,))).writable == writable


@pytest.mark.parametrize(
    ("kind", "listed", "choices"),
    [
        ("boolean", "", ("true", "false")),
        ("OptionList", "a, b", ("a", "b")),
        ("MemberList", "a,b", ()),
        ("string", "", ()),
    ],
)
def test_a_value_of_a_list_is_chosen(kind: str, listed: str, choices: tuple[str, ...]) -> None:
    may_be = Characteristics(data_type=kind, values_list=listed)

    assert variable_of(a_variable(characteristics=may_be)).choices == choices
