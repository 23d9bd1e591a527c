"""Scoped: the ports as whoever is limited has them: other stations, and what belongs to other tenants, are not there, whatever asks.

What a read of ClickHouse may give is decided by ClickHouse (`services.api.history.scoping`); that no row of another station passes
is checked here once more, for all reads, and for what this process holds in memory.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any

import msgspec

from schemas.authorization import REF_TOKENS
from schemas.base import Record
from schemas.credits import TOKEN_CREDITS
from schemas.ids import folded
from schemas.operators import API_KEY_USES, REF_API_KEYS, REF_ROLES, Scope
from schemas.provisioning import REFERENCE, REMOVED, Change, ChangeSettled, revision_of
from schemas.routing import route
from schemas.stations import REF_STATIONS, STATION_STATES, StationChanged, StationProvisioned, StationRemoved
from schemas.topic import Topic
from services.api.live.hub import Event, Kind, Subscription
from services.api.live.memory import Hearing, Remembered
from services.api.ports import Ports, Publisher, Reference
from services.api.web.paging import Page
from services.api.web.policy import Owned, Placement, at_site, is_tenants, owned, within
from services.api.web.problems import Problem, not_found

Holds = Callable[[str], bool]
"""Whether a station belongs to the scope."""

BY_STATION, BY_TENANT, BY_SITE = "station", "tenant", "site"
"""Members of records: the station that they hang on, the tenant of what hangs on none, and the site of what is of a whole one."""

FOLLOWS: Mapping[str, Topic] = {TOKEN_CREDITS.name: REF_TOKENS, API_KEY_USES.name: REF_API_KEYS}
"""Topics whose records belong to whom the record of the same key in another topic belongs."""

READ_BY_TENANTS = frozenset({REF_ROLES.name})
"""Topics of the deployment that tenants read: who gives roles to others has to know them."""


def tenants_of(record: Record) -> tuple[str, ...] | None:
    """Whose a record is that hangs on no station: a user's and a key's those that it is limited to. None: it belongs to the deployment."""
    if hasattr(record, BY_TENANT):
        return (getattr(record, BY_TENANT),)
    limits = getattr(record, "scope", None)
    return limits.tenants if isinstance(limits, Scope) else None


class Owning:
    """What of that which hangs on no station belongs to a scope; None: to a scope that owns nothing of it."""

    def __init__(self, scope: Scope | None) -> None:
        self._scope = scope

    def __call__(self, tenants: Collection[str]) -> bool:
        """Whether what belongs to these tenants belongs to the scope."""
        return self._scope is not None and owned(self._scope, tenants)

    def at(self, tenant: str, site: str) -> bool:
        """Whether what belongs to a site as a whole belongs to the scope."""
        return self._scope is not None and at_site(self._scope, tenant, site)

    def record(self, record: Any) -> bool:
        """Whether a record or row that hangs on no station belongs to the scope."""
        if of_site(record):
            return self.at(record.tenant, record.site)
        tenants = tenants_of(record)
        return tenants is not None and self(tenants)


NOTHING_OWNED = Owning(None)


def of_site(record: Any) -> bool:
    """Whether a record or row belongs to a site as a whole."""
    return all(hasattr(record, member) for member in (BY_SITE, BY_TENANT)) and not hasattr(record, BY_STATION)


def holding(reference: Reference, scope: Scope) -> Holds:
    """Which stations belong to the scope now: by what is provisioned of them, else by what they are known as. A removed one: to none."""

    def holds(station: str) -> bool:
        placed = _placement(reference, station)
        return placed is not None and within(scope, placed)

    return holds


def _placement(reference: Reference, station: str) -> Placement | None:
    record = reference.get(REF_STATIONS, station)
    if isinstance(record, StationRemoved):
        return None
    if not isinstance(record, StationProvisioned):
        record = reference.get(STATION_STATES, station)
    if isinstance(record, StationProvisioned):
        return placed(record)
    if isinstance(record, StationChanged) and not record.removed:
        return Placement(tenant=record.tenant, site=record.site, labels=record.labels)
    return None


def placed(record: StationProvisioned) -> Placement:
    """Where a station belongs, by what is provisioned of it."""
    return Placement(tenant=record.tenant, site=record.site, labels=record.labels)


def current(reference: Reference, record: Record) -> Record | None:
    """What stands in the place of a record of reference data."""
    routed = route(record)
    topic = next((topic for topic in REFERENCE if topic.name == routed.topic), None)
    return None if topic is None else reference.get(topic, routed.key.decode())


def scoped(ports: Ports, scope: Scope) -> Ports:
    """The ports of whom the scope limits."""
    holds, owns = holding(ports.reference, scope), Owning(scope)
    limited: dict[str, Any] = {
        "reads": ScopedReads(
            ports.reads_within(scope, lambda record: _belongs(record, holds, owns)), holds, owns, ports.reference
        ),
        "reference": ScopedReference(ports.reference, holds, scope),
        "publisher": ScopedPublisher(ports.publisher, holds, owns),
        "proposals": ScopedProposals(ports, scope, holds),
        "commands": ScopedCommands(ports.commands, holds),
        "reports": ScopedReports(ports.reports, holds),
        "hub": ScopedHub(ports.hub, holds, owns),
    }
    return msgspec.structs.replace(ports, **limited)


def is_sited(row: Any) -> bool:
    """Whether a row is a sum over the stations of a site, and names nothing else that could say whose it is."""
    return hasattr(row, BY_SITE) and not any(hasattr(row, member) for member in (BY_STATION, BY_TENANT))


def kept(found: Any, holds: Holds, owns: Owning = NOTHING_OWNED) -> Any:
    """What of a read's answer belongs to the scope, by its station or its tenant; rows that are of neither stay as they are."""
    match found:
        case Page():
            return Page(tuple(kept(found.items, holds, owns)), found.next_cursor)
        case tuple() | list():
            return type(found)(item for item in found if kept(item, holds, owns) is not None)
        case Mapping():
            return {name: value for name, value in found.items() if kept(value, holds, owns) is not None}
        case msgspec.Struct():
            return found if _belongs(found, holds, owns) else None
    return found


