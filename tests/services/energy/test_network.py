"""The compiled tree: loads of rows, limits by time, and what unmanaged meters leave."""

from datetime import UTC, datetime
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.sitetrees import Limits, LimitWindow, Node, SiteMeter, SiteTree
from services.energy.network import Row, background, limits, loads, most, network
from services.energy.phasors import Wiring
from tests.examples import examples
from tests.services.energy.trees import amps, behind_a_transformer, flat, outlet, trees

AB, BC, CA = ({"lines": pair, "delta": True} for pair in (("L1", "L2"), ("L2", "L3"), ("L3", "L1")))
MONDAY_NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)


def carried(tree: SiteTree, **drawn: float) -> dict[str, float]:
    compiled = network(tree)
    by_outlet = np.array([drawn.get(node, 0.0) for node in compiled.nodes])
    told = zip(compiled.rows, loads(compiled, by_outlet).tolist(), strict=True)
    return {row.name: round(load, 3) for row, load in told}


def test_every_place_has_rows_and_an_evse_only_where_it_has_limits() -> None:
    tree = SiteTree(nodes=(Node(node="grid", kind="grid"), outlet("a", "grid"), outlet("b", "grid", amps(16))))

    assert {row.node for row in network(tree).rows} == {"grid", "b"}
    assert network(tree).nodes == ("a", "b")


def test_rotated_single_phase_cars_load_different_lines() -> None:
    tree = flat(63, {"lines": ("L1",)}, {"lines": ("L2",)}, {"lines": ("L1", "L2", "L3")})

    assert carried(tree, a=10, b=6, c=16) == {"grid L1": 26, "grid L2": 22, "grid L3": 16, "grid W": 14720}


def test_evses_between_lines_add_up_by_their_angles() -> None:
    tree = flat(100, AB, BC, CA, voltage=120)

    assert carried(tree, a=10, b=10, c=10)["grid L1"] == pytest.approx(17.321)
    assert carried(tree, a=10)["grid L3"] == 0


def test_the_primary_of_a_transformer_carries_the_difference_of_two_windings() -> None:
    tree = behind_a_transformer(Limits(), Limits(), AB, BC, CA)

    balanced = carried(tree, a=1, b=1, c=1)
    assert [balanced[f"grid {line}"] for line in ("L1", "L2", "L3")] == [0.75, 0.75, 0.75]
    assert [carried(tree, a=1)[f"grid {line}"] for line in ("L1", "L2", "L3")] == [0.25, 0.5, 0.25]


def test_a_learnt_wiring_takes_the_place_of_the_trees() -> None:
    tree = flat(63, {"lines": ()})
    unknown, known = network(tree), network(tree, {"a": Wiring(("L3",))})

    assert loads(unknown, np.array([10.0])).tolist() == pytest.approx([10, 10, 10, 6900])
    assert loads(known, np.array([10.0])).tolist() == pytest.approx([0, 0, 10, 2300])


def test_a_tree_with_a_loop_is_refused() -> None:
    tree = SiteTree(
        nodes=(Node(node="x", parent="y", kind="panel"), Node(node="y", parent="x", kind="panel"), outlet("a", "x"))
    )

    with pytest.raises(ValueError, match="loop"):
        network(tree)


@given(tree=trees(), drawn=st.data())
@settings(max_examples=examples(100))
def test_a_row_never_carries_more_than_the_most_for_what_the_outlets_may_draw(
    tree: SiteTree, drawn: st.DataObject
) -> None:
    compiled = network(tree)
    size = len(compiled.nodes)
    told = np.array(drawn.draw(st.lists(st.floats(0, 80), min_size=size, max_size=size)))
    part = np.array(drawn.draw(st.lists(st.floats(0, 1), min_size=size, max_size=size)))

    assert (loads(compiled, told * part) <= most(compiled, told) + 1e-6).all()


@given(tree=trees(({"lines": ()}, {"lines": ("L1", "L2"), "delta": True}, {"lines": ("L2",)})), drawn=st.data())
@settings(max_examples=examples(100))
def test_an_unknown_wiring_counts_with_the_most_that_it_may_turn_out_to_be(
    tree: SiteTree, drawn: st.DataObject
) -> None:
    lines = st.sampled_from([("L1",), ("L2",), ("L3",), ("L1", "L3"), ("L1", "L2", "L3")])
    unknown = [node.node for node in tree.nodes if node.outlet and not node.outlet.lines]
    compiled, learnt = network(tree), network(tree, {node: Wiring(drawn.draw(lines)) for node in unknown})
    told = np.array(drawn.draw(st.lists(st.floats(0, 80), min_size=len(compiled.nodes), max_size=len(compiled.nodes))))

    assert (loads(learnt, told) <= most(compiled, told) + 1e-6).all()


# -- limits -------------------------------------------------------------------------------------------------------------


def limit_of(tree: SiteTree, where: str, at: datetime | None) -> float:
    compiled = network(tree)
    return float(limits(tree, compiled, at)[compiled.row_index[Row("grid", where)]])  # type: ignore[arg-type]


def with_window(window: LimitWindow, **grid: object) -> SiteTree:
    node = Node(node="grid", kind="grid", limits=amps(100), windows=(window,), **grid)  # type: ignore[arg-type]
    return SiteTree(time_zone="Europe/Berlin", nodes=(node, outlet("a", "grid")))


