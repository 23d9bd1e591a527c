"""Builders of trees of sites, for tests: each with one override."""

from decimal import Decimal
from typing import Any

from schemas.sitetrees import Limits, Node, Outlet, SiteMeter, SiteTree


def amps(value: str) -> Limits:
    return Limits(amps=Decimal(value))


def an_outlet(station: str = "DE-BER-0001", **override: Any) -> Outlet:
    members: dict[str, Any] = {"station": station, "lines": ("L1", "L2", "L3")}
    return Outlet(**{**members, **override})


def an_evse(node: str = "evse-1", parent: str = "garage", **outlet: Any) -> Node:
    return Node(node=node, parent=parent, kind="evse", outlet=an_outlet(**outlet))


def nodes() -> tuple[Node, ...]:
    return (
        Node(node="grid", kind="grid", limits=amps("100")),
        Node(node="garage", parent="grid", kind="panel", limits=amps("63")),
        an_evse(),
        an_evse("evse-2", station="DE-BER-0002"),
    )


def a_tree(**override: Any) -> SiteTree:
    members: dict[str, Any] = {"nodes": nodes(), "meters": (SiteMeter(meter="building", node="grid"),)}
    return SiteTree(**{**members, **override})
