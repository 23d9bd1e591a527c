"""Auditing: the chain of this process, and the publisher and proposals that write an entry before anything takes effect."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec

from schemas.audit import Altered, Audited, AuditRecorded, digest_of
from schemas.base import Record
from schemas.provisioning import Change, ChangeSettled
from schemas.routing import route
from services.api.web.metrics import AUDIT_ENTRIES, AUDIT_PENDING
from services.runtime.process.outage import Outage

FIRST = 50
"""Records that an entry names, of those that one request publishes at once."""

LONGEST_SHOWN = 1_000
PENDING_MOST = 1_000

SECRET = "(secret)"
SECRETS = ("password_hash", "secret", "previous_secret", "digest", "start")
"""Members that are not told, only that they were altered."""

log = logging.getLogger(__name__)


class Publishes(Protocol):
    """Records onto Kafka."""

    async def publish(self, *records: Record) -> None:
        """Return when Kafka has them all. Raises Outage."""


class Flight(msgspec.Struct, frozen=True):
    """Entries on their way to Kafka: the newest of them, and the sending. There is one flight at a time, so a chain is sent in order."""

    newest: int
    sending: asyncio.Task[None]


class AuditLog:
    """The chain of one process. Entries that come while others are on their way leave together once those have arrived.

    Those that Kafka did not confirm are published again with the next; `PENDING_MOST` are kept.
    """

    def __init__(self, publisher: Publishes, *, writer: str, clock: Callable[[], datetime]) -> None:
        self._publisher = publisher
        self._writer = writer
        self._clock = clock
        self._sequence = 0
        self._previous = ""
        self._pending: OrderedDict[int, AuditRecorded] = OrderedDict()
        self._flight: Flight | None = None

    async def write(self, **members: Any) -> None:
        """Write an entry; return when Kafka has it, and all before it. Raises Outage."""
        if len(self._pending) >= PENDING_MOST:
            raise Outage("the audit log is behind: too many of its entries are not on Kafka", may_have_left=False)
        entry = AuditRecorded(
            id=f"{self._writer}-{self._sequence + 1}",
            writer=self._writer,
            sequence=self._sequence + 1,
            previous=self._previous,
            at=self._clock(),
            **members,
        )
        entry = msgspec.structs.replace(entry, digest=digest_of(entry))
        self._sequence, self._previous = entry.sequence, entry.digest
        self._pending[entry.sequence] = entry
        AUDIT_PENDING.set(len(self._pending))
        await self._confirmed(entry.sequence)

    async def _confirmed(self, sequence: int) -> None:
        """Return when Kafka has the entry. Raises Outage."""
        while sequence in self._pending:
            flight = self._flight
            if flight is None:
                flight = self._flight = Flight(next(reversed(self._pending)), asyncio.create_task(self._send()))
            # all wait for it, so it goes on where one of them is cancelled
            await asyncio.wait([flight.sending])
            fault = flight.sending.exception()
            if fault is not None and flight.newest >= sequence:
                raise Outage(f"the audit log cannot be written: {fault}", may_have_left=False) from fault

    async def _send(self) -> None:
        """Publish what is pending. Raises Outage."""
        sent = tuple(self._pending)
        try:
            await self._publisher.publish(*(self._pending[sequence] for sequence in sent))
        finally:
            self._flight = None
        for sequence in sent:
            del self._pending[sequence]
        AUDIT_ENTRIES.inc(len(sent))
        AUDIT_PENDING.set(len(self._pending))


class Trail:
    """What one request does: `members` say who asks for what. `written`: whether there is an entry of it."""

    def __init__(self, audit: AuditLog, members: Mapping[str, Any]) -> None:
        self._audit = audit
        self._members = members
        self.written = False

    async def note(self, records: Iterable[Audited], *, count: int) -> None:
        """Write what is about to take effect. Raises Outage."""
        self.written = True
        await self._audit.write(**self._members, records=tuple(records), count=count)

    async def end(self, status: int) -> None:
        """Write that the request was answered so, if nothing of it took effect. That it cannot be written now holds nobody up."""
        if self.written:
            return
        self.written = True
        try:
            await self._audit.write(**self._members, status=status)
        except Outage as outage:
            log.warning("%s", outage)


class AuditedPublisher:
    """Publishes after the trail has an entry."""

    def __init__(self, publisher: Publishes, trail: Trail) -> None:
        self._publisher = publisher
        self._trail = trail

    async def publish(self, *records: Record) -> None:
        """Return when Kafka has them all. Raises Outage."""
        await self._trail.note([audited(record) for record in records[:FIRST]], count=len(records))
        await self._publisher.publish(*records)


class AuditedProposals:
    """Proposes after the trail has an entry with what would be altered."""

    def __init__(self, proposals: Any, trail: Trail, before: Callable[[Record], Record | None]) -> None:
        self._proposals = proposals
        self._trail = trail
        self._before = before

    async def settle(self, change: Change, *, based_on: str) -> ChangeSettled:
        """Propose a change. Raises Outage."""
        record: Any = change
        await self._trail.note([audited(record, self._before(record))], count=1)
        settled: ChangeSettled = await self._proposals.settle(change, based_on=based_on)
        return settled


def audited(record: Record, before: Record | None = None) -> Audited:
    """What an entry says of a record. Commands are named without their arguments: those are in the command's own record."""
    tag, command = str(record.__struct_config__.tag), getattr(record, "command", None)
    named = f"{tag} {command.__struct_config__.tag}" if isinstance(command, msgspec.Struct) else tag
    return Audited(
        record=named,
        station=getattr(record, "station", "") or "",
        subject=getattr(record, "command_id", "") or getattr(record, "id", "") or route(record).key.decode(),
        altered=altered(before, record) if before is not None or not hasattr(record, "id") else (),
    )


def altered(before: Record | None, after: Record) -> tuple[Altered, ...]:
    """The members in which two states of a resource differ; who and when are in the entry itself."""
    was, becomes = _members(before), _members(after)
    names = [name for name in {**was, **becomes} if not name.endswith(("_by", "provisioned_at", "removed_at"))]
    return tuple(
        Altered(member=name, before=_shown(name, was), after=_shown(name, becomes))
        for name in names
        if was.get(name) != becomes.get(name)
    )


def _members(record: Record | None) -> dict[str, Any]:
    return {} if record is None else msgspec.structs.asdict(record)


def _shown(name: str, members: Mapping[str, Any]) -> str:
    if name not in members:
        return ""
    if name in SECRETS:
        return SECRET if members[name] else ""
    return msgspec.json.encode(members[name]).decode()[:LONGEST_SHOWN]
