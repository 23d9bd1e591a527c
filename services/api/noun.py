"""What a noun of the API declares of itself, once, in its folder's `noun.py`."""

from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import msgspec
from litestar import Router
from litestar.handlers import HTTPRouteHandler

MakesRouter = Callable[[], Router]


class Navigation(msgspec.Struct, frozen=True):
    """An entry of the console's navigation. `name`: of the pages that stand below it.

    `icon` is drawn with lines of one width: the `d` of an SVG path in a square of 24 by 24.
    """

    name: str
    label: str
    href: str
    icon: str

    @property
    def symbol(self) -> str:
        """The icon as an SVG symbol, under the entry's name."""
        return (
            f'<symbol id="{self.name}" viewBox="0 0 24 24"><path d="{self.icon}" fill="none" stroke="currentColor"'
            ' stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/></symbol>'
        )


class Tab(msgspec.Struct, frozen=True):
    """A tab of a station's page, at `/stations/{station}/{name}`. Tabs stand by their `place`, then in the order of nouns."""

    name: str
    label: str
    place: int = 50


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

    `describes` adds to the OpenAPI document, in place and as often as it is called, what Litestar cannot know of the noun.
    """

    tag: str
    meaning: str
    routers: tuple[MakesRouter, ...]
    pages: tuple[HTTPRouteHandler, ...] = ()
    navigation: Navigation | None = None
    tabs: tuple[Tab, ...] = ()
    reads: NounReads | None = None
    describes: Callable[[dict[str, Any]], None] | None = None
