"""Pages: what a page is made of. Each part loads its own view, and is fetched again by itself when something happened. PURE."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from services.api.ports import Ports

PART = "part"
"""The query parameter that asks for one part of a page instead of the whole."""


class PageRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a page was asked for. `subject` is what the page is about, where it is about one thing.

    `form_token`: what its forms carry; empty where nobody has logged in by a cookie.
    """

    ports: Ports
    path: str
    query: Mapping[str, str]
    now: datetime
    form_token: str
    subject: Any = None

    def get(self, name: str) -> str | None:
        """A parameter of the query; None where it is absent or blank."""
        return self.query.get(name) or None

    def url(self, **changes: str | None) -> str:
        """This page with other parameters; None takes one away."""
        query = {name: value for name, value in {**self.query, **changes}.items() if value}
        return quote(self.path) + ("?" + urlencode(query) if query else "")

    def part_url(self, name: str) -> str:
        """Where one part of this page is."""
        return self.url(part=name)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a page: `load` gives what `template` shows.

    `on`: the kinds of events after which it is fetched again, at most once in `every_s`; `poll_s`: at least so often (0: never).
    `each`: the member of the subject that tells several of this part on one page apart.
    """

    name: str
    template: str
    load: Callable[[PageRequest], Awaitable[Any]]
    on: str = ""
    every_s: int = 1
    poll_s: int = 0
    each: str = ""


class Screen(msgspec.Struct, frozen=True, kw_only=True):
    """A page: its template places its parts. `nav` is its place in the navigation."""

    title: str
    nav: str
    template: str
    parts: tuple[Part, ...] = ()

    @property
    def kinds(self) -> str:
        """The kinds of events the page follows; empty where it follows none."""
        return ",".join(sorted({kind for part in self.parts for kind in part.on.split()}))

    def part(self, name: str) -> Part | None:
        """One of its parts."""
        return next((part for part in self.parts if part.name == name), None)


def station_url(station: str, tab: str = "") -> str:
    """A station's page, or one of its tabs."""
    return "/stations/" + quote(station, safe="") + (f"/{tab}" if tab else "")


def session_url(session: str) -> str:
    """A session's page."""
    return "/sessions/" + quote(session, safe="")


def site_url(site: str) -> str:
    """A site's page."""
    return "/sites/" + quote(site, safe="")


def campaign_url(campaign: str) -> str:
    """A firmware campaign's page."""
    return "/firmware/" + quote(campaign, safe="")


def command_url(command_id: str) -> str:
    """A command's page."""
    return "/commands/" + quote(command_id, safe="")
