"""Display messages: what stations are asked to show to people, what they show, and when a message is gone (2.x part 2, O01 to O06)."""

from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp, derived_id
from schemas.command import EvseId, StationCommand, about
from schemas.facts import FactReported
from schemas.reports import UNNUMBERED, AskedInParts, ReportPart
from schemas.topic import Topic

DisplayStatus = Literal[
    "requested", "accepted", "unconfirmed", "refused", "cleared", "replaced", "expired", "transaction-ended", "gone"
]
"""`requested`: the station has not answered yet. `unconfirmed`: nobody knows whether the station has it, for no answer came. `refused`: the
station does not have it; `detail` has its word. `replaced`: by one with the same number (O06). `expired`: its end has come (O01.FR.07).
`transaction-ended`: it went with its transaction (O02.FR.02). `gone`: a whole report of the station's messages does not have it."""

OPEN: frozenset[DisplayStatus] = frozenset({"requested", "accepted", "unconfirmed"})
"""The station has the message, or may come to have it."""

MESSAGE_ID_MOST = 2_147_483_647
MESSAGE_MOST_201 = 512
"""Characters of a message in 2.0.1; 1,024 in 2.1 (MessageContentType)."""

MessageId = Annotated[int, msgspec.Meta(ge=0, le=MESSAGE_ID_MOST)]
Format = Literal["ASCII", "HTML", "URI", "UTF8", "QRCODE"]
Priority = Literal["AlwaysFront", "InFront", "NormalCycle"]
State = Literal["", "Charging", "Faulted", "Idle", "Unavailable", "Suspended", "Discharging"]
Language = Annotated[str, msgspec.Meta(max_length=8)]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]

ONLY_21 = frozenset({"QRCODE", "Suspended", "Discharging"})
"""Formats and states that 2.0.1 does not have."""


class DisplayContent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text in one language (MessageContentType)."""

    text: Annotated[Text, about("Text", example="Willkommen")]
    format: Annotated[Format, about("Format", "QRCODE: 2.1.")] = "UTF8"
    language: Annotated[Language, about("Language", "RFC 5646, as in de or en-US.")] = ""


class Translation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A text in one language as a station has it, whatever it is."""

    text: str = ""
    format: str = "UTF8"
    language: str = ""


class DisplayMessage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A message as a station has it (MessageInfoType). `display` and `evse` name the display; empty: the station's main one.

    Words that no list has are kept as they came.
    """

    message_id: int
    text: str = ""
    format: str = "UTF8"
    language: str = ""
    priority: str = "NormalCycle"
    state: str = ""
    starts_at: Timestamp | None = None
    ends_at: Timestamp | None = None
    transaction_id: str = ""
    display: str = ""
    evse: int | None = None
    translations: tuple[Translation, ...] = ()


def message_id_of(command_id: str) -> int:
    """The number of a message whose caller gave none: positive, of 31 bits, the same for the same command."""
    return int(derived_id(command_id, "display-message")[:8], 16) % MESSAGE_ID_MOST + 1


# -- facts from the gateway, on csms.displays -------------------------------------------------------------------------


class DisplayMessagesReported(ReportPart, frozen=True, kw_only=True, tag="display-messages-reported"):
    """NotifyDisplayMessages of 2.x: a part of a report of messages (O03, O04). The message has no numbers of parts."""

    message: ClassVar[str] = "NotifyDisplayMessages"

    seq_no: int = UNNUMBERED
    messages: tuple[DisplayMessage, ...] = ()

    @property
    def size(self) -> int:
        """How many messages the part carries."""
        return len(self.messages)


# -- what the service says, on csms.display-states --------------------------------------------------------------------


class DisplayMessageChanged(Record, frozen=True, kw_only=True, tag="display-message-changed"):
    """A message as a whole, after a change; the newest `revision` stands for all before.

    `display_message` is the id of the SetDisplayMessage command, or one of its own where the station has it from elsewhere; `content` has
    the number that the station knows it by. `requested_at` is when it was asked for, or first reported. `ended_at` is when it was refused,
    cleared, replaced, expired or gone.
    """

    id: str
    display_message: str
    station: str
    revision: int
    content: DisplayMessage
    status: DisplayStatus
    detail: str = ""
    requested_at: Timestamp
    requested_by: str = ""
    ended_at: Timestamp | None = None
    changed_at: Timestamp


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class SetDisplayMessage(StationCommand, frozen=True, kw_only=True):
    """Have a station show a message (O01). One with the same number is replaced (O06).

    The station may refuse its format, priority, state, language or transaction; the outcome's detail has its word.
    """

    title: ClassVar[str] = "Show a message"

    text: Annotated[Text, about("Text", "2.0.1 takes 512 characters.", example="Welcome")]
    format: Annotated[Format, about("Format", "QRCODE: 2.1.")] = "UTF8"
    priority: Annotated[
        Priority, about("Priority", "AlwaysFront: before all others; InFront: before the usual ones.")
    ] = "NormalCycle"
    state: Annotated[State, about("While", "Empty: always. Suspended, Discharging: 2.1.")] = ""
    starts_at: Annotated[Timestamp | None, about("From", "Empty: at once.")] = None
    ends_at: Annotated[Timestamp | None, about("Until", "Empty: until it is cleared.")] = None
    transaction_id: Annotated[
        str,
        msgspec.Meta(max_length=36),
        about("Transaction", "It goes when the transaction ends (O02).", picks="transaction"),
    ] = ""
    language: Annotated[Language, about("Language", "RFC 5646, as in de or en-US.", advanced=True)] = ""
    translations: Annotated[
        tuple[DisplayContent, ...],
        msgspec.Meta(max_length=4),
        about("Other languages", "2.1: the driver sees the one that fits.", advanced=True),
    ] = ()
    display: Annotated[
        str,
        msgspec.Meta(max_length=50),
        about("Display", "Component that shows it; empty: the main one.", advanced=True),
    ] = ""
    evse: Annotated[EvseId | None, about("EVSE", "Of the display.", picks="evse", advanced=True)] = None
    message_id: Annotated[MessageId | None, about("Number", "Empty: derived from the command's id.", advanced=True)] = (
        None
    )


class GetDisplayMessages(AskedInParts, frozen=True, kw_only=True):
    """Ask which messages a station has (O03, O04). Unknown: none that fits."""

    title: ClassVar[str] = "Read messages"
    brings: ClassVar[str] = "NotifyDisplayMessages"

    message_ids: Annotated[
        tuple[MessageId, ...], msgspec.Meta(max_length=100), about("Numbers", "Empty: all of them.")
    ] = ()
    priority: Annotated[Literal["", "AlwaysFront", "InFront", "NormalCycle"], about("Priority", "Empty: any.")] = ""
    state: Annotated[State, about("While", "Empty: any.")] = ""

    @property
    def all(self) -> bool:
        """It asks for every message."""
        return not (self.message_ids or self.priority or self.state)


class ClearDisplayMessage(StationCommand, frozen=True, kw_only=True):
    """Take a message off (O05). Unknown: the station has none of that number."""

    title: ClassVar[str] = "Clear a message"

    message_id: Annotated[MessageId, about("Number", "That the station knows it by.", example=1234567)]


DISPLAYS = Topic(
    name="csms.displays",
    meaning="Display messages reported by stations.",
    records=(DisplayMessagesReported, FactReported),
)
DISPLAY_STATES = Topic(
    name="csms.display-states",
    meaning="Each display message as a whole, after every change.",
    records=(DisplayMessageChanged,),
)

TOPICS = (DISPLAYS, DISPLAY_STATES)
