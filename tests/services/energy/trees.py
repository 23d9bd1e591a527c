"""Trees of sites for tests: some by hand, and any by chance."""

from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from schemas.sitetrees import LINES, Limits, Line, Node, Outlet, SiteTree

WIRINGS: tuple[dict[str, Any], ...] = (
    {"lines": ("L1",)},
    {"lines": ("L2",)},
    {"lines": ("L3", "L1")},
    {"lines": ("L1", "L2", "L3")},
    {"lines": ("L2", "L3", "L1")},
    {"lines": ("L1", "L2"), "delta": True},
    {"lines": ("L2", "L3"), "delta": True},
    {"lines": ("L3", "L1"), "delta": True},
    {"lines": ()},
    {"lines": (), "delta": True},
    {"lines": (), "dc": True},
)


def outlet(node: str, parent: str, limits: Limits | None = None, **wired: Any) -> Node:
    """A node with an EVSE."""
    return Node(node=node, parent=parent, kind="evse", limits=limits or Limits(), outlet=Outlet(station=node, **wired))


def amps(limit: float | None, **lines: float) -> Limits:
    """Limits in A, of all lines or of single ones."""
    by_line: dict[Line, Decimal] = {line: Decimal(str(lines[line])) for line in LINES if line in lines}
    return Limits(amps=None if limit is None else Decimal(str(limit)), amps_by_line=by_line)


def flat(limit: float | None, *wirings: dict[str, Any], voltage: int = 230) -> SiteTree:
    """A grid connection with EVSEs a, b, c... directly below it."""
    grid = Node(node="grid", kind="grid", limits=amps(limit))
    evses = (outlet(chr(ord("a") + at), "grid", **wired) for at, wired in enumerate(wirings))
    return SiteTree(voltage=Decimal(voltage), nodes=(grid, *evses))


def behind_a_transformer(primary: Limits, secondary: Limits, *wirings: dict[str, Any]) -> SiteTree:
    """EVSEs a, b, c... behind a transformer with a delta primary: 480 V between lines to 208 V."""
    grid = Node(node="grid", kind="grid", limits=primary)
    transformer = Node(node="t", parent="grid", kind="transformer", turns=Decimal("0.25"), limits=secondary)
    evses = (outlet(chr(ord("a") + at), "t", **wired) for at, wired in enumerate(wirings))
    return SiteTree(voltage=Decimal(120), nodes=(grid, transformer, *evses))


@st.composite
def trees(draw: st.DrawFn, wirings: tuple[dict[str, Any], ...] = WIRINGS) -> SiteTree:
    """Any tree of up to 6 places and 10 EVSEs; a transformer among them where it is drawn."""
    places: list[Node] = [Node(node="grid", kind="grid", limits=draw(_limits()))]
    for at in range(draw(st.integers(0, 5))):
        parent = draw(st.sampled_from(places)).node
        turns = draw(st.sampled_from((None, None, Decimal("0.25"), Decimal("0.577"))))
        kind = "panel" if turns is None else "transformer"
        places.append(Node(node=f"p{at}", parent=parent, kind=kind, turns=turns, limits=draw(_limits())))
    evses = [
        outlet(f"e{at}", draw(st.sampled_from(places)).node, draw(_few_limits()), **draw(st.sampled_from(wirings)))
        for at in range(draw(st.integers(1, 10)))
    ]
    return SiteTree(voltage=Decimal(draw(st.sampled_from((120, 230)))), nodes=(*places, *evses))


def _limits() -> st.SearchStrategy[Limits]:
    some = st.decimals(0, 200, places=1)
    return st.builds(
        Limits,
        amps=st.none() | some,
        amps_by_line=st.dictionaries(st.sampled_from(LINES), some, max_size=2),
        watts=st.none() | st.decimals(0, 60_000, places=0),
    )


def _few_limits() -> st.SearchStrategy[Limits]:
    return st.one_of(st.just(Limits()), st.just(Limits()), _limits())
