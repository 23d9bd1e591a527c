"""Provisioning: what the operator says of a station: site, labels, password, registration."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from services.api.console import forms
from services.api.console.pages import Page, Part, station_url
from services.api.console.rendering import Rendered, Shown, asked_of
from services.api.console.station import HEAD, head, known, of_station
from services.api.models import Given, ProvisionStation, StationPath
from services.api.rest.stations import delete_station, put_station

PAGE = Page(
    title="Settings",
    nav="stations",
    template="station_settings.html",
    parts=(HEAD, Part(name="settings", template="station/settings.html", load=head)),
)


@get("/stations/{station:str}/settings")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """What is provisioned of a station."""
    asked = asked_of(request, ports, await known(ports, station))
    return await show.page(PAGE, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/settings", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Provision a station."""
    await put_station.fn(station, wanted(await forms.posted(request)), ports)
    told = "Saved. Gateways and services follow within a second."
    return show.notice(request, told, then=station_url(station, "settings"))


@post("/stations", status_code=200)
async def add(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Provision a station that may never have connected."""
    given = await forms.posted(request)
    station = given.get("station", "").strip()
    await put_station.fn(station, wanted(given), ports)
    return show.notice(request, f"{station} may connect now.", then=station_url(station))


@post("/stations/{station:str}/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Forget what is provisioned of a station."""
    await delete_station.fn(station, ports)
    return show.notice(request, f"{station} was removed. Its history stays.", then="/stations")


def wanted(given: Mapping[str, str]) -> ProvisionStation:
    """The form as the API's body. A blank password keeps the old one. Raises Problem."""
    password: str | msgspec.UnsetType | None = given.get("password") or msgspec.UNSET
    members: dict[str, Any] = {
        "site": given.get("site", "").strip(),
        "time_zone": given.get("time_zone", "").strip(),
        "labels": forms.pairs(given.get("labels", "")),
        "registration": given.get("registration", "Accepted"),
        "heartbeat_interval_s": forms.whole("heartbeat_interval_s", given.get("heartbeat_interval_s", "")),
    }
    if "without_password" in given:
        password = None
    if password is not msgspec.UNSET:
        members["password"] = password
    return forms.body(members, ProvisionStation)


HANDLERS = (shown, save, add, remove)
