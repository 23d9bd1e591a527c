"""Plug & Charge in the console: the roots below which contracts count, how contracts were judged, and the verdict on a session's."""

import datetime as dt
from typing import Any, get_args

import msgspec
from litestar import Request, get, post

from schemas.authorization import CertificateStatus
from schemas.contracts import ContractRootTrusted
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.contracts import usecases
from services.api.contracts.rows import TrustRoot
from services.api.sessions.rows import Session
from services.api.tokens.rows import Decision, DecisionFilter
from services.api.web.paging import Page
from services.api.web.parameters import Given

PAGE_SIZE = 50
SOON = dt.timedelta(days=90)
"""So long before it expires, a root is marked."""

STATUSES: tuple[str, ...] = tuple(word for part in get_args(CertificateStatus) for word in get_args(part) or (part,))
USES = {"MORootCertificate": "Mobility operator", "V2GRootCertificate": "V2G PKI"}


class Roots(msgspec.Struct, frozen=True, kw_only=True):
    """Every root, and what the form offers."""

    rows: tuple[ContractRootTrusted, ...]
    now: dt.datetime
    soon: dt.datetime
    uses: dict[str, str]


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """The newest verdict on the contract certificate of a session; None: there is none."""

    decision: Decision | None


async def roots(asked: PageRequest) -> Roots:
    """The roots."""
    return Roots(rows=usecases.roots(asked.ports), now=asked.now, soon=asked.now + SOON, uses=USES)


async def verdicts(asked: PageRequest) -> Page[Decision]:
    """How contracts were judged, newest first."""
    where = DecisionFilter(
        station=asked.get("station"),
        token=asked.get("token"),
        certificate_status=asked.get("certificate_status"),
        judged=True,
    )
    return await asked.ports.reads.decisions(where, cursor=asked.get("cursor"), limit=PAGE_SIZE)


async def of_session(asked: PageRequest) -> Verdict:
    """What was said of the contract certificate with which the session's token came to the station, last before it ended."""
    session: Session = asked.subject
    if not session.token:
        return Verdict(decision=None)
    where = DecisionFilter(
        station=session.station, token=session.token, judged=True, until=session.ended_at or asked.now
    )
    page = await asked.ports.reads.decisions(where, limit=1)
    return Verdict(decision=page.items[0] if page.items else None)


PAGE = Screen(
    title="Plug & Charge",
    nav="contracts",
    template="contracts/page.html",
    parts=(
        Part(name="roots", template="contracts/roots.html", load=roots, poll_s=30),
        Part(name="verdicts", template="contracts/verdicts.html", load=verdicts, poll_s=10),
    ),
)
CARD = Part(name="contract", template="contracts/card.html", load=of_session, on="session", every_s=5, poll_s=30)
"""The part of a session's page."""


@get("/contracts")
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """Roots and verdicts."""
    return await show.page(PAGE, page_request(request, ports))


@post("/contracts/roots", status_code=200)
async def trust(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Trust a root."""
    given = await forms.posted(request)
    members = {name: given.get(name, "").strip() for name in ("use", "certificate", "note")}
    record = await usecases.trust(ports, forms.body(members, TrustRoot))
    return show.notice(request, f"Contracts below {record.subject} count from now on.", then="/contracts")


@post("/contracts/roots/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Trust a root no longer."""
    await usecases.remove(ports, (await forms.posted(request)).get("root", ""))
    return show.notice(request, "Contracts below this root count no longer.", then="/contracts")


HANDLERS = (listed, trust, remove)
