"""Audit: who did what in the API and the console, when, from where and why, in chains that show where one was changed. PURE."""

import hashlib
from collections.abc import Iterable

import msgspec

from schemas.base import Record, Timestamp
from schemas.operators import DEPLOYMENT
from schemas.topic import DAY_S, Topic


class Altered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A member of a resource that a change alters, as JSON; empty where there was or is none. Secrets are named, and not told."""

    member: str
    before: str = ""
    after: str = ""


class Audited(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A record that somebody had published: its tag, its station, what it is about, and what it alters."""

    record: str
    station: str = ""
    subject: str = ""
    altered: tuple[Altered, ...] = ()


class AuditRecorded(Record, frozen=True, kw_only=True, tag="audit-recorded"):
    """What somebody asked for. It is on Kafka before it takes effect; `status` is that of the answer where it took none.

    `writer` is a process of the API, whose entries are a chain: `sequence` counts from 1, `previous` is the `digest` of the entry
    before, and `digest` that of this one (`digest_of`). `records` has the first of what was published, `count` how many there were.
    `tenant`: whose principal it was, where that is limited to one tenant.
    """

    id: str
    writer: str
    sequence: int
    previous: str
    digest: str = ""
    at: Timestamp
    actor: str
    actor_kind: str
    address: str = ""
    request_id: str = ""
    method: str = ""
    route: str = ""
    path: str = ""
    noun: str = ""
    action: str = ""
    reason: str = ""
    status: int | None = None
    records: tuple[Audited, ...] = ()
    count: int = 0
    tenant: str = DEPLOYMENT


class Fault(msgspec.Struct, frozen=True, kw_only=True):
    """Where a chain is not what it was: an entry was altered, is missing, or does not follow from the one before."""

    writer: str
    sequence: int
    fault: str


def digest_of(entry: AuditRecorded) -> str:
    """SHA-256 of the entry with that of the entry before it, in hexadecimal digits."""
    return hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(entry, digest=""))).hexdigest()


def faults(entries: Iterable[AuditRecorded]) -> list[Fault]:
    """What is wrong with one writer's entries, given by their sequence. They may begin and end anywhere within the chain."""
    found: list[Fault] = []
    before: AuditRecorded | None = None
    for entry in entries:
        if digest_of(entry) != entry.digest:
            found.append(Fault(writer=entry.writer, sequence=entry.sequence, fault="altered"))
        if before is not None and entry.sequence == before.sequence:
            continue
        if before is not None and entry.sequence != before.sequence + 1:
            found += [
                Fault(writer=entry.writer, sequence=missing, fault="missing")
                for missing in range(before.sequence + 1, min(entry.sequence, before.sequence + 1 + FAULTS_MOST))
            ]
        elif before is not None and entry.previous != before.digest:
            found.append(
                Fault(writer=entry.writer, sequence=entry.sequence, fault="does not follow from the one before")
            )
        before = entry
    return found


FAULTS_MOST = 100
"""Missing entries that are named of one gap."""

AUDIT = Topic(
    name="csms.audit",
    meaning="Who did what in the API and the console: every entry before it takes effect.",
    records=(AuditRecorded,),
    key="writer",
    retention_s=400 * DAY_S,
)

TOPICS = (AUDIT,)