def _belongs(row: Any, holds: Holds, owns: Owning) -> bool:
    if hasattr(row, BY_STATION) and not isinstance(row, Owned):
        return holds(row.station)
    return not hasattr(row, BY_TENANT) or owns.record(row)


class ScopedReads:
    """The reads, without rows of other stations and tenants."""

    def __init__(self, reads: Any, holds: Holds, owns: Owning, reference: Reference) -> None:
        self._reads = reads
        self._holds = holds
        self._owns = owns
        self._reference = reference

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        read = getattr(self._reads, name)

        async def limited(*args: Any, **options: Any) -> Any:
            found = kept(await read(*args, **options), self._holds, self._owns)
            if isinstance(found, tuple) and any(is_sited(row) for row in found):
                own = self._own_sites()
                return tuple(row for row in found if not is_sited(row) or row.site in own)
            return found

        return limited

    async def sites(self) -> tuple[str, ...]:
        """The sites of its stations."""
        own = self._own_sites()
        return tuple(site for site in await self._reads.sites() if site in own)

    def _own_sites(self) -> frozenset[str]:
        records = self._reference.all(REF_STATIONS).values()
        return frozenset(
            one.site for one in records if isinstance(one, StationProvisioned) and self._holds(one.station)
        )


class ScopedReference:
    """Compacted topics, as far as they are of its stations or its tenants; of topics of the deployment there is nothing."""

    def __init__(self, reference: Reference, holds: Holds, scope: Scope) -> None:
        self._reference = reference
        self._holds = holds
        self._owns = Owning(scope)
        self._tenants = is_tenants(scope)

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of a key."""
        record = self._reference.get(topic, key)
        return record if record is not None and self._has(topic, key, record) else None

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key with its newest record."""
        if topic.key not in (BY_STATION, BY_SITE) and not self._tenants:
            return {}
        return {key: record for key, record in self._reference.all(topic).items() if self._has(topic, key, record)}

    def _has(self, topic: Topic, key: str, record: Record) -> bool:
        if topic.key == BY_STATION:
            return self._holds(key)
        if topic.name in READ_BY_TENANTS:
            return self._tenants
        followed = FOLLOWS.get(topic.name)
        owner = record if followed is None else self._reference.get(followed, key)
        return owner is not None and self._owns.record(owner)

    async def caught_up(self) -> bool:
        """Wait until everything that Kafka has now has been read here."""
        return await self._reference.caught_up()

    async def read_back(self, record: Record) -> bool:
        """Wait until a record has been read back."""
        return await self._reference.read_back(record)


def require_held(record: Record, holds: Holds, owns: Owning = NOTHING_OWNED) -> None:
    """Refuse what acts on anything but its stations, and its tenants' own. Raises Problem: 404; 403 for what is the deployment's."""
    station, tenants = getattr(record, BY_STATION, None), tenants_of(record)
    if tenants is not None and not isinstance(record, StationProvisioned):
        if not owns.record(record):
            raise Problem(HTTPStatus.FORBIDDEN, "It does not belong to a tenant that the key is limited to.")
        return
    if station is None:
        raise Problem(HTTPStatus.FORBIDDEN, "This is of the deployment as a whole, and the key is limited.")
    if not holds(station):
        raise not_found(f"No station {station!r} has connected or been provisioned.")


class ScopedPublisher:
    """Publishes what is of its stations and tenants."""

    def __init__(self, publisher: Publisher, holds: Holds, owns: Owning) -> None:
        self._publisher = publisher
        self._holds = holds
        self._owns = owns

    async def publish(self, *records: Record) -> None:
        """Return when Kafka has them all. Raises Problem, Outage."""
        for record in records:
            require_held(record, self._holds, self._owns)
        await self._publisher.publish(*records)


