"""Display messages as the API takes and gives them. PURE."""

import datetime as dt
from typing import Annotated

import msgspec

from schemas.base import Timestamp
from schemas.command import EvseId
from schemas.displays import (
    DisplayContent,
    DisplayMessage,
    DisplayMessageChanged,
    DisplayStatus,
    Format,
    Language,
    MessageId,
    Priority,
    State,
    Translation,
)
from services.api.commands.bodies import Asking
from services.api.commands.rows import CommandView


class Show(Asking, frozen=True, kw_only=True):
    """What a station is to show; and how the command travels."""

    text: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=1024, description="2.0.1 takes 512 characters.", examples=["Welcome"]),
    ]
    format: Annotated[Format, msgspec.Meta(description="MessageFormatEnumType; QRCODE is of 2.1.")] = "UTF8"
    message_priority: Annotated[
        Priority, msgspec.Meta(description="MessagePriorityEnumType; `priority` is that of the command.")
    ] = "NormalCycle"
    state: Annotated[State, msgspec.Meta(description="Only while the station is in this state; empty: always.")] = ""
    starts_at: Annotated[Timestamp | None, msgspec.Meta(description="Null: at once.")] = None
    ends_at: Annotated[Timestamp | None, msgspec.Meta(description="Null: until it is cleared.")] = None
    transaction_id: Annotated[
        str, msgspec.Meta(max_length=36, description="The transaction with which it goes; empty: none.")
    ] = ""
    language: Annotated[Language, msgspec.Meta(description="RFC 5646.")] = ""
    translations: Annotated[
        tuple[DisplayContent, ...], msgspec.Meta(max_length=4, description="The text in other languages (2.1).")
    ] = ()
    display: Annotated[
        str, msgspec.Meta(max_length=50, description="Component that shows it; empty: the main one.")
    ] = ""
    evse: Annotated[EvseId | None, msgspec.Meta(description="EVSE of the display.")] = None
    message_id: Annotated[
        MessageId | None,
        msgspec.Meta(description="One with the same number at the station is replaced. Null: derived."),
    ] = None


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as it is now. `display_message` is its id here, `message_id` the number that the station knows it by.

    `detail`: the station's word, or the reason, where the status does not say it. `requested_by` is empty where nobody here asked for it.
    """

    display_message: str
    station: str
    message_id: int
    text: str
    format: str
    language: str
    priority: str
    state: str
    starts_at: dt.datetime | None
    ends_at: dt.datetime | None
    transaction_id: str
    display: str
    evse: int | None
    translations: tuple[Translation, ...]
    status: DisplayStatus | str
    detail: str
    requested_at: dt.datetime
    requested_by: str
    ended_at: dt.datetime | None
    changed_at: dt.datetime


class Answered(msgspec.Struct, frozen=True, kw_only=True):
    """A message, and the command that asked the station for it, or for its end, with its outcome."""

    message: Message
    command: CommandView


class MessageFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which messages; None does not filter."""

    station: str | None = None
    status: str | None = None


ALL_MESSAGES = MessageFilter()


def message_of(record: DisplayMessageChanged) -> Message:
    """The record as the API gives it."""
    content = {name: getattr(record.content, name) for name in DisplayMessage.__struct_fields__}
    return Message(
        **content, **{name: getattr(record, name) for name in Message.__struct_fields__ if name not in content}
    )