def test_a_line_with_a_limit_of_its_own_has_that_and_no_limit_is_infinite() -> None:
    tree = SiteTree(nodes=(Node(node="grid", kind="grid", limits=amps(63, L2=50)), outlet("a", "grid")))

    assert [limit_of(tree, where, None) for where in ("L1", "L2", "W")] == [63, 50, np.inf]


def test_what_is_kept_in_reserve_is_taken_off_down_to_nothing() -> None:
    tree = with_window(LimitWindow(limits=Limits()), reserve=amps(10, L3=500))

    assert [limit_of(tree, where, None) for where in ("L1", "L3", "W")] == [90, 0, np.inf]


@pytest.mark.parametrize(
    ("start", "end", "days", "limit"),
    [
        ("13:00", "14:00", (), 40),  # 12:00 UTC is 13:00 in Berlin in winter
        ("12:00", "13:00", (), 100),  # the end is exclusive
        ("13:00", "00:00", (), 40),
        ("00:00", "00:00", ("MONDAY",), 40),
        ("00:00", "00:00", ("SUNDAY",), 100),
        ("22:00", "14:00", ("SUNDAY",), 40),  # from Sunday evening to Monday noon
        ("22:00", "14:00", ("MONDAY",), 100),
    ],
)
def test_a_window_holds_by_local_time(start: str, end: str, days: tuple[str, ...], limit: float) -> None:
    window = LimitWindow(start_time=start, end_time=end, days=days, limits=amps(40))  # type: ignore[arg-type]

    assert limit_of(with_window(window), "L1", MONDAY_NOON) == limit


def test_a_window_never_widens_the_nodes_own_limit_and_holds_at_no_time_where_none_is_given() -> None:
    assert limit_of(with_window(LimitWindow(limits=amps(140))), "L1", MONDAY_NOON) == 100
    assert limit_of(with_window(LimitWindow(limits=amps(40))), "L1", None) == 100


# -- meters -------------------------------------------------------------------------------------------------------------


def with_meter(tree: SiteTree, node: str) -> SiteTree:
    return replace(tree, meters=(SiteMeter(meter="m", node=node),))


def taken(tree: SiteTree, **reading: float) -> dict[str, float]:
    compiled = network(tree)
    amperes = {line: Decimal(str(each)) for line, each in reading.items()}
    told = background(tree, compiled, {"m": amperes})  # type: ignore[dict-item]
    return {row.name: round(float(each), 3) for row, each in zip(compiled.rows, told, strict=True)}


def test_a_load_takes_room_on_its_lines_and_of_the_power() -> None:
    tree = with_meter(flat(63, {"lines": ("L1",)}), "grid")

    assert taken(tree, L1=10, L2=20) == {"grid L1": 10, "grid L2": 20, "grid L3": 0, "grid W": 6900}


def test_the_sun_makes_room_in_full_for_cars_in_phase_with_it() -> None:
    tree = with_meter(flat(63, {"lines": ("L1", "L2", "L3")}), "grid")

    assert taken(tree, L1=-10, L2=-10, L3=-10)["grid L2"] == -10


def test_a_load_behind_a_transformer_is_seen_on_two_lines_above() -> None:
    tree = with_meter(behind_a_transformer(Limits(), Limits(), AB), "t")

    assert taken(tree, L1=4) == {
        "grid L1": 1, "grid L2": 1, "grid L3": 0, "grid W": 480, "t L1": 4, "t L2": 0, "t L3": 0, "t W": 480,
    }  # fmt: skip


def test_a_meter_above_a_transformer_reads_the_voltage_there() -> None:
    tree = with_meter(behind_a_transformer(Limits(), Limits(), AB), "grid")

    assert taken(tree, L1=1)["grid W"] == pytest.approx(277.128)


@given(tree=trees(), data=st.data())
@settings(max_examples=examples(150))
def test_what_is_left_beside_the_meters_keeps_every_line_within_its_limit(tree: SiteTree, data: st.DataObject) -> None:
    """An outlet of its own, wired as a wye load, stands for the meter: its phasor is beside what the others draw."""
    places = [node.node for node in tree.nodes if node.outlet is None]
    place = data.draw(st.sampled_from(places))
    flow = data.draw(st.floats(-150, 150))
    line = data.draw(st.sampled_from(("L1", "L2", "L3")))
    metered = with_meter(tree, place)
    compiled = network(metered)
    room = limits(metered, compiled, None) - background(metered, compiled, {"m": {line: Decimal(str(flow))}})
    size = len(compiled.nodes)
    drawn = np.array(data.draw(st.lists(st.floats(0, 100), min_size=size, max_size=size)))
    stands_for = replace(tree, nodes=(*tree.nodes, outlet("m", place, lines=(line,))))
    with_flow = network(stands_for)
    real = np.append(drawn, flow)
    own = np.abs(with_flow.matrix @ np.append(np.zeros(size), flow))

    fits = most(compiled, drawn) <= room
    possible = own <= limits(metered, compiled, None)  # no currents can undo more than the limit of flow back
    kept = np.abs(with_flow.matrix @ real) + with_flow.outright @ np.append(drawn, 0)
    assert (kept <= limits(metered, compiled, None) + 1e-5)[fits & possible].all()
