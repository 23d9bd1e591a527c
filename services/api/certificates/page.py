"""A station's certificates in the console: those it has, the form that installs one, and the buttons that read and delete."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, get_args

import msgspec
from litestar import Request, get, post

from schemas.certificates import INSTALLED_AS, PRESENT, RootUse
from services.api.certificates.routes import CertificatePath
from services.api.certificates.rows import Answered, Certificate, CertificateFilter, Install
from services.api.certificates.usecases import delete, install, read
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.signing.page import OF_STATION as ISSUED
from services.api.stations.rows import StationPath
from services.api.stations.tabs import HEAD, of_station
from services.api.stations.usecases import known_station
from services.api.stations.views import StationDetails
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 50
SOON = dt.timedelta(days=60)
"""So long before it expires, a certificate is marked."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of certificates. `present`: the statuses of those that may be there; `soon`: what expires before is marked."""

    station: str
    items: tuple[Certificate, ...]
    next_cursor: str | None
    now: dt.datetime
    soon: dt.datetime
    present: frozenset[str] = PRESENT


class Installing(msgspec.Struct, frozen=True, kw_only=True):
    """The form, with the uses that the station's version has."""

    station: StationDetails
    uses: tuple[str, ...]


async def rows(asked: PageRequest) -> Listed:
    """The station's certificates by their last change."""
    station = asked.subject.station
    where = CertificateFilter(station=station)
    page: Page[Certificate] = await asked.ports.reads.certificates(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)
    return Listed(station=station, items=page.items, next_cursor=page.next_cursor, now=asked.now, soon=asked.now + SOON)


async def offered(asked: PageRequest) -> Installing:
    """The form for this station."""
    station: StationDetails = asked.subject
    return Installing(station=station, uses=INSTALLED_AS.get(station.version, get_args(RootUse)))


OF_STATION = Screen(
    title="Certificates",
    nav="stations",
    template="certificates/tab.html",
    parts=(
        HEAD,
        ISSUED,
        Part(name="rows", template="certificates/rows.html", load=rows, on="certificate", poll_s=30),
        Part(name="form", template="certificates/form.html", load=offered),
    ),
)


@get("/stations/{station:str}/certificates")
async def shown(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Rendered:
    """A station's certificates, and the form."""
    asked = page_request(request, ports, await known_station(ports, station))
    return await show.page(OF_STATION, asked, title=station, live=of_station(station))


@post("/stations/{station:str}/certificates", status_code=200)
async def save(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Install a certificate."""
    answered = await install(ports, station, wanted(await forms.posted(request)))
    return show.notice(request, told("Installing", answered), then=station_url(station, "certificates"))


@post("/stations/{station:str}/certificates/read", status_code=200)
async def list_again(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Have the station list its certificates."""
    outcomes = ", ".join(dict.fromkeys(command.outcome for command in await read(ports, station)))
    return show.notice(
        request, f"Listing the certificates of {station}: {outcomes}.", then=station_url(station, "certificates")
    )


@post("/certificates/{certificate:str}/delete", status_code=200)
async def remove(request: Request[Any, Any, Any], certificate: CertificatePath, ports: Given, show: Shown) -> Any:
    """Delete a certificate."""
    answered = await delete(ports, certificate)
    return show.notice(request, told("Deleting", answered), then=station_url(answered.command.station, "certificates"))


def told(what: str, answered: Answered) -> str:
    """What became of it, in a sentence."""
    command = answered.command
    word = command.detail or command.error_code
    return f"{what} the certificate at {command.station}: {command.outcome}{f' ({word})' if word else ''}."


def wanted(given: Mapping[str, str]) -> Install:
    """The form as the API's body. Raises Problem."""
    return forms.body({"use": given.get("use", ""), "certificate": given.get("certificate", "").strip()}, Install)


HANDLERS = (shown, save, list_again, remove)
