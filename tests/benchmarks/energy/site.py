"""A site with three phases as Caltech's garage has it: 54 EVSEs between two lines of 208 V behind a transformer, 16 of them in two pods.

The wiring and the limits are those that the simulator ACN-Sim publishes for the site (github.com/zach401/acnportal, BSD 3-Clause); numbers
of its EVSEs are the site's own.
"""

from decimal import Decimal

from schemas.sitetrees import Limits, Line, Node, Outlet, SiteTree

VOLTS = 208.0
CAR_WATTS = 6600.0
CAR_AMPS = CAR_WATTS / VOLTS

PODS: dict[str, tuple[int, ...]] = {
    "pod-1": (322, 493, 496, 320, 495, 321, 323, 494),
    "pod-2": (324, 325, 326, 327, 489, 490, 491, 492),
}
POD_AMPS = 80
BETWEEN: dict[tuple[Line, Line], tuple[int, ...]] = {
    ("L1", "L2"): (308, 508, 303, 513, 310, 506, 316, 500, 318, 498),
    ("L2", "L3"): (304, 512, 305, 511, 313, 503, 311, 505, 317, 499, 148, 149, 212, 213),
    ("L3", "L1"): (307, 509, 309, 507, 306, 510, 315, 501, 319, 497, 312, 504, 314, 502),
}


def tree(capacity_kw: float) -> SiteTree:
    """The site with a transformer of this capacity: a third of it on each line, at 120 V on the secondary and 277 V on the primary."""
    nodes = [
        Node(node="grid", kind="grid", limits=_amps(capacity_kw * 1000 / 3 / 277)),
        Node(
            node="transformer",
            parent="grid",
            kind="transformer",
            turns=Decimal("0.25"),
            limits=_amps(capacity_kw * 1000 / 3 / 120),
        ),
        *(Node(node=pod, parent="transformer", kind="panel", limits=_amps(POD_AMPS)) for pod in PODS),
    ]
    for pod, numbers in PODS.items():
        nodes += [_evse(number, pod, ("L1", "L2")) for number in numbers]
    for lines, numbers in BETWEEN.items():
        nodes += [_evse(number, "transformer", lines) for number in numbers]
    return SiteTree(label="Three phases", voltage=Decimal(120), nodes=tuple(nodes))


def _amps(limit: float) -> Limits:
    return Limits(amps=Decimal(repr(round(limit, 6))))


def _evse(number: int, parent: str, lines: tuple[Line, Line]) -> Node:
    name = f"CA-{number}"
    return Node(node=name, parent=parent, kind="evse", outlet=Outlet(station=name, lines=lines, delta=True))
