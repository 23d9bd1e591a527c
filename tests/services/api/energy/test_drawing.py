"""A drawn tree says of each node what flows, what may, and what is free; what is not known is no zero."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from schemas.sitetrees import Limits, LimitWindow, Node
from services.api.energy.drawing import Bar, bars_of, drawn, limited
from services.api.energy.loadrows import load_of
from tests.schemas.sites import a_tree, amps, an_evse
from tests.services.api.energy.sites import a_load, a_node_load


def a_bar(load: float | None = None, limit: float | None = None, told: float | None = None) -> Bar:
    return Bar(label="L1", unit="A", load=load, told=told, limit=limit)


@pytest.mark.parametrize(
    ("bar", "tone", "said"),
    [
        (a_bar(40.0, 63.0), "good", "40 A of 63 A, 23 free"),
        (a_bar(60.0, 63.0), "warn", "60 A of 63 A, 3 free"),
        (a_bar(70.5, 63.0), "bad", "70.5 A of 63 A, 7.5 too much"),
        (a_bar(70.5), "busy", "70.5 A"),
        (a_bar(None, 63.0), "busy", "not known, limit 63 A"),
        (a_bar(-5.0, 63.0), "good", "-5 A of 63 A, 68 free"),
    ],
)
def test_a_bar_says_what_is_free_and_how_near_the_limit_is(bar: Bar, tone: str, said: str) -> None:
    assert (bar.tone, bar.said) == (tone, said)


def test_a_bar_ends_at_its_limit_or_at_what_is_beyond() -> None:
    within, beyond, given = a_bar(21.0, 63.0, 42.0), a_bar(84.0, 63.0), a_bar(-5.0, 63.0)

    assert (within.load_width, within.told_width, within.limit_at) == (33.3, 66.7, 100.0)
    assert (beyond.load_width, beyond.limit_at) == (100.0, 75.0)
    assert given.load_width == 0
    assert a_bar().load_width == 0


def test_lines_and_power_of_which_something_is_known_have_bars() -> None:
    node = a_node_load(load_a={"L1": Decimal(3)}, told_a={}, limit_a={"L2": Decimal(9)}, limit_w=Decimal(22_000))

    assert [(bar.label, bar.load, bar.limit) for bar in bars_of(node)] == [
        ("L1", 3.0, None),
        ("L2", None, 9.0),
        ("Power", None, 22.0),
    ]
    assert bars_of(None) == ()


def test_the_tree_is_drawn_from_the_grid_connection_on() -> None:
    top = drawn(a_tree(), load_of(a_load()))
    (garage,) = top.children
    first, second = garage.children

    assert (top.node.node, garage.node.node) == ("grid", "garage")
    assert len(garage.bars) == 3
    assert first.evse is not None
    assert (first.bars[0].load, first.bars[0].told, first.bars[0].limit) == (15.5, 16.0, 32.0)
    assert (second.evse, second.bars) == (None, ())


def test_a_tree_of_which_nothing_is_known_has_no_bars() -> None:
    assert drawn(a_tree(), None).bars == ()


def test_the_limits_of_a_node_are_told_in_words() -> None:
    limits = Limits(amps=Decimal(63), amps_by_line={"L2": Decimal(50)}, watts=Decimal(40_000))
    node = Node(node="n", kind="grid", limits=limits, reserve=amps("5"), windows=(LimitWindow(limits=amps("9")),))

    assert limited(node) == "63 A, L2 50 A, 40 kW, 5 A kept free, other limits at times"
    assert limited(replace(an_evse(), limits=amps("20"))) == "20 A, 6 to 32 A"
