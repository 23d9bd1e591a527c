"""The check of a ledger of currents: for how long each node of a site carried more than its limit. PURE.

A tree is given as the API takes it (`nodes` with `parent`, `limits` and `outlet`). EVSEs count between a line and neutral: what the lines
of a node carry is the plain sum of what the EVSEs below it draw. Delta circuits and transformers that turn phases are not for this check.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

LINES = ("L1", "L2", "L3")
TOLERATED = 0.01
"""A load of so much more than its limit is not above it."""


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """From `at` (seconds since 1970) on, an EVSE, or the meter of a load that nobody manages, carries so much in each line."""

    at: float
    amps: dict[str, float]
    station: str = ""
    evse: int = 0
    meter: str = ""


class Above(NamedTuple):
    """A line of a node was above its limit: from when, for how long, and how much it carried at most."""

    node: str
    line: str
    since: float
    seconds: float
    most_a: float
    limit_a: float


def read_draws(text: bytes) -> list[Draw]:
    """The draws of a ledger's lines. Raises msgspec.DecodeError, where the line is not the last, half-written one."""
    lines = text.split(b"\n")
    return [msgspec.json.decode(line, type=Draw) for line in lines[:-1] if line]


def above(tree: Mapping[str, Any], draws: Iterable[Draw], until: float) -> list[Above]:
    """Every time at which a line of a node carried more than its limit, and a hundredth of it more; `until`: the end of the ledger."""
    nodes: Sequence[Mapping[str, Any]] = tree["nodes"]
    limits = {row: limit for node in nodes for row, limit in _limits(node)}
    paths = _paths(nodes, tree.get("meters", ()))
    loads: dict[tuple[str, str], float] = defaultdict(float)
    carried: dict[tuple[str, int, str], Mapping[str, float]] = {}
    open_: dict[tuple[str, str], tuple[float, float]] = {}
    found: list[Above] = []

    def close(row: tuple[str, str], at: float) -> None:
        since, most = open_.pop(row)
        if at > since:
            found.append(Above(*row, since, at - since, most, limits[row]))

    for draw in sorted(draws, key=lambda each: each.at):
        source = (draw.station, draw.evse, draw.meter)
        if source not in paths:
            continue
        before = carried.get(source, {})
        carried[source] = draw.amps
        for row in ((node, line) for node in paths[source] for line in LINES):
            loads[row] += draw.amps.get(row[1], 0.0) - before.get(row[1], 0.0)
            if row not in limits:
                continue
            if loads[row] > limits[row] * (1 + TOLERATED):
                since, most = open_.get(row, (draw.at, 0.0))
                open_[row] = (since, max(most, loads[row]))
            elif row in open_:
                close(row, draw.at)
    for row in list(open_):
        close(row, until)
    return sorted(found, key=lambda each: each.since)


def _limits(node: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], float]]:
    told = node.get("limits", {})
    for line in LINES:
        one = told.get("amps_by_line", {}).get(line, told.get("amps"))
        if one is not None:
            yield (node["node"], line), float(one)


def _paths(
    nodes: Sequence[Mapping[str, Any]], meters: Iterable[Mapping[str, Any]]
) -> dict[tuple[str, int, str], tuple[str, ...]]:
    """The nodes through which what an EVSE or a meter carries flows."""
    parents = {node["node"]: node.get("parent", "") for node in nodes}

    def upwards(node: str) -> tuple[str, ...]:
        return (node, *upwards(parents[node])) if node else ()

    outlets = {
        (outlet["station"], int(outlet.get("evse", 1)), ""): upwards(node["node"])
        for node in nodes
        if (outlet := node.get("outlet"))
    }
    return outlets | {("", 0, meter["meter"]): upwards(meter["node"]) for meter in meters}
