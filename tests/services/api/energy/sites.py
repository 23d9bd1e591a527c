"""Builders of sites for tests of the API: bodies, records, and the stations of the tree."""

from typing import Any

import msgspec

from schemas.energy import SiteProvisioned
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
