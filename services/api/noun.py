"""What a noun of the API declares of itself, once, in its folder's `noun.py`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import ModuleType
from typing import Any, Literal, get_args

import msgspec
from litestar import Router
from litestar.handlers import HTTPRouteHandler

from services.api.web.policy import Policy

MakesRouter = Callable[[], Router]


class DeploymentWide(msgspec.Struct, frozen=True):
    """What a noun keeps belongs to the deployment as a whole, and to no tenant: `why`."""

    why: str


Tenancy = Literal["station", "site", "own"] | DeploymentWide
"""Whose a noun's records are. `station`: whose the station is that each names (`station`). `site`: whose
the site is that each is of (`site`, `tenant`). `own`: each says so itself (`tenant`)."""


Section = Literal["Fleet", "Drivers and prices", "Operations", "Data", "Administration"]
"""The sections of the console's navigation, in their order."""

TabGroup = Literal["", "Charging", "Device", "Security"]
"""The groups of a station's tabs. A tab of no group stands alone."""


class Navigation(msgspec.Struct, frozen=True):
    """An entry of the console's navigation, in its section. `name`: of the pages that stand below it.

    `icon` is drawn with lines of one width: the `d` of an SVG path in a square of 24 by 24.
    """

    name: str
    label: str
    href: str
    icon: str
    section: Section = "Operations"

    @property
    def symbol(self) -> str:
        """The icon as an SVG symbol, under the entry's name."""
        return (
            f'<symbol id="{self.name}" viewBox="0 0 24 24"><path d="{self.icon}" fill="none" stroke="currentColor"'
            ' stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></symbol>'
        )


class Tab(msgspec.Struct, frozen=True):
    """A tab of a station's page, at `/stations/{station}/{name}`. Tabs stand by their `place`, then in the order of nouns.

    Tabs of one group share an entry of the first row, and stand in a second row while one of them is open.
    """

    name: str
    label: str
    place: int = 50
    group: TabGroup = ""


class TabEntry(msgspec.Struct, frozen=True):
    """An entry of the first row of a station's tabs: one tab, or the tabs of a group."""

    label: str
    tabs: tuple[Tab, ...]

    @property
    def first(self) -> Tab:
        """The tab that the entry opens."""
        return self.tabs[0]

    def has(self, name: str) -> bool:
        """Whether the tab of this name is of this entry."""
        return any(tab.name == name for tab in self.tabs)


class NounReads(msgspec.Struct, frozen=True):
    """What a noun reads from ClickHouse: the protocol that routes and pages see, and the module with its functions.

    Each function is called as its method in the protocol is, with the process's `ClickHouse` before all other arguments.
    """

    protocol: type
    module: ModuleType

    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """The function of each read, by the name of the read."""
        return {name: getattr(self.module, name) for name in vars(self.protocol) if not name.startswith("_")}


class ApiNoun(msgspec.Struct, frozen=True, kw_only=True):
    """A noun of the API. `tag` and `meaning` head its routes in the OpenAPI document; `pages` are the console's handlers.
    `policy` says which of its handlers need which permission, `tenancy` whose its records are.
    `open`: routes beside /api/v1 that need no login.

    `describes` adds to the OpenAPI document, in place and as often as it is called, what Litestar cannot know of the noun.
    """

    tag: str
    meaning: str
    policy: Policy
    tenancy: Tenancy | None = None
    routers: tuple[MakesRouter, ...]
    open: tuple[MakesRouter, ...] = ()
    pages: tuple[HTTPRouteHandler, ...] = ()
    navigation: Navigation | None = None
    tabs: tuple[Tab, ...] = ()
    reads: NounReads | None = None
    describes: Callable[[dict[str, Any]], None] | None = None


def sections(nouns: Iterable[ApiNoun]) -> Sequence[tuple[Section, Sequence[Navigation]]]:
    """The navigation by sections, each with its entries in the order of the nouns. A section without entries is left out."""
    entries = [noun.navigation for noun in nouns if noun.navigation is not None]
    listed = ((name, [entry for entry in entries if entry.section == name]) for name in get_args(Section))
    return [(name, members) for name, members in listed if members]


def tab_entries(nouns: Iterable[ApiNoun]) -> Sequence[TabEntry]:
    """The first row of a station's tabs. A group stands where the first of its tabs would stand."""
    tabs = sorted((tab for noun in nouns for tab in noun.tabs), key=lambda tab: tab.place)
    grouped: dict[str, list[Tab]] = {}
    for tab in tabs:
        grouped.setdefault(tab.group or tab.label, []).append(tab)
    return [TabEntry(label, tuple(members)) for label, members in grouped.items()]
