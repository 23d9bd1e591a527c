"""Metered: the ports of a principal that is limited to tenants, whose quotas they count and keep."""

from collections.abc import Collection
from typing import Any, Protocol

import msgspec

from schemas.base import Record
from schemas.commands import CommandRequested
from schemas.operators import NOBODY
from schemas.provisioning import Change, ChangeSettled
from schemas.stations import REF_STATIONS, StationProvisioned
from services.api.live.hub import Kind, Subscription
from services.api.ports import Ports, Publisher
from services.api.tenants.quotas import TenantQuotas


class Turn(Protocol):
    """A request in progress."""

    def end(self) -> None:
        """It does nothing but wait from now on."""


def metered(ports: Ports, turn: Turn | None = None) -> Ports:
    """The ports, with the quotas of the tenants that their principal is limited to, and those of every tenant's stations.

    `turn` ends once commands are published: what is left of the request is to wait for their outcomes.
    """
    quotas, tenants = ports.quotas, ports.principal.scope.tenants
    if quotas is None:
        return ports
    proposals: Any = MeteredProposals(ports, quotas)
    publisher: Any = MeteredPublisher(ports.publisher, quotas, tenants, turn)
    if not tenants:
        return msgspec.structs.replace(ports, proposals=proposals, publisher=publisher)
    hub: Any = MeteredHub(ports.hub, quotas, tenants)
    return msgspec.structs.replace(ports, proposals=proposals, publisher=publisher, hub=hub)


class MeteredPublisher:
    """Publishes commands as far as the quotas allow."""

    def __init__(self, publisher: Publisher, quotas: TenantQuotas, tenants: Collection[str], turn: Turn | None) -> None:
        self._publisher = publisher
        self._quotas = quotas
        self._tenants = tenants
        self._turn = turn

    async def publish(self, *records: Record) -> None:
        """Return when Kafka has them all. Raises Problem: 429; Outage."""
        commands = [record for record in records if isinstance(record, CommandRequested)]
        self._quotas.command(self._tenants, commands)
        await self._publisher.publish(*records)
        if commands and self._turn is not None:
            self._turn.end()


class MeteredProposals:
    """Proposes stations as far as the quotas of their tenants allow."""

    def __init__(self, ports: Ports, quotas: TenantQuotas) -> None:
        self._ports = ports
        self._quotas = quotas

    async def settle(self, change: Change, *, based_on: str) -> ChangeSettled:
        """Propose a change. Raises Problem: 409; Outage."""
        if isinstance(change, StationProvisioned):
            before = self._ports.reference.get(REF_STATIONS, change.station)
            whose = before.tenant if isinstance(before, StationProvisioned) else NOBODY
            self._quotas.station(change.tenant, before=whose)
        return await self._ports.proposals.settle(change, based_on=based_on)


class MeteredHub:
    """Event streams as far as the quotas allow."""

    def __init__(self, hub: Any, quotas: TenantQuotas, tenants: Collection[str]) -> None:
        self._hub = hub
        self._quotas = quotas
        self._tenants = tenants

    def subscribe(self, station: str | None, kinds: frozenset[Kind], **limits: Any) -> Subscription | None:
        """A new client's subscription; None when there are too many clients already. Raises Problem: 429."""
        self._quotas.stream_begins(self._tenants)
        subscription: Subscription | None = self._hub.subscribe(station, kinds, **limits)
        if subscription is None:
            self._quotas.stream_ends(self._tenants)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """The client has gone."""
        self._hub.unsubscribe(subscription)
        self._quotas.stream_ends(self._tenants)
