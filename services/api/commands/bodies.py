"""Bodies of requests that ask one station for something."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from schemas.command import example_of
from services.api.commands.parsing import CANONICAL
from services.api.web.bodies import Body

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


class Asking(Body, frozen=True, kw_only=True):
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


EXAMPLES: Mapping[str, dict[str, Any]] = {name: example_of(command) for name, command in CANONICAL.items()}
"""Arguments that each canonical command takes, from the examples of its members, for the OpenAPI document."""
