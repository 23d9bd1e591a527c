"""For how long a node was above its limit, by what the stations drew."""

from loadtest.proof.currents import Draw, above, read_draws

TREE = {
    "nodes": [
        {"node": "grid", "kind": "grid", "limits": {"amps": "40"}},
        {"node": "panel", "parent": "grid", "kind": "panel", "limits": {"amps_by_line": {"L1": "20"}}},
        {"node": "a", "parent": "panel", "kind": "evse", "outlet": {"station": "A"}},
        {"node": "b", "parent": "grid", "kind": "evse", "outlet": {"station": "B", "evse": 2}},
    ],
    "meters": [{"meter": "building", "node": "grid"}],
}


def draw(at: float, station: str, amps: float, *, evse: int = 1, line: str = "L1") -> Draw:
    return Draw(at=at, station=station, evse=evse, amps={line: amps})


def test_a_line_is_above_its_limit_from_the_draw_that_exceeds_it_to_the_one_that_ends_it() -> None:
    draws = [draw(10, "A", 18), draw(20, "B", 24, evse=2), draw(25, "B", 26, evse=2), draw(27.5, "A", 6)]

    assert above(TREE, draws, 60) == [("grid", "L1", 20, 7.5, 44, 40)]


def test_a_hundredth_more_and_other_lines_are_not_above() -> None:
    assert above(TREE, [draw(0, "A", 20.2), draw(1, "B", 30, evse=2, line="L2")], 60) == []


def test_what_is_not_ended_counts_to_the_end_and_the_meter_counts_at_its_node() -> None:
    building = Draw(at=5, meter="building", amps={"L1": 30, "L2": 41})

    found = above(TREE, [draw(0, "A", 11), building], 9)
    assert [(one.node, one.line, one.seconds) for one in found] == [("grid", "L1", 4), ("grid", "L2", 4)]


def test_strangers_do_not_count_and_a_half_written_line_is_left_out() -> None:
    text = b'{"at":1,"station":"C","evse":1,"amps":{"L1":99}}\n{"at":2,"stat'

    assert above(TREE, read_draws(text), 60) == []
