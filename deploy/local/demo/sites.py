"""The demo's sites: how each distributes its power, and what its building and its solar panels draw and give by the minute. PURE."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

Body = Mapping[str, Any]

LINES: Final = ("L1", "L2", "L3")
ROTATIONS: Final = (LINES, ("L2", "L3", "L1"), ("L3", "L1", "L2"))
"""How the simulated stations are wired, by their number in the fleet (RST, STR and TRS of OCPP); a test holds it against the fleet."""

FIRST: Final = "de-ham"
"""The site whose tree has all kinds of nodes: a grid connection that allows less in the evening, a transformer, panels, circuits."""

SECOND: Final = "at-vie"


def _node(node: str, parent: str, kind: str, label: str, **members: Any) -> Body:
    return {"node": node, "parent": parent, "kind": kind, "label": label, **members}


def _evse(station: str, evse: int, parent: str, lines: Sequence[str] = (), **members: Any) -> Body:
    outlet = {"station": station, "evse": evse, "lines": list(lines), "max_a": "32", **members}
    return {"node": f"{station}-{evse}".lower(), "parent": parent, "kind": "evse", "outlet": outlet}


TREES: Final[Mapping[str, Body]] = {
    FIRST: {
        "label": "Hamburg",
        "time_zone": "Europe/Berlin",
        "nodes": [
            {
                "node": "grid",
                "kind": "grid",
                "label": "Grid connection",
                "limits": {"amps": "125"},
                "reserve": {"amps": "5"},
                "windows": [{"start_time": "17:00", "end_time": "20:00", "limits": {"amps": "100"}}],
            },
            _node("transformer", "grid", "transformer", "Transformer", limits={"watts": "80000"}),
            _node("panel-ac", "transformer", "panel", "Car park", limits={"amps": "63"}),
            _node("circuit-1", "panel-ac", "circuit", "Row 1", limits={"amps": "40"}),
            _node("circuit-2", "panel-ac", "circuit", "Row 2", limits={"amps": "50"}),
            _node("panel-dc", "transformer", "panel", "Fast charger", limits={"amps": "80"}),
            *(_evse("DE-HAM-0001", evse, "circuit-1", ROTATIONS[1], priority=6 if evse == 1 else 5) for evse in (1, 2)),
            *(_evse("DE-HAM-0003", evse, "circuit-2") for evse in (1, 2)),  # their wiring is to be learnt
            _evse("DE-HAM-0002", 1, "panel-dc", LINES, dc=True, max_a="72"),
        ],
        "meters": [
            {"meter": "building", "node": "grid", "kind": "load", "label": "Office"},
            {"meter": "solar", "node": "grid", "kind": "solar", "label": "Roof"},
        ],
    },
    SECOND: {
        "label": "Wien",
        "time_zone": "Europe/Vienna",
        "nodes": [
            {"node": "grid", "kind": "grid", "label": "Grid connection", "limits": {"amps": "63"}},
            *(_evse("AT-VIE-0001", evse, "grid", ROTATIONS[2]) for evse in (1, 2)),
            *(_evse("AT-VIE-0002", evse, "grid", ROTATIONS[1]) for evse in (1, 2)),
        ],
        "meters": [{"meter": "building", "node": "grid", "kind": "load", "label": "Workshop"}],
    },
}
"""Each with its building, and with less room than its EVSEs could use."""


def trees_of(fleet: Sequence[str]) -> Iterator[tuple[str, Body]]:
    """The trees with the EVSEs of these stations alone, by their sites; none of a site that has none of them."""
    for site, tree in TREES.items():
        nodes = [node for node in tree["nodes"] if "outlet" not in node or node["outlet"]["station"] in fleet]
        if any("outlet" in node for node in nodes):
            yield site, {**tree, "nodes": nodes}


PERIOD_S: Final = 600.0
"""Loads come and go in so long, for whoever watches sees no whole day."""

MACHINE_S: Final = 45.0
MACHINE_A: Final = 18.0
"""In each period something large runs for a while: the EVSEs have to make room at once."""


def readings(site: str, at_s: float) -> Iterator[tuple[str, dict[str, str]]]:
    """What the meters of a site read at a time, in A by line: meter by meter."""
    phase = at_s % PERIOD_S
    swing = math.sin(2 * math.pi * phase / PERIOD_S)
    large = MACHINE_A if phase < MACHINE_S else 0.0
    base = 22.0 if site == FIRST else 12.0
    building = (base + 6 * swing + large, base + 5 * swing + large, base - 3 + 4 * swing + large)
    yield "building", _amps(building)
    if any(meter["meter"] == "solar" for meter in TREES[site]["meters"]):
        yield "solar", _amps([-14.0 * max(0.0, math.cos(math.pi * phase / PERIOD_S))] * 3)


def _amps(by_line: Sequence[float]) -> dict[str, str]:
    return {line: f"{amps:.1f}" for line, amps in zip(LINES, by_line, strict=True)}
