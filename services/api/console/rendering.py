"""Rendering: pages and their parts through Jinja2, everything escaped.

A part whose source cannot be reached says so; the other parts are shown.
"""

import asyncio
import logging
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Annotated, Any

from jinja2 import BaseLoader, ChoiceLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from litestar import MediaType, Request, Response
from litestar.di import NamedDependency
from litestar.params import PathParameter, SkipValidation
from litestar.response import Redirect
from markupsafe import Markup

from services.api.console import formats, pages
from services.api.console.assets import Assets
from services.api.console.pages import PART, PageRequest, Part, Screen
from services.api.console.posting import Posting
from services.api.noun import ApiNoun, sections, tab_entries
from services.api.ports import Ports
from services.api.web.auth import local_path
from services.api.web.entrance import name_of, principal_of
from services.api.web.formtokens import form_token_of
from services.api.web.metrics import OUTAGES
from services.api.web.policy import Need, Principal, refusal
from services.api.web.problems import ProblemDetails, not_found
from services.api.web.security import HEADERS
from services.runtime.process.outage import Outage

log = logging.getLogger(__name__)

TEMPLATES = Path(__file__).parent / "templates"
NOUNS_BESIDE = Path(__file__).parent.parent

REFERENCE_POLICY = f"{HEADERS['Content-Security-Policy']}; style-src 'self' 'unsafe-inline'"
"""Of the reference alone: inline styles, and still no script and nothing else that is not our own."""

Rendered = Response[str]


