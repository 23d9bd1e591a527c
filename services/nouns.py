"""Nouns: the list of all nouns, one line each. Workers, settings and replay rules are derived from it."""

import importlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from schemas.settings import merge_settings
from services import (
    api,
    authorities,
    authorization,
    batteries,
    billing,
    boottemplates,
    certificates,
    chargingprofiles,
    commands,
    demandresponse,
    der,
    devicemodel,
    diagnostics,
    displays,
    energy,
    firmware,
    iso15118,
    locallists,
    metering,
    payments,
    provisioning,
    reports,
    reservations,
    securityoperations,
    sessionlimits,
    stations,
    stationtariffs,
    transactions,
    transactionstatus,
    webhooks,
)
from services.runtime.loop.hosting import build_host
from services.runtime.loop.service import Service
from services.runtime.noun import Core, Host, Noun, Standalone
from services.runtime.process.settings import MoveSettings, ReplaySettings, Settings

NOUNS: tuple[Noun, ...] = (
    stations.NOUN,
    authorization.NOUN,
    transactions.NOUN,
    provisioning.NOUN,
    commands.NOUN,
    billing.NOUN,
    firmware.NOUN,
    reports.NOUN,
    diagnostics.NOUN,
    transactionstatus.NOUN,
    reservations.NOUN,
    sessionlimits.NOUN,
    locallists.NOUN,
    displays.NOUN,
    stationtariffs.NOUN,
    payments.NOUN,
    devicemodel.NOUN,
    chargingprofiles.NOUN,
    energy.NOUN,
    webhooks.NOUN,
    certificates.NOUN,
    authorities.NOUN,
    iso15118.NOUN,
    boottemplates.NOUN,
    securityoperations.NOUN,
    der.NOUN,
    demandresponse.NOUN,
    batteries.NOUN,
    metering.NOUN,
    api.NOUN,
)
"""Every noun that has a service, in the order in which lists and pages name them."""

DECLARED: Mapping[str, Core | Standalone] = {run.name: run for noun in NOUNS for run in noun.runs}
"""Everything that runs, by name."""

CORES: Mapping[str, Core] = {name: run for name, run in DECLARED.items() if isinstance(run, Core)}
"""The services with a state, by name."""

HOSTS: tuple[Host, ...] = (
    Host(
        name="small",
        does="runs the small services, which share a worker.",
        services=(
            "reports",
            "reservations",
            "locallists",
            "devicemodel",
            "diagnostics",
            "displays",
            "stationtariffs",
            "payments",
            "chargingprofiles",
            "transactionstatus",
            "certificates",
            "certificate-signing",
            "boottemplates",
            "securityoperations",
            "sessionlimits",
            "der",
            "batteries",
        ),
    ),
)
"""Which services share a worker. A service in no row has a worker of its own, under its own name.

Changing a row moves a service's state: deploy/OPERATIONS.md, "Moving a service between workers", has the procedure without loss.
"""

WORKER_OF: Mapping[str, str] = {name: name for name in CORES} | {
    name: host.name for host in HOSTS for name in host.services
}
"""The worker in which each service with a state runs."""

WORKERS: Mapping[str, str] = {name: run.does for name, run in DECLARED.items() if WORKER_OF.get(name, name) == name} | {
    host.name: host.does for host in HOSTS
}
"""What `python -m services NAME` runs, by name, with what it does."""

STATEFUL: tuple[str, ...] = tuple(dict.fromkeys(WORKER_OF.values()))
"""The workers with a state changelog and a clock of their own."""

NOT_REPLAYED: Mapping[str, str] = {name: run.not_replayed for name, run in DECLARED.items() if run.not_replayed}
"""Services that `replay` refuses, each with the reason."""

REPLAYED: tuple[str, ...] = tuple(name for name, run in DECLARED.items() if not run.not_replayed)
"""Services that `replay` accepts."""

METRICS: tuple[str, ...] = ("services.runtime.process.metrics", *(noun.metrics for noun in NOUNS if noun.metrics))
"""Every module that declares metrics."""

ServicesSettings: type[Settings] = merge_settings("ServicesSettings", Settings, *(noun.settings for noun in NOUNS))
"""Every setting of `python -m services`: those of all services, and those of each noun."""

NounReplaySettings: type[ReplaySettings] = merge_settings(
    "NounReplaySettings", ReplaySettings, *(noun.settings for noun in NOUNS)
)
"""Every setting of `python -m services replay NAME`: a core decides by its noun's settings there too."""

NounMoveSettings: type[MoveSettings] = merge_settings(
    "NounMoveSettings", MoveSettings, *(noun.settings for noun in NOUNS)
)
"""Every setting of `python -m services move NAME`."""

T = TypeVar("T", bound=Settings)


def settings_of(name: str, settings: Settings) -> Settings:
    """The settings of the noun of this service."""
    (kind,) = (noun.settings for noun in NOUNS if name in {run.name for run in noun.runs})
    return _part(kind, settings)


def build(name: str, settings: Settings) -> Any:
    """Build the `Service` of a core, or the workers of a standalone, with its noun's settings. Raises BadSetting."""
    builder: Callable[[Settings], Any] = load_object(DECLARED[name].build)
    return builder(settings_of(name, settings))


def service_of(worker: str, settings: Settings) -> Service[Any]:
    """Build what a stateful worker runs: the service of its name, or all services that share it. Raises BadSetting."""
    for host in HOSTS:
        if host.name == worker:
            return build_host(worker, [_core(name, settings) for name in host.services])
    return _core(worker, settings)


def _core(name: str, settings: Settings) -> Service[Any]:
    """Build a service, with the other workers in which it may have run before."""
    service: Service[Any] = build(name, settings)
    homes = (name, *(host.name for host in HOSTS))
    return replace(service, elsewhere=tuple(home for home in homes if home != WORKER_OF[name]))


def load_object(place: str) -> Any:
    """Import the object that `module:name` names."""
    module, _, name = place.partition(":")
    return getattr(importlib.import_module(module), name)


def _part(kind: type[T], settings: Settings) -> T:
    names: Iterable[str] = (field.name for field in msgspec.structs.fields(kind))
    return kind(**{name: getattr(settings, name) for name in names})
