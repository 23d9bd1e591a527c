"""What `locallists` remembers of a station: the rule for its list, what it has of it, and what is on its way."""

from typing import Literal

import msgspec

from schemas.base import OcppVersion, Timestamp
from schemas.locallists import ENTRIES_UNTOLD, ITEMS_UNTOLD, LocalListChanged, LocalListRule
from schemas.operators import DEFAULT_TENANT


class Sending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A command to the station whose outcome is awaited until `until`.

    `what`: it asks for the limits or the version, or sends a list, `full` or changes. `entries` is what is sent, as `held` is written;
    what is taken off has no digest. `doubtful`: no answer came, so that only the station's version tells what became of it. A command
    that asks for the version carries the members of the list that was in doubt before.
    """

    command_id: str
    what: Literal["limits", "version", "list"]
    version: int = 0
    entries: str = ""
    full: bool = False
    until: Timestamp
    doubtful: bool = False


class StationLocalList(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `locallists` remembers of one station.

    `held` is what the station has, None where nobody knows: a line for each token with a digest of its entry; `held_digest` stands for
    all of them, `held_version` is their number. `version` is the greatest number that was given out or seen; `station_version` the one
    that the station said since it booted, `verified` that it is the one of what it holds. `asked` counts the commands, whose ids follow
    from it. `failures` in a row, and `why`; `stopped`: nothing is sent any more. `acted_at` is the time of the last record that
    mattered; nothing is sent before `not_before`. `reported_entries`: room for so many tokens, by a
    report of variables. `foreign` are the latest commands of others that changed the list.
    """

    station: str
    rule: LocalListRule | None = None
    ruled_at: Timestamp | None = None
    ordered_at: Timestamp | None = None
    ocpp: OcppVersion | None = None
    tenant: str = DEFAULT_TENANT
    connected: bool = False
    booted_at: Timestamp | None = None
    most_entries: int = ENTRIES_UNTOLD
    most_items: int = ITEMS_UNTOLD
    limits_known: bool = False
    reported_entries: int = 0
    held: str | None = None
    held_digest: str = ""
    held_version: int = 0
    version: int = 0
    station_version: int | None = None
    verified: bool = False
    asked: int = 0
    sending: Sending | None = None
    failures: int = 0
    stopped: Literal["", "unsupported", "refused"] = ""
    why: str = ""
    acted_at: Timestamp | None = None
    not_before: Timestamp | None = None
    foreign: tuple[str, ...] = ()
    said: LocalListChanged | None = None