class ScopedProposals:
    """Proposes changes of its stations and of what belongs to its tenants, which stay its own, and of new ones that become its own."""

    def __init__(self, ports: Ports, scope: Scope, holds: Holds) -> None:
        self._ports = ports
        self._scope = scope
        self._holds = holds

    async def settle(self, change: Change, *, based_on: str) -> ChangeSettled:
        """Propose a change. Raises Problem, Outage."""
        if isinstance(change, StationProvisioned):
            self._require_own(change)
        elif hasattr(change, BY_STATION):
            require_held(change, self._holds)
        elif of_site(change):
            self._require_own_site(change)
        else:
            based_on = self._based_on_own(change, based_on)
        return await self._ports.proposals.settle(change, based_on=based_on)

    def _based_on_own(self, change: Change, based_on: str) -> str:
        """The revision that a change of a tenant's own is based on. Raises Problem: 403, 409 for an id that is another's, or was."""
        before = current(self._ports.reference, change)
        whose = None if before is None else tenants_of(before)
        if whose is not None and not owned(self._scope, whose):
            raise Problem(HTTPStatus.CONFLICT, "This id is taken.")
        if not isinstance(change, REMOVED) or tenants_of(change) is not None:
            wanted = tenants_of(change)
            if wanted is None or not owned(self._scope, wanted):
                own = ", ".join(self._scope.tenants)
                raise Problem(
                    HTTPStatus.FORBIDDEN, f"It would not belong to the tenants that the key is limited to: {own}."
                )
        # of a user or a key that was removed nothing says whose it was: its name is free, and nothing of it is shown
        return revision_of(before) if whose is None else based_on

    def _require_own_site(self, change: Any) -> None:
        """Raises Problem: 403 for a site that would not be within the scope, 409 for a name that is another's, or was."""
        owns = Owning(self._scope)
        if not owns.at(change.tenant, change.site):
            raise Problem(HTTPStatus.FORBIDDEN, "The site would not be one of those that the key is limited to.")
        before = current(self._ports.reference, change)
        if before is not None and not owns.record(before):
            raise Problem(HTTPStatus.CONFLICT, "This id is taken.")

    def _require_own(self, change: StationProvisioned) -> None:
        if not within(self._scope, placed(change)):
            raise Problem(
                HTTPStatus.FORBIDDEN, "The station would not belong to the stations that the key is limited to."
            )
        if not self._holds(change.station) and self._is_known(change.station):
            raise Problem(HTTPStatus.CONFLICT, "This id is taken.")

    def _is_known(self, station: str) -> bool:
        """Whether there is a station of that id, in any case of letters."""
        reference, fold = self._ports.reference, folded(station)
        states = (key for key in reference.all(STATION_STATES) if folded(key) == fold)
        records = reference.all(REF_STATIONS).items()
        return any(states) or any(isinstance(one, StationProvisioned) and folded(key) == fold for key, one in records)


class ScopedCommands:
    """Commands in memory, of its stations."""

    def __init__(self, commands: Any, holds: Holds) -> None:
        self._commands = commands
        self._holds = holds

    def find(self, command_id: str) -> Remembered | None:
        """What is remembered of a command."""
        found: Remembered | None = self._commands.find(command_id)
        known = None if found is None else found.request or found.settled
        return found if known is not None and self._holds(known.station) else None

    def requested(self, request: Any) -> None:
        """Somebody asked."""
        self._commands.requested(request)

    async def outcome(self, command_id: str, *, within_s: float) -> Any:
        """Wait for the command's outcome."""
        return kept(await self._commands.outcome(command_id, within_s=within_s), self._holds)

    def listening(self, command_ids: Collection[str]) -> AbstractContextManager[Hearing]:
        """Collect the outcomes of commands that were sent just now."""
        heard: AbstractContextManager[Hearing] = self._commands.listening(command_ids)
        return heard


class ScopedReports:
    """Reports in memory, of its stations."""

    def __init__(self, reports: Any, holds: Holds) -> None:
        self._reports = reports
        self._holds = holds

    def find(self, report: str) -> Any:
        """What is remembered of a report."""
        return kept(self._reports.find(report), self._holds)

    async def ended(self, report: str, *, within_s: float) -> Any:
        """Wait until the report has ended."""
        return kept(await self._reports.ended(report, within_s=within_s), self._holds)


class ScopedHub:
    """The events of its stations and sites."""

    def __init__(self, hub: Any, holds: Holds, owns: Owning) -> None:
        self._hub = hub
        self._holds = holds
        self._owns = owns

    def subscribe(self, station: str | None, kinds: frozenset[Kind], *, site: str | None = None) -> Subscription | None:
        """A new client's subscription; None when there are too many clients already."""
        subscription: Subscription | None = self._hub.subscribe(station, kinds, site=site, within=self._within)
        return subscription

    def _within(self, happened: Event) -> bool:
        if happened.site:
            return self._owns.at(happened.tenant, happened.site)
        return self._holds(happened.station)

    def unsubscribe(self, subscription: Subscription) -> None:
        """The client has gone."""
        self._hub.unsubscribe(subscription)
