"""What `boottemplates` remembers of a station: its latest boot, the run under way, and the templates that wait for their turn."""

import msgspec

from schemas.base import Timestamp
from schemas.boottemplates import BootStep, Cause, Traits
from schemas.commands import Command


class Queued(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A template that waits for its turn; `run` is the id of its run, `revision` that of the record that was published last."""

    run: str
    template: str
    cause: Cause
    requested_at: Timestamp
    requested_by: str = ""
    revision: int = 0


class Running(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The run under way, with the commands of the template as it was at the start; `place` is that of the current one.

    `tries` counts attempts of the current command that got no answer, `tries_here` those of them since the station connected.
    """

    queued: Queued
    title: str
    template_revision: int
    once: bool
    commands: tuple[Command, ...]
    steps: tuple[BootStep, ...]
    place: int = 0
    tries: int = 0
    tries_here: int = 0
    started_at: Timestamp


class Sending(msgspec.Struct, frozen=True, kw_only=True):
    """The command whose outcome is awaited until `until`."""

    command_id: str
    until: Timestamp


class StationBoots(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `boottemplates` remembers of one station.

    `seen_at` is the time of the latest snapshot that changed this state; older ones are ignored. `able`: it is connected and Accepted.
    `boots` are its latest boots.
    `stalled`: it gave no answer, and nothing is sent until it connects or boots. Nothing is sent before `not_before`. `sent` counts the
    commands, whose ids follow from it. `ran` has for each template that runs once the revision that ran. `orders` are the latest orders,
    by which repeats are recognised.
    """

    station: str
    traits: Traits | None = None
    able: bool = False
    seen_at: Timestamp | None = None
    booted_at: Timestamp | None = None
    boot_reason: str = ""
    boots: tuple[Timestamp, ...] = ()
    queue: tuple[Queued, ...] = ()
    running: Running | None = None
    sending: Sending | None = None
    stalled: bool = False
    not_before: Timestamp | None = None
    sent: int = 0
    ran: dict[str, int] = {}
    orders: tuple[str, ...] = ()
