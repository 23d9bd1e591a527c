"""What `displays` remembers of a station: what was asked, answered and reported; what a message is follows from these."""

import msgspec

from schemas.base import Timestamp
from schemas.displays import DisplayMessage, DisplayStatus


class Known(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message that was asked for by a command, or (`asked` false) that the station has from elsewhere, since its report of `at`."""

    id: str
    content: DisplayMessage
    at: Timestamp
    requested_by: str = ""
    asked: bool = True


class Clear(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A ClearDisplayMessage command."""

    command_id: str
    message_id: int
    at: Timestamp


class Answered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The outcome of one of our commands, perhaps read before the command itself. `sent` is as in CommandSettled."""

    command_id: str
    outcome: str
    detail: str = ""
    sent: bool | None = None
    at: Timestamp


class Inventory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A GetDisplayMessages that asks for all messages."""

    command_id: str
    request_id: int
    at: Timestamp


class Sighting(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part of a report: the numbers of the messages that it has."""

    request_id: int
    message_ids: tuple[int, ...] = ()
    last: bool = True
    at: Timestamp


class Ending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A transaction for which there was a message has ended."""

    transaction_id: str
    at: Timestamp


class Said(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was last published of a message, and the time `at` of the record that made it so."""

    id: str
    revision: int
    status: DisplayStatus
    detail: str = ""
    ended_at: Timestamp | None = None
    at: Timestamp


class StationDisplays(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `displays` remembers of one station. What ends until `lapsed_at` has expired."""

    station: str
    known: tuple[Known, ...] = ()
    clears: tuple[Clear, ...] = ()
    answers: tuple[Answered, ...] = ()
    inventories: tuple[Inventory, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    endings: tuple[Ending, ...] = ()
    lapsed_at: Timestamp | None = None
    said: tuple[Said, ...] = ()
