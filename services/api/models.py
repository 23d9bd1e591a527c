"""Models: request bodies and answers that are no rows of the history; their meanings are the OpenAPI pages."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from litestar.di import NamedDependency
from litestar.params import PathParameter, QueryParameter, SkipValidation

from schemas.base import Timestamp
from schemas.stations import RegistrationStatus
from services.api.asked import CANONICAL
from services.api.ports import Ports
from services.api.problems import invalid
from services.billing.localtime import zone_of

Given = NamedDependency[SkipValidation[Ports]]
"""The ports, as every route takes them."""

StationPath = Annotated[str, PathParameter(description="The station's id: 1 to 48 printable characters.")]
Limit = Annotated[int, QueryParameter(ge=1, le=500, description="Items of one page.")]
Cursor = Annotated[str | None, QueryParameter(description="`next_cursor` of the page before.")]
From = Annotated[Timestamp | None, QueryParameter(name="from", description="Not before this moment (RFC 3339).")]
To = Annotated[Timestamp | None, QueryParameter(name="to", description="Before this moment (RFC 3339).")]

LONGEST_STATION_ID = 48
NOT_IN_STATION_IDS = frozenset("/#?")  # a station's id is the end of its URL
Label = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
LabelText = Annotated[str, msgspec.Meta(max_length=256)]
Password = Annotated[str, msgspec.Meta(min_length=16, max_length=40)]


class _Body(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A request body: members that do not exist are refused, so that a mistyped one is not lost in silence."""


class ProvisionStation(_Body, frozen=True, kw_only=True):
    """What the operator knows of a station. It replaces what was known before, except that no password keeps the old one."""

    password: Annotated[
        Password | msgspec.UnsetType | None,
        msgspec.Meta(
            description="Basic-auth password (security profile 1), 16 to 40 printable ASCII characters. Left out: as"
            " before; null: none. Stored hashed, never told.",
        ),
    ] = msgspec.UNSET
    site: Annotated[str, msgspec.Meta(max_length=100, description="The site it stands at.", examples=["berlin-1"])] = ""
    time_zone: Annotated[
        str,
        msgspec.Meta(
            max_length=64,
            description="IANA name of the time zone there, for tariffs; empty: the deployment's.",
            examples=["Europe/Berlin"],
        ),
    ] = ""
    labels: Annotated[
        dict[Label, LabelText],
        msgspec.Meta(max_length=50, description="The operator's own names and values.", examples=[{"row": "A"}]),
    ] = {}
    registration: Annotated[
        RegistrationStatus, msgspec.Meta(description="How its next BootNotification is answered.")
    ] = "Accepted"
    heartbeat_interval_s: Annotated[
        Annotated[int, msgspec.Meta(ge=1, le=86_400)] | None,
        msgspec.Meta(description="Heartbeat interval it is told; null: the deployment's."),
    ] = None


class ProvisionToken(_Body, frozen=True, kw_only=True):
    """What the operator knows of a token. It replaces what was known before."""

    status: Annotated[Literal["Accepted", "Blocked"], msgspec.Meta(description="Whether it may charge.")] = "Accepted"
    expires_at: Annotated[Timestamp | None, msgspec.Meta(description="`Expired` from then on.")] = None
    group: Annotated[
        str, msgspec.Meta(max_length=36, description="Tokens of one group may stop each other's transactions.")
    ] = ""
    concurrent_sessions: Annotated[bool, msgspec.Meta(description="Whether it may charge twice at once.")] = False
    label: Annotated[str, msgspec.Meta(max_length=100, description="A name for people.", examples=["Van 7"])] = ""


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """A token the operator knows."""

    token: str
    status: str
    expires_at: Timestamp | None
    group: str
    concurrent_sessions: bool
    label: str
    provisioned_at: Timestamp
    provisioned_by: str


TTL_MOST_S = 604_800.0

