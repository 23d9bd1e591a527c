"""A station's local list in the console: how it stands, its entries, the form for its rule, and the button that sends it again."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.authorization import REF_TOKENS, TokenProvisioned
from schemas.locallists import LocalListRule, rule_of
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.locallists.rows import LocalListDetails, ProvisionLocalList
from services.api.locallists.usecases import list_of, remove_rule, save_rule, sync, written_rule
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.web.changing import tag_of
from services.api.web.parameters import Given

SHOWN, SUGGESTED = 200, 50


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """The list, its first entries, and how many more there are."""

    details: LocalListDetails
    more: int


class Ruling(msgspec.Struct, frozen=True, kw_only=True):
    """The form for the rule, in which state it is, and the groups and labels that tokens have."""

    station: str
    rule: LocalListRule | None
    etag: str
    groups: tuple[str, ...]
    labels: tuple[str, ...]


async def rows(asked: PageRequest) -> Listed:
    """The list as it stands."""
    details = await list_of(asked.ports, asked.subject.station)
    shown = msgspec.structs.replace(details, items=details.items[:SHOWN])
    return Listed(details=shown, more=max(0, len(details.items) - SHOWN))


async def ruling(asked: PageRequest) -> Ruling:
    """What the form begins with."""
    record = written_rule(asked.ports, asked.subject.station)
    tokens = [one for one in asked.ports.reference.all(REF_TOKENS).values() if isinstance(one, TokenProvisioned)]
    return Ruling(
        station=asked.subject.station,
        rule=rule_of(record),
        etag=tag_of(record),
        groups=tuple(sorted({token.group for token in tokens if token.group})[:SUGGESTED]),
        labels=tuple(sorted({token.label for token in tokens if token.label})[:SUGGESTED]),
    )


OF_STATION = Screen(
    title="Local list",
    nav="stations",
    template="locallists/tab.html",
    parts=(
        HEAD,
        Part(name="list", template="locallists/list.html", load=rows, on="local-list", poll_s=30),
        Part(name="form", template="locallists/form.html", load=ruling),
    ),
)


@get("/stations/{station:str}/local-list")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's local list."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/local-list", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Have the list made by a rule."""
    given = await forms.posted(request)
    saved = await save_rule(ports, station, wanted(given), given=forms.meant(given))
    what = {"all": "all tokens", "chosen": "the chosen tokens", "empty": "no tokens"}[saved.rule.tokens]
    told = f"The local list of {station} is to have {what}; it is sent while the station is connected."
    return show.notice(request, told, then=station_url(station, "local-list"), etag=tag_of(saved))


@post("/stations/{station:str}/local-list/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Manage the list no longer."""
    await remove_rule(ports, station)
    told = f"The local list of {station} is managed no longer, and stays as it is."
    return show.notice(request, told, then=station_url(station, "local-list"))


@post("/stations/{station:str}/local-list/sync", status_code=200)
async def send_again(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Send the whole list again."""
    await sync(ports, station)
    told = f"The whole local list is sent to {station} again."
    return show.notice(request, told, then=station_url(station, "local-list"))


def wanted(given: Mapping[str, str]) -> ProvisionLocalList:
    """The form as the API's body. Raises Problem."""
    chosen = given.get("tokens", "all") == "chosen"
    members = {
        "tokens": given.get("tokens", "all"),
        "groups": _names(given.get("groups", "")) if chosen else (),
        "labels": _names(given.get("labels", "")) if chosen else (),
        "token_type": given.get("token_type", "").strip() or "ISO14443",
    }
    return forms.body(members, ProvisionLocalList)


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())


HANDLERS = (shown, save, remove, send_again)
