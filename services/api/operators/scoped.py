"""Scoped: the ports as whoever is limited to some stations has them: other stations are not there, whatever asks for them.

What a read of ClickHouse may give is decided by ClickHouse (`services.api.history.scoping`); that no row of another station passes
is checked here once more, for all reads, and for what this process holds in memory.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping
from contextlib import AbstractContextManager
from http import HTTPStatus
from typing import Any

import msgspec

from schemas.base import Record
from schemas.ids import folded
from schemas.operators import Scope
from schemas.provisioning import Change, ChangeSettled
from schemas.stations import REF_STATIONS, STATION_STATES, StationChanged, StationProvisioned, StationRemoved
from schemas.topic import Topic
from services.api.live.hub import Kind, Subscription
from services.api.live.memory import Hearing, Remembered
from services.api.ports import Ports, Publisher, Reference
from services.api.web.paging import Page
from services.api.web.policy import Placement, within
from services.api.web.problems import Problem, not_found

Holds = Callable[[str], bool]
"""Whether a station belongs to the scope."""

BY_STATION = "station"
"""The key of topics whose records are of one station each."""


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


def scoped(ports: Ports, scope: Scope) -> Ports:
    """The ports of whom the scope limits."""
    holds = holding(ports.reference, scope)
    limited: dict[str, Any] = {
        "reads": ScopedReads(ports.reads_within(scope, holds), holds, ports.reference),
        "reference": ScopedReference(ports.reference, holds),
        "publisher": ScopedPublisher(ports.publisher, holds),
        "proposals": ScopedProposals(ports, scope, holds),
        "commands": ScopedCommands(ports.commands, holds),
        "reports": ScopedReports(ports.reports, holds),
        "hub": ScopedHub(ports.hub, holds),
    }
    return msgspec.structs.replace(ports, **limited)


def kept(found: Any, holds: Holds) -> Any:
    """What of a read's answer is of stations that belong to the scope; rows that are of no station stay as they are."""
    match found:
        case Page():
            return Page(tuple(kept(found.items, holds)), found.next_cursor)
        case tuple() | list():
            return type(found)(item for item in found if kept(item, holds) is not None)
        case Mapping():
            return {name: value for name, value in found.items() if kept(value, holds) is not None}
        case msgspec.Struct() if hasattr(found, BY_STATION):
            return found if holds(getattr(found, BY_STATION)) else None
    return found


class ScopedReads:
    """The reads, without rows of other stations."""

    def __init__(self, reads: Any, holds: Holds, reference: Reference) -> None:
        self._reads = reads
        self._holds = holds
        self._reference = reference

    def __getattr__(self, name: str) -> Callable[..., Awaitable[Any]]:
        read = getattr(self._reads, name)

        async def limited(*args: Any, **options: Any) -> Any:
            return kept(await read(*args, **options), self._holds)

        return limited

    async def sites(self) -> tuple[str, ...]:
        """The sites of its stations."""
        records = self._reference.all(REF_STATIONS).values()
        own = {one.site for one in records if isinstance(one, StationProvisioned) and self._holds(one.station)}
        return tuple(site for site in await self._reads.sites() if site in own)


class ScopedReference:
    """Compacted topics, as far as they are of its stations; of topics that are not by station there is nothing."""

    def __init__(self, reference: Reference, holds: Holds) -> None:
        self._reference = reference
        self._holds = holds

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of a key."""
        return self._reference.get(topic, key) if topic.key == BY_STATION and self._holds(key) else None

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key with its newest record."""
        if topic.key != BY_STATION:
            return {}
        return {key: record for key, record in self._reference.all(topic).items() if self._holds(key)}

    async def caught_up(self) -> bool:
        """Wait until everything that Kafka has now has been read here."""
        return await self._reference.caught_up()

    async def read_back(self, record: Record) -> bool:
        """Wait until a record has been read back."""
        return await self._reference.read_back(record)


def require_held(record: Record, holds: Holds) -> None:
    """Refuse what acts on anything but its stations. Raises Problem: 404, 403 for what is of no station."""
    station = getattr(record, BY_STATION, None)
    if station is None:
        raise Problem(HTTPStatus.FORBIDDEN, "This is not of single stations, to some of which the key is limited.")
    if not holds(station):
        raise not_found(f"No station {station!r} has connected or been provisioned.")


class ScopedPublisher:
    """Publishes what is of its stations."""

    def __init__(self, publisher: Publisher, holds: Holds) -> None:
        self._publisher = publisher
        self._holds = holds

    async def publish(self, *records: Record) -> None:
        """Return when Kafka has them all. Raises Problem, Outage."""
        for record in records:
            require_held(record, self._holds)
        await self._publisher.publish(*records)


class ScopedProposals:
    """Proposes changes of its stations, which stay its own, and of new ones that become its own."""

    def __init__(self, ports: Ports, scope: Scope, holds: Holds) -> None:
        self._ports = ports
        self._scope = scope
        self._holds = holds

    async def settle(self, change: Change, *, based_on: str) -> ChangeSettled:
        """Propose a change. Raises Problem, Outage."""
        if isinstance(change, StationProvisioned):
            self._require_own(change)
        else:
            require_held(change, self._holds)
        return await self._ports.proposals.settle(change, based_on=based_on)

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
    """The events of its stations."""

    def __init__(self, hub: Any, holds: Holds) -> None:
        self._hub = hub
        self._holds = holds

    def subscribe(self, station: str | None, kinds: frozenset[Kind]) -> Subscription | None:
        """A new client's subscription; None when there are too many clients already."""
        subscription: Subscription | None = self._hub.subscribe(station, kinds, within=self._holds)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """The client has gone."""
        self._hub.unsubscribe(subscription)
