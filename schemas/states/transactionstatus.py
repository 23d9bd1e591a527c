"""What `transactionstatus` remembers of a station: which of its sessions want a question, and the question that is out."""

import msgspec

from schemas.base import OcppVersion, Timestamp


class Watched(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A session that goes on as far as is known, or is over (`ended`) with its end or some of its events missing.

    `changed_at` is that of the newest snapshot, `asked` how often its station was asked since, `not_before` when it is asked next;
    absent: the last answer was the last word, until the session changes or the station comes back.
    """

    session: str
    transaction_id: str
    ended: bool = False
    changed_at: Timestamp
    asked: int = 0
    not_before: Timestamp | None = None


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """The question that is out: its command, and when it counts as lost."""

    session: str
    command_id: str
    until: Timestamp


class Finished(msgspec.Struct, frozen=True):
    """A session that wants no question, and the snapshot that said so: older ones do not count any more."""

    session: str
    changed_at: Timestamp


class StationTransactionStatus(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `transactionstatus` remembers of one station. `incapable`: its version of OCPP cannot say; `number` counts the questions."""

    station: str
    version: OcppVersion | None = None
    connected: bool = False
    connected_at: Timestamp | None = None
    booted_at: Timestamp | None = None
    incapable: bool = False
    watched: tuple[Watched, ...] = ()
    query: Query | None = None
    finished: tuple[Finished, ...] = ()
    number: int = 0