Ttl = Annotated[
    float,
    msgspec.Meta(gt=0, le=TTL_MOST_S, description="Not sent after so many seconds: then `expired`.", examples=[60]),
]
Wait = Annotated[
    float,
    msgspec.Meta(
        ge=0,
        le=600,
        description="How long this request waits for the outcome (the deployment may wait less); then it is `pending`.",
        examples=[10],
    ),
]
AnswerTime = Annotated[
    float, msgspec.Meta(gt=0, le=600, description="How long the station may take to answer; then `timed_out`.")
]
Priority = Annotated[int, msgspec.Meta(ge=0, le=9, description="0 goes before 9; equal ones in order.")]
WhenOffline = Annotated[
    Literal["wait", "fail"],
    msgspec.Meta(description="Station not connected: wait for it until the ttl, or fail at once with `disconnected`."),
]


class Asking(_Body, frozen=True, kw_only=True):
    """How a command travels, whatever it is."""

    ttl_s: Ttl = 60.0
    wait_s: Wait = 10.0
    timeout_s: AnswerTime = 30.0
    priority: Priority = 5
    when_offline: WhenOffline = "wait"


class SendCommand(Asking, frozen=True, kw_only=True):
    """A canonical command, the same for every OCPP version."""

    command: Annotated[
        str,
        msgspec.Meta(description=f"One of {', '.join(sorted(CANONICAL))}.", examples=["RemoteStart"]),
    ]
    arguments: Annotated[
        dict[str, Any],
        msgspec.Meta(description="The command's own members.", examples=[{"token": "04A2B3C4D5", "evse": 1}]),
    ] = {}


class SendRaw(Asking, frozen=True, kw_only=True):
    """Any action of the station's own version, validated by its schema before it leaves."""

    payload: Annotated[
        dict[str, Any], msgspec.Meta(description="The CALL's payload as the station will get it.", examples=[{}])
    ] = {}


def usable_password(text: str) -> str:
    """A password that every station can send. Raises Problem."""
    if not text.isascii() or not text.isprintable():
        raise invalid("password", "printable ASCII characters only")
    return text


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this process can do its work, and why not."""

    status: Literal["ok", "not-ready"]
    reasons: list[str]


def time_zone(text: str) -> str:
    """A time zone that tariffs can go by; empty for none of its own. Raises Problem."""
    if text and zone_of(text) is None:
        raise invalid("time_zone", "no IANA time zone is called so, as Europe/Berlin is")
    return text


def station_id(text: str) -> str:
    """The id of a station to provision. Raises Problem for what no station can be called."""
    if not 1 <= len(text) <= LONGEST_STATION_ID or not text.isprintable() or NOT_IN_STATION_IDS & set(text):
        raise invalid("station", f"1 to {LONGEST_STATION_ID} printable characters without '/', '#' and '?'")
    return text


def in_time(since: datetime | None, until: datetime | None) -> None:
    """Moments of a query need an offset, or they would mean another time in every place. Raises Problem."""
    for name, moment in (("from", since), ("to", until)):
        if moment is not None and moment.tzinfo is None:
            raise invalid(name, "an offset is missing: write 2026-06-01T12:00:00Z")


EXAMPLES: Mapping[str, dict[str, Any]] = {
    "RemoteStart": {"token": "04A2B3C4D5", "evse": 1},
    "RemoteStop": {"transaction_id": "1234567"},
    "Reset": {"type": "OnIdle"},
    "UnlockConnector": {"evse": 1, "connector": 1},
    "ChangeAvailability": {"operational_status": "Inoperative", "evse": 1},
    "TriggerMessage": {"requested_message": "StatusNotification", "evse": 1},
    "DataTransfer": {"vendor_id": "com.example", "message_id": "ping", "data": "hello"},
    "GetConfiguration": {"settings": [{"key": "HeartbeatInterval"}]},
    "SetConfiguration": {"settings": [{"key": "HeartbeatInterval", "value": "300"}]},
    "CostUpdated": {"transaction_id": "1234567", "total_cost": "12.30"},
    "UpdateFirmware": {"location": "https://example.com/wallbox-2.5.0.bin", "retrieve_at": "2026-01-01T00:00:00Z"},
}
"""Arguments that each canonical command takes, for the OpenAPI page."""