class Show:
    """Renders; handed to each route of the console as its dependency `show`."""

    def __init__(self, assets: Assets, nouns: Sequence[ApiNoun]) -> None:
        self._templates = Environment(
            loader=_loader(nouns),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._posting = Posting(nouns)
        self._entries = [(noun, _needed(noun)) for noun in nouns if noun.navigation is not None]
        self._templates.globals.update(asset=assets.url, formats=formats, pages=pages, tab_entries=tab_entries(nouns))

    async def page(self, page: Screen, part_request: PageRequest, *, title: str = "", live: str = "") -> Rendered:
        """The page, or the one part of it that was asked for. `live` narrows the events that it follows."""
        if (name := part_request.get(PART)) is not None:
            part = page.part(name)
            if part is None:
                raise not_found(f"This page has no part {name!r}.")
            return self._finished((await self._part(part, part_request))[0], asked=part_request)
        found = await asyncio.gather(*(self._part(part, part_request) for part in page.parts))
        parts = {part.name: text for part, (text, _) in zip(page.parts, found, strict=True)}
        status = HTTPStatus.OK if all(there for _, there in found) else HTTPStatus.SERVICE_UNAVAILABLE
        text = self._render(
            page.template,
            title=title or page.title,
            nav=page.nav,
            events=f"/api/v1/events?kinds={page.kinds}{live}" if page.kinds else "",
            asked=part_request,
            now=part_request.now,
            parts=parts,
            **self._frame(part_request.ports.principal),
        )
        return self._finished(text, status, asked=part_request)

    def plain(self, template: str, *, title: str, status: int = HTTPStatus.OK, view: Any = None) -> Rendered:
        """A page by itself, without the console's navigation: for people who have no login."""
        return _html(self._render(template, title=title, view=view), status)

    def login(self, *, refused: bool, wanted: str, provider: bool) -> Rendered:
        """The login page. `provider`: people may sign in at an OpenID provider."""
        page = {"title": "Log in", "refused": refused, "wanted": local_path(wanted), "provider": provider}
        return _html(self._render("login.html", **page))

    def reference(self, form_token: str) -> Rendered:
        """The page that shows the OpenAPI document, to read and to try. Its renderer writes styles into its own elements."""
        page = _html(self._render("reference.html", title="API reference", form_token=form_token))
        page.headers["Content-Security-Policy"] = REFERENCE_POLICY
        return page

    def notice(
        self, request: Request[Any, Any, Any], sentence: str, *, then: str, warnings: Sequence[str] = (), etag: str = ""
    ) -> Response[Any]:
        """A form did its work: a sentence for the page's script, and what is odd; a redirect for browsers without it.

        `etag`: the state that the form, which stays on the page, now is filled in for.
        """
        if is_fragment(request):
            return _html(self._render("_notice.html", sentence=sentence, warnings=warnings, etag=etag))
        return Redirect(then, status_code=303)

    def told(self, request: Request[Any, Any, Any], sentence: str) -> Response[Any]:
        """A sentence that is shown this once: in the page's answer, or as a page of its own to browsers without the script."""
        if is_fragment(request):
            return _html(self._render("_notice.html", sentence=sentence, warnings=(), etag=""))
        frame = self._frame(principal_of(request))
        text = self._render("told.html", title="Done", nav="", events="", sentence=sentence, **frame)
        return self._finished(text, asked=request)

    def problem(self, request: Request[Any, Any, Any], details: ProblemDetails) -> Rendered:
        """What went wrong, in a sentence: a part of the page for its script, else a page."""
        if is_fragment(request):
            return _html(self._render("_problem.html", problem=details), details.status)
        frame = self._frame(principal_of(request))
        text = self._render("problem.html", title=details.title, nav="", events="", problem=details, **frame)
        return self._finished(text, details.status, asked=request)

    def _finished(
        self, text: str, status: int = HTTPStatus.OK, *, asked: PageRequest | Request[Any, Any, Any]
    ) -> Rendered:
        """The answer, with the forms that whoever asks may send."""
        if isinstance(asked, PageRequest):
            return _html(self._posting.finished(text, asked.ports.principal, asked.form_token), status)
        return _html(self._posting.finished(text, principal_of(asked), form_token_of(asked)), status)

    def _frame(self, principal: Principal | None) -> dict[str, Any]:
        """What stands around every page: who has signed in, and the entries of the navigation that he may open."""
        open_to = [noun for noun, need in self._entries if principal is not None and refusal(principal, need) is None]
        tenants = () if principal is None else principal.scope.tenants
        return {"sections": sections(open_to), "who": "" if principal is None else principal.name, "tenants": tenants}

    async def _part(self, part: Part, part_request: PageRequest) -> tuple[Markup, bool]:
        """A part as HTML, and whether what it needs was there."""
        view: Any = None
        try:
            view, template = await part.load(part_request), part.template
        except Outage as outage:
            OUTAGES.inc()
            log.warning("part %s of %r cannot be shown: %s", part.name, part_request.path, outage)
            template = "_away.html"
        given = {"part": part, "view": view, "asked": part_request, "now": part_request.now}
        tenants = part_request.ports.principal.scope.tenants
        text = self._render("_part.html", template=template, tenants=tenants, **given)
        return Markup(text), template is part.template  # noqa: S704 rendered just now, everything in it escaped

    def _render(self, name: str, /, **context: Any) -> str:
        return self._templates.get_template(name).render(**context)


def _needed(noun: ApiNoun) -> Need:
    """What the page of a noun's entry in the navigation needs."""
    assert noun.navigation is not None
    handler = next(page for page in noun.pages if noun.navigation.href in page.paths)
    return noun.policy.need(noun.tag, name_of(handler), "GET")


def _loader(nouns: Sequence[ApiNoun]) -> BaseLoader:
    """Finds `tokens/rows.html` in the folder of the noun tokens, and what pages share in the console's own."""
    folders = {noun.tag: FileSystemLoader(NOUNS_BESIDE / noun.tag / "templates") for noun in nouns if noun.pages}
    return ChoiceLoader([FileSystemLoader(TEMPLATES), PrefixLoader(folders)])


TabPath = Annotated[str, PathParameter(description="A tab of the page.")]

Shown = NamedDependency[SkipValidation[Show]]


def page_request(request: Request[Any, Any, Any], ports: Ports, subject: Any = None) -> PageRequest:
    """What the request asks for."""
    query = {name: value for name, value in request.query_params.items() if value}
    return PageRequest(
        ports=ports,
        path=request.scope["path"],
        query=query,
        now=ports.clock(),
        form_token=form_token_of(request),
        subject=subject,
    )


def is_fragment(request: Request[Any, Any, Any]) -> bool:
    """Whether the page's script asks, for a part of the page."""
    return "hx-request" in request.headers


def _html(text: str, status: int = HTTPStatus.OK) -> Rendered:
    return Response(text, status_code=status, media_type=MediaType.HTML, headers={"Vary": "HX-Request"})
