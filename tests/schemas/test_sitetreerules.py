"""A tree that cannot be steered by is refused with the member at fault, and all faults at once."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.sitetreerules import DEPTH_MOST, evses_of, tree_faults
from schemas.sitetrees import Limits, LimitWindow, Node, SiteMeter, SiteTree
from tests.examples import examples
from tests.schemas.sites import a_tree, amps, an_evse, an_outlet, nodes


def faults(tree: SiteTree) -> list[str]:
    return [fault.member for fault in tree_faults(tree)]


def with_node(node: Node, **override: Any) -> SiteTree:
    return a_tree(nodes=(*nodes(), node), **override)


def with_outlet(**outlet: Any) -> SiteTree:
    return with_node(an_evse("evse-3", station="DE-BER-0003", **outlet))


def test_a_tree_without_faults_has_none_and_says_which_evses_it_has() -> None:
    assert faults(a_tree()) == []
    assert evses_of(a_tree()) == {("DE-BER-0001", 1): "evse-1", ("DE-BER-0002", 1): "evse-2"}


SUNDAY = LimitWindow(days=("SUNDAY",), start_time="08:00", end_time="12:00", limits=amps("10"))


@pytest.mark.parametrize(
    ("tree", "member"),
    [
        (a_tree(nodes=(Node(node="a", parent="b", kind="panel"), Node(node="b", parent="a", kind="panel"))), "nodes"),
        (with_node(Node(node="other", kind="grid")), "nodes[4].parent"),
        (with_node(Node(node="lost", parent="nowhere", kind="panel")), "nodes[4].parent"),
        (with_node(Node(node="below", parent="evse-1", kind="panel")), "nodes[4].parent"),
        (with_node(Node(node="garage", parent="grid", kind="panel")), "nodes[4].node"),
        (with_node(Node(node="self", parent="self", kind="panel")), "nodes[4].parent"),
        (with_node(Node(node="inner", parent="grid", kind="grid")), "nodes[4].kind"),
        (with_node(Node(node="empty", parent="grid", kind="evse")), "nodes[4].outlet"),
        (with_node(Node(node="both", parent="grid", kind="panel", outlet=an_outlet("X"))), "nodes[4].outlet"),
        (with_node(an_evse("again", station="DE-BER-0001")), "nodes[4].outlet"),
        (with_node(Node(node="t", parent="grid", kind="panel", turns=Decimal(1))), "nodes[4].turns"),
        (with_node(Node(node="t", parent="grid", kind="transformer", turns=Decimal(0))), "nodes[4].turns"),
        (with_node(Node(node="n", parent="grid", kind="panel", limits=amps("-1"))), "nodes[4].limits.amps"),
        (with_node(Node(node="n", parent="grid", kind="panel", reserve=amps("NaN"))), "nodes[4].reserve.amps"),
        (
            with_node(Node(node="n", parent="grid", kind="panel", limits=Limits(amps_by_line={"L2": Decimal(10**6)}))),
            "nodes[4].limits.amps_by_line.L2",
        ),
        (with_node(Node(node="n", parent="grid", kind="panel", windows=(SUNDAY,))), "time_zone"),
        (
            with_node(
                Node(node="n", parent="grid", kind="panel", windows=(replace(SUNDAY, limits=Limits()),)),
                time_zone="UTC",
            ),
            "nodes[4].windows[0].limits",
        ),
        (
            with_node(
                Node(node="n", parent="grid", kind="panel", windows=(replace(SUNDAY, end_time="08:00"),)),
                time_zone="UTC",
            ),
            "nodes[4].windows[0].end_time",
        ),
        (
            with_node(
                Node(node="n", parent="grid", kind="panel", windows=(replace(SUNDAY, days=("SUNDAY", "SUNDAY")),)),
                time_zone="UTC",
            ),
            "nodes[4].windows[0].days",
        ),
        (with_outlet(lines=("L1", "L1")), "nodes[4].outlet.lines"),
        (with_outlet(lines=("L1",), delta=True), "nodes[4].outlet.lines"),
        (with_outlet(lines=(), delta=True), "nodes[4].outlet.lines"),
        (with_outlet(min_a=Decimal(33)), "nodes[4].outlet.min_a"),
        (with_outlet(max_a=Decimal(10**6)), "nodes[4].outlet.max_a"),
        (with_outlet(fallback_a=Decimal(40)), "nodes[4].outlet.fallback_a"),
        (with_outlet(fallback_a=Decimal(3)), "nodes[4].outlet.fallback_a"),
        (with_outlet(step_a=Decimal(0)), "nodes[4].outlet.step_a"),
        (with_outlet(weight=Decimal(0)), "nodes[4].outlet.weight"),
        (a_tree(time_zone="Berlin"), "time_zone"),
        (a_tree(time_zone="../etc/passwd"), "time_zone"),
        (a_tree(voltage=Decimal(12)), "voltage"),
        (a_tree(fallback_share=Decimal("1.5")), "fallback_share"),
        (a_tree(meters=(SiteMeter(meter="m", node="nowhere"),)), "meters[0].node"),
        (a_tree(meters=(SiteMeter(meter="m", node="evse-1"),)), "meters[0].node"),
        (a_tree(meters=(SiteMeter(meter="m", node="grid"), SiteMeter(meter="m", node="grid"))), "meters[1].meter"),
        (
            a_tree(
                meters=(SiteMeter(meter="m", node="grid", station="S"), SiteMeter(meter="n", node="grid", station="S"))
            ),
            "meters[1].station",
        ),
        (a_tree(meters=(SiteMeter(meter="m", node="grid", assumed_a=Decimal(-1)),)), "meters[0].assumed_a"),
    ],
)
def test_each_fault_has_its_member(tree: SiteTree, member: str) -> None:
    assert member in faults(tree)


def test_all_faults_are_told_at_once() -> None:
    tree = a_tree(voltage=Decimal(1), nodes=(*nodes(), Node(node="x", parent="?", kind="evse")), time_zone="nowhere")

    assert faults(tree) == ["voltage", "time_zone", "nodes[4].parent", "nodes[4].outlet"]


def test_a_whole_day_may_be_a_window_and_a_night_ends_on_the_next_day() -> None:
    whole = LimitWindow(limits=amps("10"))
    night = LimitWindow(start_time="22:00", end_time="06:00", limits=amps("10"))

    tree = with_node(Node(node="n", parent="grid", kind="panel", windows=(whole, night)), time_zone="Europe/Berlin")

    assert faults(tree) == []


def test_a_tree_that_is_too_deep_or_too_large_is_refused() -> None:
    chain = tuple(
        Node(node=f"n{at}", parent=f"n{at - 1}" if at else "", kind="panel" if at else "grid")
        for at in range(DEPTH_MOST + 1)
    )
    large = with_node(Node(node="n", parent="grid", kind="panel", windows=(SUNDAY,) * 48), time_zone="UTC")
    crowd = tuple(replace(large.nodes[-1], node=f"n{at}") for at in range(300))

    assert faults(a_tree(nodes=chain, meters=())) == [f"nodes[{DEPTH_MOST}].parent"]
    assert faults(replace(large, nodes=(*nodes(), *crowd))) == ["nodes"]


NAMES = st.sampled_from(["a", "b", "c", "d", "e"])


@settings(max_examples=examples(300), deadline=None)
@given(
    st.lists(
        st.builds(Node, node=NAMES, parent=st.one_of(st.just(""), NAMES), kind=st.sampled_from(["grid", "panel"])),
        min_size=1,
        max_size=7,
    )
)
def test_a_tree_without_faults_leads_from_each_node_to_one_grid_connection(found: list[Node]) -> None:
    """Whatever the nodes are, judging them ends; and where nothing stands against them, each has its way to the top."""
    tree = SiteTree(nodes=tuple(found))
    parents = {node.node: node.parent for node in found}

    if list(tree_faults(tree)):
        return
    tops = set()
    for name in parents:
        top = name
        for _ in found:
            top = parents[top] or top
        tops.add(top)
    assert len(tops) == 1
    assert len(parents) == len(found)


NUMBERS = st.sampled_from(["NaN", "sNaN", "Infinity", "1E-999999", "1E+999999", "-1", "6", "0.1", "0.0000001"]).map(
    Decimal
)
LIMITS = st.builds(Limits, amps=NUMBERS, watts=NUMBERS)


@settings(max_examples=examples(200), deadline=None)
@given(data=st.data())
def test_whatever_the_numbers_are_they_are_judged_and_what_passes_can_be_written_out(data: st.DataObject) -> None:
    """Texts such as NaN are decimals too, and a small exponent is a number of a million digits."""
    numbers = {name: data.draw(NUMBERS) for name in ("min_a", "max_a", "step_a", "weight", "fallback_a")}
    node = replace(an_evse("evse-3", station="DE-BER-0003", **numbers), limits=data.draw(LIMITS))
    transformer = Node(node="t", parent="grid", kind="transformer", turns=data.draw(NUMBERS))
    tree = a_tree(nodes=(*nodes(), node, transformer), voltage=data.draw(NUMBERS), fallback_share=data.draw(NUMBERS))

    found = {fault.member for fault in tree_faults(tree)}

    for member, value in (
        ("nodes[4].outlet.min_a", numbers["min_a"]),
        ("nodes[4].outlet.weight", numbers["weight"]),
        ("nodes[4].limits.watts", node.limits.watts),
        ("nodes[5].turns", transformer.turns),
        ("fallback_share", tree.fallback_share),
    ):
        if member not in found and value is not None:
            assert value.is_finite()
            assert len(f"{value:f}") <= 12
