"""A station's tariffs in the console: those that it is to have and has, the form that sends one, and the buttons that read and clear."""

from typing import Any

import msgspec
from litestar import Request, get, post

from schemas.tariffs import REF_TARIFFS, TariffProvisioned
from services.api.commands.views import PENDING
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.stations.views import StationDetails
from services.api.stationtariffs.rows import InstallTariff, StationTariffs
from services.api.stationtariffs.usecases import clear_tariffs, install, read_tariffs, tariffs_of
from services.api.web.parameters import Given

SUGGESTED = 100


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """The form, with the tariffs that it offers."""

    station: StationDetails
    tariffs: tuple[str, ...]


async def rows(asked: PageRequest) -> StationTariffs:
    """The station's tariffs as they stand."""
    return await tariffs_of(asked.ports, asked.subject.station)


async def offered(asked: PageRequest) -> Sending:
    """The form for this station."""
    provisioned = asked.ports.reference.all(REF_TARIFFS).values()
    names = sorted(record.tariff for record in provisioned if isinstance(record, TariffProvisioned))
    return Sending(station=asked.subject, tariffs=tuple(names[:SUGGESTED]))


OF_STATION = Screen(
    title="Tariffs",
    nav="stations",
    template="stationtariffs/tab.html",
    parts=(
        HEAD,
        Part(name="rows", template="stationtariffs/rows.html", load=rows, on="station-tariffs", poll_s=30),
        Part(name="form", template="stationtariffs/form.html", load=offered),
    ),
)


@get("/stations/{station:str}/tariffs")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's tariffs, and the form."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/tariffs", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Send a tariff as default."""
    given = await forms.posted(request)
    evse = forms.whole("evse", given.get("evse", ""))
    body = forms.body({"tariff": given.get("tariff", "").strip(), "evse": 0 if evse is None else evse}, InstallTariff)
    sent = await install(ports, station, body)
    word = f" ({sent.command.detail})" if sent.command.detail else ""
    told = f"Tariff {sent.station_tariff.tariff_id} for {station} is {sent.command.outcome}{word}."
    return show.notice(request, told, then=station_url(station, "tariffs"))


@post("/stations/{station:str}/tariffs/read", status_code=200)
async def read(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Ask the station which tariffs it has."""
    command = await read_tariffs(ports, station)
    answers = {"accepted": "has said which tariffs it has", PENDING: "has not answered yet"}
    what = answers.get(command.outcome, f"said nothing of its tariffs: {command.outcome}")
    return show.notice(request, f"{station} {what}.", then=station_url(station, "tariffs"))


@post("/stations/{station:str}/tariffs/clear", status_code=200)
async def clear(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Remove a default tariff."""
    given = await forms.posted(request)
    command = await clear_tariffs(ports, station, given.get("tariff_id", ""))
    told = f"Clearing {given.get('tariff_id', '')} at {station} is {command.outcome}."
    return show.notice(request, told, then=station_url(station, "tariffs"))


HANDLERS = (shown, save, read, clear)
