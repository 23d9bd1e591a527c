"""Certificates that stations asked for, in the console: authorities, what expires, every certificate with its end, and what is revoked."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, get_args

import msgspec
from litestar import Request, get, post

from schemas.revocations import RevocationReason
from schemas.signing import IN_USE, IssuedStatus
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen, station_url
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.signing.routes import IssuedPath
from services.api.signing.rows import Authority, Expiring, IssuedCertificate, IssuedFilter, Renew, Revoke
from services.api.signing.usecases import authorities, known_issued, renew, revoke
from services.api.stations.rows import StationPath
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 50
SOON = dt.timedelta(days=30)
"""So long before it expires, a certificate is marked."""
REASONS: tuple[str, ...] = get_args(RevocationReason)
STATUSES: tuple[str, ...] = get_args(IssuedStatus)


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A page of certificates. `soon`: what expires before is marked; `in_use`: the statuses of those that stations have."""

    items: tuple[IssuedCertificate, ...]
    next_cursor: str | None
    now: dt.datetime
    soon: dt.datetime
    station: str = ""
    in_use: frozenset[str] = IN_USE


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The authorities, and what expires soon."""

    authorities: tuple[Authority, ...]
    expiring: Expiring
    now: dt.datetime
    soon: dt.datetime


class Revoking(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate, and the reasons for which it may be revoked."""

    one: IssuedCertificate
    now: dt.datetime
    reasons: tuple[str, ...] = REASONS
    in_use: frozenset[str] = IN_USE


async def head(asked: PageRequest) -> Head:
    """The authorities, and what expires soon."""
    expiring = await asked.ports.reads.expiring_certificates(asked.now)
    return Head(authorities=authorities(asked.ports), expiring=expiring, now=asked.now, soon=asked.now + SOON)


async def rows(asked: PageRequest) -> Listed:
    """Certificates by their request, newest first."""
    soon = asked.now + SOON
    expiring = asked.get("expiring") is not None
    where = IssuedFilter(
        station=asked.get("station"),
        status="installed" if expiring else asked.get("status"),
        serial_number=(asked.get("serial_number") or "").lower().lstrip("0") or None,
        expires_before=soon if expiring else None,
    )
    return await _listed(asked, where)


async def rows_of_station(asked: PageRequest) -> Listed:
    """Those of one station."""
    return await _listed(asked, IssuedFilter(station=asked.subject.station), cursor=None)


async def _listed(asked: PageRequest, where: IssuedFilter, *, cursor: str | None = "cursor") -> Listed:
    given = asked.get(cursor) if cursor else None
    page: Page[IssuedCertificate] = await asked.ports.reads.issued_certificates(where, cursor=given, limit=PAGE_SIZE)
    return Listed(
        items=page.items,
        next_cursor=page.next_cursor if cursor else None,
        now=asked.now,
        soon=asked.now + SOON,
        station=where.station or "",
    )


async def details(asked: PageRequest) -> Revoking:
    """One certificate."""
    return Revoking(one=await known_issued(asked.ports, asked.subject.certificate), now=asked.now)


ALL = Screen(
    title="Certificates",
    nav="certificates",
    template="signing/page.html",
    parts=(
        Part(name="head", template="signing/head.html", load=head, poll_s=60),
        Part(name="rows", template="signing/rows.html", load=rows, on="issued-certificate", poll_s=30),
    ),
)
ONE = Screen(
    title="Certificate",
    nav="certificates",
    template="signing/one.html",
    parts=(Part(name="details", template="signing/details.html", load=details, on="issued-certificate", poll_s=30),),
)
OF_STATION = Part(
    name="issued", template="signing/station.html", load=rows_of_station, on="issued-certificate", poll_s=30
)
"""The part of a station's page: the certificates that it asked for."""


@get("/certificates")
async def shown(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Every certificate that a station asked for, and the authorities."""
    return await show.page(ALL, page_request(request, ports))


@get("/certificates/{certificate:str}")
async def shown_one(request: Request[Any, Any, Any], certificate: IssuedPath, ports: Given, show: Shown) -> Rendered:
    """One certificate."""
    found = await known_issued(ports, certificate)
    return await show.page(ONE, page_request(request, ports, found), title=f"Certificate of {found.station}")


@post("/certificates/{certificate:str}/revoke", status_code=200)
async def revoke_one(request: Request[Any, Any, Any], certificate: IssuedPath, ports: Given, show: Shown) -> Any:
    """Revoke a certificate."""
    revoked = await revoke(ports, certificate, wanted(await forms.posted(request)))
    told = f"Certificate {revoked.serial_number} of {revoked.station} is revoked ({revoked.reason})."
    return show.notice(request, told, then=f"/certificates/{certificate}")


@post("/stations/{station:str}/certificates/renew", status_code=200)
async def renew_one(request: Request[Any, Any, Any], station: StationPath, ports: Given, show: Shown) -> Any:
    """Have a station renew its certificate."""
    given = await forms.posted(request)
    command = await renew(ports, station, forms.body({"use": given.get("use") or "ChargingStationCertificate"}, Renew))
    word = command.detail or command.error_code
    told = f"Asking {command.station} for a new certificate: {command.outcome}{f' ({word})' if word else ''}."
    return show.notice(request, told, then=station_url(station, "certificates"))


def wanted(given: Mapping[str, str]) -> Revoke:
    """The form as the API's body. Raises Problem."""
    return forms.body({"reason": given.get("reason", ""), "note": given.get("note", "").strip()}, Revoke)


HANDLERS = (shown, shown_one, revoke_one, renew_one)
