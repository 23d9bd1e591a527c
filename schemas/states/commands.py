"""State of `commands` for a station: its location, the command in flight, and the queue."""

from typing import Literal

import msgspec

from schemas.base import Timestamp
from schemas.commands import Command
from schemas.limits import NO_LIMITS, StationLimits


class KnownLocation(msgspec.Struct, frozen=True, kw_only=True):
    """The newest known connection of a station."""

    gateway: str
    epoch: int
    connected: bool


class WaitingCommand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A command that has no outcome yet. `order` counts the requests of its station; `attempts` its dispatches so far."""

    id: str
    command: Command
    expires_at: Timestamp
    priority: int
    order: int
    when_offline: Literal["wait", "fail"]
    timeout_s: float
    credential_hash: str = ""
    attempts: int = 0
    size_bytes: int


class OutstandingCommand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The command that was dispatched and has no delivery report yet.

    `deadline`: no report is expected after that. `connection_lost`: its connection ended or was superseded. `cancelled`: it was
    cancelled meanwhile, which counts only if the gateway did not send it. `extended`: its deadline was extended once.
    """

    waiting: WaitingCommand
    gateway: str
    epoch: int
    deadline: Timestamp
    connection_lost: bool = False
    cancelled: bool = False
    extended: bool = False


class CommandQueue(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """State of `commands` for one station.

    `waiting` is in the order of dispatch. `resume_at`: the gateway was busy, nothing is dispatched before. `settled` has the ids of
    recently settled commands, `past_epochs` the recently replaced connections, to recognise repeats.
    `limits`: what the station accepts in one message, by the newest record of it.
    """

    station: str
    location: KnownLocation | None = None
    past_epochs: tuple[int, ...] = ()
    waiting: tuple[WaitingCommand, ...] = ()
    outstanding: OutstandingCommand | None = None
    resume_at: Timestamp | None = None
    settled: tuple[str, ...] = ()
    next_order: int = 0
    limits: StationLimits = NO_LIMITS
    limits_revision: int = 0
