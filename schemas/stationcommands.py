"""Station commands: restart, unlock, availability, and triggering messages."""

from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.command import PositiveId, StationCommand, about

TRIGGERS = (
    "StatusNotification",
    "BootNotification",
    "Heartbeat",
    "MeterValues",
    "TransactionEvent",
    "FirmwareStatusNotification",
    "LogStatusNotification",
    "SignChargingStationCertificate",
)
"""Messages that are commonly triggered; a station may support more (2.x MessageTriggerEnumType)."""


class Reset(StationCommand, frozen=True, kw_only=True):
    """Restart the station: once nobody charges, or now.

    In 2.x one EVSE may be restarted alone. In 2.1 a station that keeps its transactions goes on with them afterwards (B13).
    """

    title: ClassVar[str] = "Restart station"
    disturbs: ClassVar[bool] = True

    type: Annotated[
        Literal["Immediate", "OnIdle", "ImmediateAndResume"],
        about(
            "When",
            "Immediate ends running transactions, ImmediateAndResume goes on with them (2.1); OnIdle waits for their end.",
            example="OnIdle",
        ),
    ] = "OnIdle"
    evse: Annotated[PositiveId | None, about("EVSE", "Empty: the whole station.", picks="evse")] = None


class UnlockConnector(StationCommand, frozen=True, kw_only=True):
    """Release the cable of a connector."""

    title: ClassVar[str] = "Unlock connector"

    evse: Annotated[PositiveId, about("EVSE", example=1, picks="evse")]
    connector: Annotated[PositiveId, about("Connector", "Empty: connector 1.", example=1, picks="connector")] = 1


class ChangeAvailability(StationCommand, frozen=True, kw_only=True):
    """Take the station, an EVSE or a connector in or out of operation."""

    title: ClassVar[str] = "Change availability"

    operational_status: Annotated[
        Literal["Operative", "Inoperative"],
        about("State", "Inoperative: nobody can start to charge there.", example="Inoperative"),
    ]
    evse: Annotated[PositiveId | None, about("EVSE", "Empty: the whole station.", example=1, picks="evse")] = None
    connector: Annotated[PositiveId | None, about("Connector", "Empty: the whole EVSE.", picks="connector")] = None


class ClearCache(StationCommand, frozen=True, kw_only=True):
    """Have the station forget the tokens that it has seen accepted (C11; 1.6, 5.4)."""

    title: ClassVar[str] = "Clear the authorization cache"


class TriggerMessage(StationCommand, frozen=True, kw_only=True):
    """Have the station send a message now."""

    title: ClassVar[str] = "Trigger a message"

    requested_message: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=50),
        about(
            "Message",
            "As 2.x spells it (MessageTriggerEnumType), in every version; 1.6 also DiagnosticsStatusNotification.",
            example="StatusNotification",
            suggests=TRIGGERS,
        ),
    ]
    evse: Annotated[PositiveId | None, about("EVSE", "Empty: the station decides.", example=1, picks="evse")] = None
    connector: Annotated[
        PositiveId | None, about("Connector", "Empty: the whole EVSE.", picks="connector", advanced=True)
    ] = None
