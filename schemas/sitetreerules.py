"""Site tree rules: what stands against a tree, each fault with its member and what to do about it. PURE."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from schemas.command import Fault
from schemas.sitetrees import Limits, LimitWindow, Node, Outlet, SiteTree

AMPS_MOST, WATTS_MOST = Decimal(100_000), Decimal(100_000_000)
VOLTAGES = (Decimal(50), Decimal(1_000))
LEAST_TURNS, LEAST_STEP = Decimal("0.001"), Decimal("0.1")
WEIGHTS = (Decimal("0.01"), Decimal(100))
DECIMALS_MOST = 6
DEPTH_MOST = 12
TREE_BYTES_MOST = 400_000
"""Of a tree as JSON: a record has to fit into a message of Kafka, twice where a change is proposed."""

BETWEEN_LINES = 2


def tree_faults(tree: SiteTree) -> Iterator[Fault]:
    """What stands against a tree, beyond the types of its members; nothing: it may be used."""
    yield from _site_faults(tree)
    yield from _name_faults(tree)
    yield from _shape_faults(tree)
    for place, node in enumerate(tree.nodes):
        yield from _node_faults(f"nodes[{place}]", node)
    yield from _meter_faults(tree)
    if (size := len(msgspec.json.encode(tree))) > TREE_BYTES_MOST:
        yield Fault(
            "nodes", f"the tree has {size} bytes as JSON; at most {TREE_BYTES_MOST}: shorten labels and windows"
        )


def evses_of(tree: SiteTree) -> Mapping[tuple[str, int], str]:
    """The nodes that are EVSEs, by station and number of the EVSE."""
    return {(node.outlet.station, node.outlet.evse): node.node for node in tree.nodes if node.outlet is not None}


def is_number(value: Decimal, most: Decimal) -> bool:
    """Whether it is a number of that size at most, and none that fills pages when it is written out."""
    return value.is_finite() and abs(value) <= most and int(value.as_tuple().exponent) >= -DECIMALS_MOST


def _site_faults(tree: SiteTree) -> Iterator[Fault]:
    if not _is_within(tree.voltage, *VOLTAGES):
        yield Fault("voltage", f"is between a line and neutral, {VOLTAGES[0]} to {VOLTAGES[1]} V")
    if not _is_within(tree.fallback_share, Decimal(0), Decimal(1)):
        yield Fault("fallback_share", "is a part of each limit: 0 to 1")
    if tree.time_zone and not _is_time_zone(tree.time_zone):
        yield Fault("time_zone", "no IANA time zone is called so, as Europe/Berlin is")
    if not tree.time_zone and any(node.windows for node in tree.nodes):
        yield Fault("time_zone", "is needed where a node has windows, as Europe/Berlin")


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


def _name_faults(tree: SiteTree) -> Iterator[Fault]:
    yield from _twice("nodes", "node", [node.node for node in tree.nodes])
    yield from _twice("meters", "meter", [meter.meter for meter in tree.meters])
    seen: dict[tuple[str, int], str] = {}
    for place, node in enumerate(tree.nodes):
        if node.outlet is None:
            continue
        evse = (node.outlet.station, node.outlet.evse)
        if evse in seen:
            yield Fault(
                f"nodes[{place}].outlet", f"EVSE {evse[1]} of {evse[0]} is {seen[evse]!r} already; an EVSE stands once"
            )
        seen.setdefault(evse, node.node)


def _twice(members: str, member: str, names: list[str]) -> Iterator[Fault]:
    seen: set[str] = set()
    for place, name in enumerate(names):
        if name in seen:
            yield Fault(f"{members}[{place}].{member}", f"{name!r} stands twice; give each its own name")
        seen.add(name)


def _shape_faults(tree: SiteTree) -> Iterator[Fault]:
    """Exactly one root, known parents, no circle, EVSEs at the ends, and not too deep."""
    kinds = {node.node: node.kind for node in reversed(tree.nodes)}
    roots = [place for place, node in enumerate(tree.nodes) if not node.parent]
    if not roots:
        yield Fault("nodes", "one node has to stand without a parent: the grid connection")
    for place in roots[1:]:
        yield Fault(
            f"nodes[{place}].parent",
            f"name one: only the grid connection has none, and that is {tree.nodes[roots[0]].node!r} already",
        )
    parents = {node.node: node.parent for node in tree.nodes}
    depths: dict[str, int | None] = {}
    for place, node in enumerate(tree.nodes):
        if node.parent and node.parent not in parents:
            yield Fault(f"nodes[{place}].parent", f"there is no node {node.parent!r}")
        elif node.parent and kinds[node.parent] == "evse":
            yield Fault(f"nodes[{place}].parent", f"{node.parent!r} is an EVSE; nothing stands below one")
        depth = _depth(node.node, parents, depths)
        if depth is None:
            yield Fault(f"nodes[{place}].parent", f"{node.node!r} stands below itself: lead its parents to the grid")
        elif depth > DEPTH_MOST:
            yield Fault(f"nodes[{place}].parent", f"{depth} nodes deep; at most {DEPTH_MOST}")


def _depth(name: str, parents: Mapping[str, str], known: dict[str, int | None]) -> int | None:
    """How many nodes there are from the top to this one; None: its parents go round in a circle."""
    way: list[str] = []
    while name not in known and name in parents:
        way.append(name)
        known[name] = None
        name = parents[name]
    depth = known.get(name, 0)
    for each in reversed(way):
        depth = None if depth is None else depth + 1
        known[each] = depth
    return depth


def _node_faults(at: str, node: Node) -> Iterator[Fault]:
    if (node.kind == "grid") != (not node.parent):
        what = "stands without a parent" if node.kind == "grid" else "has a parent; only a node of kind grid has none"
        yield Fault(f"{at}.kind", f"a node of kind {node.kind} {what}")
    yield from _limits_faults(f"{at}.limits", node.limits)
    yield from _limits_faults(f"{at}.reserve", node.reserve)
    for place, window in enumerate(node.windows):
        yield from _window_faults(f"{at}.windows[{place}]", window)
    if node.turns is not None and node.kind != "transformer":
        yield Fault(f"{at}.turns", "is of a transformer alone; leave it out")
    if node.turns is not None and not _is_within(node.turns, LEAST_TURNS, AMPS_MOST):
        yield Fault(f"{at}.turns", f"is {LEAST_TURNS} to {AMPS_MOST}")
    if node.kind == "evse" and node.outlet is None:
        yield Fault(f"{at}.outlet", "a node of kind evse says which station and EVSE it is")
    if node.kind != "evse" and node.outlet is not None:
        yield Fault(f"{at}.outlet", f"is of nodes of kind evse, and this is of kind {node.kind}; leave it out")
    if node.outlet is not None:
        yield from _outlet_faults(f"{at}.outlet", node.outlet)


def _limits_faults(at: str, limits: Limits) -> Iterator[Fault]:
    yield from _range(f"{at}.amps", limits.amps, AMPS_MOST)
    for line, amps in limits.amps_by_line.items():
        yield from _range(f"{at}.amps_by_line.{line}", amps, AMPS_MOST)
    yield from _range(f"{at}.watts", limits.watts, WATTS_MOST)


def _range(at: str, value: Decimal | None, most: Decimal) -> Iterator[Fault]:
    if value is not None and not _is_within(value, Decimal(0), most):
        yield Fault(at, f"is 0 to {most}, with {DECIMALS_MOST} decimals at most")


def _is_within(value: Decimal, least: Decimal, most: Decimal) -> bool:
    return is_number(value, most) and least <= value


def _window_faults(at: str, window: LimitWindow) -> Iterator[Fault]:
    if repeated := [day for day, number in Counter(window.days).items() if number > 1]:
        yield Fault(f"{at}.days", f"{repeated[0]} stands twice")
    if window.start_time == window.end_time and window.end_time != "00:00":
        yield Fault(f"{at}.end_time", "the same as its start; 00:00 to 00:00 is the whole day")
    if window.limits == Limits():
        yield Fault(f"{at}.limits", "is empty: say amps or watts, or leave the window out")
    yield from _limits_faults(f"{at}.limits", window.limits)


def _outlet_faults(at: str, outlet: Outlet) -> Iterator[Fault]:
    amps = {"min_a": outlet.min_a, "max_a": outlet.max_a, "fallback_a": outlet.fallback_a}
    found = [fault for name, value in amps.items() for fault in _range(f"{at}.{name}", value, AMPS_MOST)]
    yield from found or _between_amps(at, outlet)
    if not _is_within(outlet.weight, *WEIGHTS):
        yield Fault(f"{at}.weight", f"is {WEIGHTS[0]} to {WEIGHTS[1]}")
    yield from _wiring_faults(at, outlet)


def _between_amps(at: str, outlet: Outlet) -> Iterator[Fault]:
    """What stands between currents that are numbers each."""
    if outlet.min_a > outlet.max_a:
        yield Fault(f"{at}.min_a", f"{outlet.min_a} A is above max_a, {outlet.max_a} A")
    if outlet.fallback_a is not None and outlet.fallback_a > outlet.max_a:
        yield Fault(f"{at}.fallback_a", f"{outlet.fallback_a} A is above max_a, {outlet.max_a} A")
    if outlet.fallback_a is not None and 0 < outlet.fallback_a < outlet.min_a:
        yield Fault(f"{at}.fallback_a", f"is 0, or min_a ({outlet.min_a} A) or more: a car takes nothing in between")
    if not _is_within(outlet.step_a, LEAST_STEP, max(outlet.max_a, LEAST_STEP)):
        yield Fault(f"{at}.step_a", f"is {LEAST_STEP} to max_a")


def _wiring_faults(at: str, outlet: Outlet) -> Iterator[Fault]:
    if repeated := [line for line, number in Counter(outlet.lines).items() if number > 1]:
        yield Fault(f"{at}.lines", f"{repeated[0]} stands twice")
    elif outlet.delta and len(outlet.lines) != BETWEEN_LINES:
        yield Fault(f"{at}.lines", "names the two lines between which the EVSE is connected, for delta is set")


def _meter_faults(tree: SiteTree) -> Iterator[Fault]:
    kinds = {node.node: node.kind for node in tree.nodes}
    stations: dict[str, str] = {}
    for place, meter in enumerate(tree.meters):
        at = f"meters[{place}]"
        if meter.node not in kinds:
            yield Fault(f"{at}.node", f"there is no node {meter.node!r}")
        elif kinds[meter.node] == "evse":
            yield Fault(f"{at}.node", f"{meter.node!r} is an EVSE; a meter stands at a node above EVSEs")
        yield from _range(f"{at}.assumed_a", meter.assumed_a, AMPS_MOST)
        if meter.station and meter.station in stations:
            yield Fault(f"{at}.station", f"its readings are those of {stations[meter.station]!r} already")
        stations.setdefault(meter.station, meter.meter)
