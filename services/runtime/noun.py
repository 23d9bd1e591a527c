"""Noun: what one folder of services adds to the product, declared once in its `__init__.py`. PURE.

Builders and metrics are named by their modules, not imported: a process imports only what it runs.
"""

from dataclasses import dataclass

from services.runtime.process.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Core:
    """A service with a state: it runs in a worker of its own, or shares one with others that are keyed alike."""

    name: str
    """The service's name: of its consumer group, its state topic, its label in metrics."""
    does: str
    """What it does, in half a sentence, for the pages of operators."""
    build: str
    """`module:function` that makes its `Service` of the noun's settings."""
    not_replayed: str = ""
    """Why its state is never rebuilt from its facts; empty: it can be."""


@dataclass(frozen=True, kw_only=True)
class Host:
    """A worker that several services share: small and quiet ones, whose topics are keyed alike."""

    name: str
    does: str
    services: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Standalone:
    """A worker without a state on a changelog: it writes topics to a database, or serves requests."""

    name: str
    does: str
    build: str
    """`module:function` that makes its workers, a tuple, of the noun's settings."""
    not_replayed: str = ""
    feeds: str = ""
    """`module:NAME` of what it reads into ClickHouse: replayed by having each feed's group read its topics again."""


@dataclass(frozen=True, kw_only=True)
class Noun:
    """What a noun's folder runs, its settings, and where its metrics are."""

    runs: tuple[Core | Standalone, ...]
    settings: type[Settings] = Settings
    metrics: str = ""
    """The module that declares the noun's own metrics; empty: it has none."""
