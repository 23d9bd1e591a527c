"""Fleet models: one command to many stations, as it is asked for and as it is answered."""

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from schemas.base import OcppVersion
from schemas.commands import ItemOutcome
from services.api.commands.bodies import EXAMPLES, Asking
from services.api.commands.parsing import CANONICAL

MOST_STATIONS = 10_000
"""Of one request: as many as are asked within a few seconds, and as ids of 48 characters fit into a body."""

Stations = Annotated[
    list[str],
    msgspec.Meta(
        min_length=1,
        max_length=MOST_STATIONS,
        description=f"Ids of 1 to {MOST_STATIONS} stations. One that is named twice is asked once.",
        examples=[["DE-BER-0001", "DE-BER-0002"]],
    ),
]


class SendToFleet(Asking, frozen=True, kw_only=True):
    """A canonical command to many stations, whatever their OCPP versions."""

    stations: Stations
    command: Annotated[
        str,
        msgspec.Meta(description=f"One of {', '.join(sorted(CANONICAL))}.", examples=["ChangeAvailability"]),
    ]
    arguments: Annotated[
        dict[str, Any],
        msgspec.Meta(description="The command's own members.", examples=[{"operational_status": "Inoperative"}]),
    ] = {}


class SendRawToFleet(Asking, frozen=True, kw_only=True):
    """Any OCPP action to many stations, with a payload for each version among them."""

    stations: Stations
    payloads: Annotated[
        dict[OcppVersion, dict[str, Any]],
        msgspec.Meta(
            min_length=1,
            description="The CALL's payload by OCPP version; a station of a version that is not here is not asked.",
            examples=[{"1.6": {"type": "Soft"}, "2.0.1": {"type": "OnIdle"}, "2.1": {"type": "OnIdle"}}],
        ),
    ]


class StationAnswer(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What became of the command at one station."""

    station: str
    command_id: Annotated[
        str | None, msgspec.Meta(description="For `GET /commands/{command_id}`; null: the station was not asked.")
    ] = None
    outcome: Annotated[
        str,
        msgspec.Meta(
            description="As of a single command; `pending`: none yet; `unable`: not asked, `detail` says why."
        ),
    ]
    detail: str = ""
    items: Annotated[
        tuple[ItemOutcome, ...],
        msgspec.Meta(description="What the station said of each thing asked for, where its answer has one for each."),
    ] = ()
    reboot_required: Annotated[bool, msgspec.Meta(description="What it accepted takes effect after a reboot.")] = False
    sent: Annotated[
        bool | None,
        msgspec.Meta(
            description="Whether the request reached the station's connection; null: pending, or nobody knows."
        ),
    ] = None


class FleetAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a command to many stations."""

    counts: Annotated[
        dict[str, int], msgspec.Meta(description="How many stations by outcome.", examples=[{"accepted": 2}])
    ]
    items: Annotated[tuple[StationAnswer, ...], msgspec.Meta(description="Every station, in the order of the request.")]


_PERIODS = {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 4000}]}
_PROFILE_16 = {
    "connectorId": 0,
    "csChargingProfiles": {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "ChargePointMaxProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": _PERIODS,
    },
}
_PROFILE_2X = {
    "evseId": 0,
    "chargingProfile": {
        "id": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "ChargingStationMaxProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": [{"id": 1, "startSchedule": "2026-01-01T00:00:00Z", **_PERIODS}],
    },
}
_STATIONS = ["DE-BER-0001", "DE-BER-0002"]

COMMAND_EXAMPLES: Mapping[str, dict[str, Any]] = {
    name: {"stations": _STATIONS, "command": name, "arguments": EXAMPLES[name], "ttl_s": 60, "wait_s": 10}
    for name in ("ChangeAvailability", "SetConfiguration", "Reset")
}
RAW_EXAMPLES: Mapping[str, dict[str, Any]] = {
    "SetChargingProfile": {
        "stations": _STATIONS,
        "payloads": {"1.6": _PROFILE_16, "2.0.1": _PROFILE_2X, "2.1": _PROFILE_2X},
        "ttl_s": 60,
        "wait_s": 10,
    },
}
"""Bodies by action, for the OpenAPI page: 4 kW at most for each station, as demand response asks for."""
