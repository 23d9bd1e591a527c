"""A station's security in the console: its profile and password, what is done about them, and the forms that order it."""

from collections.abc import Mapping
from typing import Any

import msgspec
from litestar import Request, post

from schemas.securityoperations import ENDED
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, station_url
from services.api.console.rendering import Shown
from services.api.securityoperations.rows import OperationFilter, OrderOperation, SecurityOperation
from services.api.securityoperations.usecases import order
from services.api.stations.rows import StationPath
from services.api.stations.views import StationDetails
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 20
TAB = "security"


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """How the station's connection is secured, and what is under way."""

    station: StationDetails
    pending: tuple[SecurityOperation, ...]


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """The forms: `higher` are the security profiles that can be wanted."""

    station: StationDetails
    higher: tuple[int, ...]
    has_key: bool


async def standing(asked: PageRequest) -> Standing:
    """The station's profile and password, and the operations that have not ended."""
    where = OperationFilter(station=asked.subject.station)
    page = await asked.ports.reads.security_operations(where, limit=PAGE_SIZE)
    return Standing(station=asked.subject, pending=tuple(each for each in page.items if each.status not in ENDED))


async def offered(asked: PageRequest) -> Offered:
    """What can be ordered at the station."""
    now = asked.subject.security_profile
    higher = tuple(each for each in (1, 2, 3) if now is None or each > now)
    return Offered(station=asked.subject, higher=higher, has_key=asked.ports.config.seal.has_key)


async def operations(asked: PageRequest) -> Page[SecurityOperation]:
    """The station's operations, newest first."""
    where = OperationFilter(station=asked.subject.station)
    return await asked.ports.reads.security_operations(where, cursor=asked.get("operations"), limit=PAGE_SIZE)


PARTS = (
    Part(name="standing", template="securityoperations/standing.html", load=standing, on="station", poll_s=30),
    Part(
        name="operations", template="securityoperations/rows.html", load=operations, on="security-operation", poll_s=30
    ),
    Part(name="order", template="securityoperations/order.html", load=offered),
)
"""The parts of the station's tab for its security, beside the events that it reported."""


@post("/stations/{station:str}/security-operations", status_code=200)
async def ordered(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Order what the form says."""
    given = await forms.posted(request)
    done = await order(ports, station, order_of(given))
    text = f"{WORDS[done.kind]} is ordered at {done.station}: it begins when the station is connected."
    return show.notice(request, text, then=station_url(done.station, TAB))


WORDS: Mapping[str, str] = {
    "rotate-password": "A new password",
    "upgrade-profile": "A higher security profile",
    "move-station": "The move to another CSMS",
}
"""An operation at the beginning of a sentence."""


def order_of(given: Mapping[str, str]) -> OrderOperation:
    """The order of a form. Raises Problem."""
    return forms.body(members_of(given), OrderOperation)


def members_of(given: Mapping[str, str]) -> dict[str, Any]:
    """The members of an order that a form gives."""
    kind = given.get("kind", "")
    members: dict[str, Any] = {"kind": kind}
    if kind == "rotate-password":
        members["reset"] = "reset" in given
    if kind == "upgrade-profile":
        members["security_profile"] = forms.whole("security_profile", given.get("security_profile", ""))
        members["unchecked"] = "unchecked" in given
    if kind == "move-station":
        members |= {"url_key": given.get("url_key", "").strip(), "inoperative": "inoperative" in given}
    if given.get("url", "").strip():
        members["network"] = _network(given)
    return members


def _network(given: Mapping[str, str]) -> dict[str, Any]:
    numbers = {
        name: forms.whole(name, given.get(name, "")) for name in ("slot", "security_profile", "message_timeout_s")
    }
    texts = {name: given.get(name, "").strip() for name in ("url", "interface", "identity", "basic_auth_password")}
    return {name: value for name, value in {**numbers, **texts}.items() if value not in (None, "")}


HANDLERS = (ordered,)
