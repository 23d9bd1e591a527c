"""What `devicemodel` remembers of a station: its variables, packed, and the commands and reports that are not over."""

import msgspec

from schemas.base import Timestamp
from schemas.devicemodel import Characteristics, Source, VariableName
from schemas.limits import NO_LIMITS, StationLimits


class KnownAttribute(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An attribute of a variable, and since when its value, and what a report says of it, is known."""

    type: str
    value: str | None = None
    source: Source = "reported"
    value_at: Timestamp
    mutability: str = ""
    persistent: bool | None = None
    constant: bool | None = None
    traits_at: Timestamp | None = None


class KnownVariable(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A variable of the station. `seen_at`: when it was last named in an answer or a report."""

    name: VariableName
    attributes: tuple[KnownAttribute, ...] = ()
    characteristics: Characteristics | None = None
    characteristics_at: Timestamp | None = None
    seen_at: Timestamp


class Wanted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value that a command is to write: `key` and `attribute` as they are compared, a secret masked."""

    key: str
    attribute: str
    value: str
    name: VariableName


class Asked(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A command whose answer says less than its request: it writes values, or reads `everything` (1.6 GetConfiguration without keys)."""

    command_id: str
    wanted: tuple[Wanted, ...] = ()
    everything: bool = False
    at: Timestamp


class Inventory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A report of all variables that was asked for: the parts that have come, and the number of its last."""

    request_id: int
    at: Timestamp
    begun_at: Timestamp | None = None
    parts: tuple[int, ...] = ()
    last: int | None = None


class StationModel(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `devicemodel` remembers of one station.

    `shelf` has its variables, packed (`services.devicemodel.shelf`): most records of a station do not touch them. `pruned_at`: what
    was told before counts no more, for a report of everything has begun then and is whole. `revision` counts what was published of
    the station.
    """

    station: str
    shelf: bytes = b""
    asked: tuple[Asked, ...] = ()
    inventories: tuple[Inventory, ...] = ()
    pruned_at: Timestamp | None = None
    limits: StationLimits = NO_LIMITS
    revision: int = 0
