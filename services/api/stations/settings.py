"""Provisioning: what the operator says of a station: site, labels, password, registration."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.evsetypes import EvseDescribed, spelled
from schemas.stations import REF_STATIONS
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.stations.rows import ProvisionStation, StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station, remove_station, save_station
from services.api.stations.views import StationDetails
from services.api.web.changing import Condition, tag_of
from services.api.web.parameters import Given
from services.api.web.problems import invalid


class Settings(StationDetails, frozen=True, kw_only=True):
    """What the form begins with, and the state it is filled in for."""

    etag: str = ""
    evse_lines: str = ""


async def settings(part_request: PageRequest) -> Settings:
    """What is provisioned of the station."""
    found: StationDetails = part_request.subject
    tag = tag_of(part_request.ports.reference.get(REF_STATIONS, found.station))
    return msgspec.structs.replace(
        msgspec.convert(found, Settings, from_attributes=True), etag=tag, evse_lines=evse_lines(found.evses)
    )


PAGE = Screen(
    title="Settings",
    nav="stations",
    template="stations/settings_tab.html",
    parts=(HEAD, Part(name="settings", template="stations/settings.html", load=settings)),
)


CREDENTIAL_NEEDED: Mapping[str, bool | None] = {"": None, "yes": True, "no": False}
"""The station's own policy as the form says it."""


@get("/stations/{station:str}/settings")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """What is provisioned of a station."""
    part_request = page_request(request, ports, await known_station(ports, station))
    return await show.page(PAGE, part_request, title=station, live=of_station(station))


@post("/stations/{station:str}/settings", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Provision a station."""
    given = await forms.posted(request)
    saved = await save_station(ports, station, wanted(given), given=forms.meant(given))
    sentence = "Saved. Gateways and services follow within a second."
    return show.notice(request, sentence, then=station_url(station, "settings"), etag=tag_of(saved))


@post("/stations/{station:str}/registration", status_code=200)
async def register(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Accept or reject a station, all else that is known of it as it is."""
    tag = tag_of(ports.reference.get(REF_STATIONS, station))
    found = await known_station(ports, station)
    members = {
        "site": found.site,
        "time_zone": found.time_zone,
        "evses": msgspec.to_builtins(found.evses),
        "labels": found.labels,
        "heartbeat_interval_s": found.heartbeat_interval_s,
        "credential_needed": found.credential_needed,
        "min_security_profile": found.min_security_profile,
        "certificates": found.certificates,
        "expired_certificate": found.expired_certificate,
        "registration": (await forms.posted(request)).get("registration", ""),
    }
    await save_station(ports, station, forms.body(members, ProvisionStation), given=forms.meant({"etag": tag}))
    sentence = f"{station} is {members['registration']} from now on."
    return show.notice(request, sentence, then=station_url(station))


@post("/stations", status_code=200)
async def add(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Provision a station that may never have connected."""
    given = await forms.posted(request)
    station = given.get("station", "").strip()
    await save_station(ports, station, wanted(given), given=Condition(must_be_new=True))
    return show.notice(request, f"{station} may connect now.", then=station_url(station))


@post("/stations/{station:str}/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Forget what is provisioned of a station."""
    await remove_station(ports, station)
    return show.notice(request, f"{station} was removed. Its history stays.", then="/stations")


def wanted(given: Mapping[str, str]) -> ProvisionStation:
    """The form as the API's body. A blank password keeps the old one. Raises Problem."""
    password: str | msgspec.UnsetType | None = given.get("password") or msgspec.UNSET
    needed = given.get("credential_needed", "")
    members: dict[str, Any] = {
        "site": given.get("site", "").strip(),
        "time_zone": given.get("time_zone", "").strip(),
        "evses": evses_of(given.get("evses", "")),
        "labels": forms.pairs(given.get("labels", "")),
        "registration": given.get("registration", "Accepted"),
        "credential_needed": CREDENTIAL_NEEDED.get(needed, needed),
        "min_security_profile": forms.whole("min_security_profile", given.get("min_security_profile", "")),
        "certificates": given.get("certificates", "").split(),
        "expired_certificate": "expired_certificate" in given,
        "heartbeat_interval_s": forms.whole("heartbeat_interval_s", given.get("heartbeat_interval_s", "")),
    }
    if tenant := given.get("tenant", "").strip():
        members["tenant"] = tenant
    if "without_password" in given:
        password = None
    if password is not msgspec.UNSET:
        members["password"] = password
    return forms.body(members, ProvisionStation)


def evses_of(text: str) -> list[dict[str, Any]]:
    """EVSEs, one a line: `1 AC cType2`. Raises Problem."""
    return [_evse(line.split()) for line in text.splitlines() if line.strip()]


def _evse(words: list[str]) -> dict[str, Any]:
    number, kind, *connectors = [*words, ""] if len(words) == 1 else words
    if not number.isdecimal():
        raise invalid(
            "evses", f"write the number, AC or DC, and its connectors, as `1 AC cType2`; {' '.join(words)!r} is none"
        )
    named = [name for each in connectors if (name := each.strip(","))]
    return {"evse": int(number), "kind": kind.upper(), "connectors": [spelled(name) for name in named]}


def evse_lines(evses: tuple[EvseDescribed, ...]) -> str:
    """EVSEs as lines that `evses_of` reads."""
    return "\n".join(" ".join([str(one.evse), one.kind, *one.connectors]) for one in evses)


HANDLERS = (shown, save, register, add, remove)
