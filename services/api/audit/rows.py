"""The audit log as the API gives it."""

import datetime as dt

import msgspec

from schemas.audit import AuditRecorded, Fault


class AuditFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which entries; None does not filter. `search`: part of the entry, in any case."""

    actor: str | None = None
    noun: str | None = None
    action: str | None = None
    station: str | None = None
    subject: str | None = None
    request_id: str | None = None
    search: str | None = None
    since: dt.datetime | None = None
    until: dt.datetime | None = None


class Chain(msgspec.Struct, frozen=True, kw_only=True):
    """The entries of one process of the API: the first and the last that were looked at, and the digest of the last."""

    writer: str
    first: int
    last: int
    head: str


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """Whether the entries of a time are as they were written: `whole` if there are no `faults`."""

    whole: bool
    entries: int
    chains: tuple[Chain, ...]
    faults: tuple[Fault, ...]


ALL_ENTRIES = AuditFilter()

Entry = AuditRecorded
