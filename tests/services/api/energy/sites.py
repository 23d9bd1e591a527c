"""Builders of sites for tests of the API: bodies, records, and the stations of the tree."""

from decimal import Decimal
from typing import Any

import msgspec

from schemas.energy import EvseLoad, NodeLoad, SiteAlerted, SiteLoadChanged, SiteProvisioned
from schemas.stations import StationProvisioned
from services.api.fakes import NOON, World
from tests.schemas.sites import a_tree

SITE = "/api/v1/sites/berlin"
STATIONS = ("DE-BER-0001", "DE-BER-0002")


def a_body(**override: Any) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.to_builtins(a_tree())
    return body | override


def a_site(site: str = "berlin", **override: Any) -> SiteProvisioned:
    members: dict[str, Any] = {"tree": a_tree(), "provisioned_at": NOON, "provisioned_by": "ann"}
    return SiteProvisioned(site=site, **{**members, **override})


def with_stations(world: World, *, tenant: str = "default", site: str = "berlin") -> None:
    for station in STATIONS:
        world.bus.hold(StationProvisioned(station=station, tenant=tenant, site=site, provisioned_at=NOON))


def a_node_load(node: str = "garage", **override: Any) -> NodeLoad:
    members: dict[str, Any] = {
        "node": node,
        "load_a": {"L1": Decimal(40), "L2": Decimal("39.5"), "L3": Decimal(10)},
        "told_a": {"L1": Decimal(48), "L2": Decimal(48), "L3": Decimal(16)},
        "limit_a": {"L1": Decimal(63), "L2": Decimal(63), "L3": Decimal(63)},
    }
    return NodeLoad(**{**members, **override})


def an_evse_load(node: str = "evse-1", **override: Any) -> EvseLoad:
    members: dict[str, Any] = {
        "node": node,
        "station": STATIONS[0],
        "evse": 1,
        "standing": "charging",
        "told_a": Decimal(16),
        "counted_a": Decimal(16),
        "fallback_a": Decimal(6),
        "draws_a": Decimal("15.5"),
        "lines": ("L1", "L2", "L3"),
    }
    return EvseLoad(**{**members, **override})


def a_load(site: str = "berlin", **override: Any) -> SiteLoadChanged:
    members: dict[str, Any] = {
        "id": f"{site}-load",
        "revision": 1,
        "nodes": (a_node_load("grid"), a_node_load(), a_node_load("evse-1")),
        "evses": (an_evse_load(),),
        "at": NOON,
    }
    return SiteLoadChanged(site=site, **{**members, **override})


def an_alert(site: str = "berlin", **override: Any) -> SiteAlerted:
    members: dict[str, Any] = {
        "id": f"{site}-alert",
        "what": "exceeded",
        "subject": "garage",
        "detail": "70 A on L1, 63 A are allowed",
        "at": NOON,
    }
    return SiteAlerted(site=site, **{**members, **override})
