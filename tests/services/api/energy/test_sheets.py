"""A tree that goes out as a sheet comes back as it was, and what cannot be read is named row by row."""

from decimal import Decimal
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.localtimes import DayOfWeek
from schemas.sitetrees import LINES, Limits, LimitWindow, Node, Outlet
from services.api.energy.sheets import COLUMNS, csv_of, nodes_of
from services.api.web.importing import rows_of
from tests.examples import examples
from tests.schemas.sites import nodes

NUMBERS = st.decimals(min_value=0, max_value=100_000, places=2, allow_nan=False)
LIMITS = st.builds(
    Limits,
    amps=st.none() | NUMBERS,
    amps_by_line=st.dictionaries(st.sampled_from(LINES), NUMBERS),
    watts=st.none() | NUMBERS,
)
TIMES = st.builds("{:02d}:{:02d}".format, st.integers(0, 23), st.integers(0, 59))
WINDOWS = st.builds(
    LimitWindow,
    days=st.lists(st.sampled_from(get_args(DayOfWeek)), unique=True).map(tuple),
    start_time=TIMES,
    end_time=TIMES,
    limits=LIMITS.filter(lambda limits: limits != Limits()),
)
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=20).filter(
    lambda text: not text.startswith("'")
)
OUTLETS = st.builds(
    Outlet,
    station=TEXT,
    evse=st.integers(1, 1_000),
    lines=st.lists(st.sampled_from(LINES), unique=True).map(tuple),
    delta=st.booleans(),
    dc=st.booleans(),
    min_a=NUMBERS,
    max_a=NUMBERS,
    step_a=NUMBERS,
    priority=st.integers(0, 9),
    weight=NUMBERS,
    fallback_a=st.none() | NUMBERS,
)
NODES = st.builds(
    Node,
    node=st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,20}", fullmatch=True),
    parent=st.just("") | st.from_regex(r"[A-Za-z0-9]{1,9}", fullmatch=True),
    kind=st.sampled_from(["grid", "transformer", "panel", "circuit", "evse"]),
    label=st.just("") | TEXT,
    limits=LIMITS,
    windows=st.lists(WINDOWS, max_size=3).map(tuple),
    reserve=LIMITS,
    turns=st.none() | NUMBERS,
    outlet=st.none() | OUTLETS,
)


def read(text: str) -> list[dict[str, str]]:
    return [row.members for row in rows_of(text.encode(), "text/csv", COLUMNS)]


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(NODES, min_size=1, max_size=5))
def test_whatever_a_node_says_comes_back(found: list[Node]) -> None:
    sheet = nodes_of(read(csv_of(found)))

    assert sheet.faults == ()
    assert sheet.nodes == tuple(found)


def test_a_formula_is_no_formula_in_a_spreadsheet() -> None:
    text = csv_of([Node(node="n", kind="grid", label="=1+1")])

    assert ",'=1+1," in text
    assert nodes_of(read(text)).nodes[0].label == "=1+1"


def test_numbers_with_a_comma_are_numbers() -> None:
    text = "node;parent;kind;amps;windows\ngrid;;grid;62,5;MON 08:00-10:00 40,5A\n"

    (node,) = nodes_of(read(text)).nodes

    assert node.limits.amps == Decimal("62.5")
    assert node.windows[0].limits.amps == Decimal("40.5")


@pytest.mark.parametrize(
    ("column", "cell", "member"),
    [
        ("amps", "many", "limits.amps"),
        ("kind", "shed", "kind"),
        ("node", "a b", "node"),
        ("windows", "sometimes", "windows"),
        ("windows", "XYZ 08:00-10:00 5A", "windows"),
        ("windows", "08:00-10:00 5V", "windows"),
        ("windows", "08:00-10:00 L1=5W", "windows"),
        ("evse", "first", "outlet.evse"),
        ("lines", "L9", "outlet.lines[0]"),
        ("delta", "perhaps", "outlet.delta"),
        ("turns", "x", "turns"),
    ],
)
def test_what_cannot_be_read_is_named_in_every_row(column: str, cell: str, member: str) -> None:
    rows = read(csv_of(nodes()))
    rows[2][column] = rows[3][column] = cell

    sheet = nodes_of(rows)

    assert [fault.member for fault in sheet.faults] == [f"nodes[2].{member}", f"nodes[3].{member}"]
    assert len(sheet.nodes) == 2
