"""Boot templates as the API takes and gives them. PURE."""

import datetime as dt
from typing import Annotated, Any

import msgspec

from schemas.base import OcppVersion
from schemas.boottemplates import (
    COMMANDS_MOST,
    BootReason,
    BootRunChanged,
    BootStations,
    BootTemplateProvisioned,
    Cause,
    Name,
    RunStatus,
)
from schemas.commands import ItemOutcome
from schemas.compatibility import ANY, Pattern
from services.api.commands.views import arguments_of, command_name
from services.api.web.bodies import Body, Owner

_PATTERN = "any case; `*` stands for any characters, `?` for one"


class Criteria(Body, frozen=True, kw_only=True):
    """The stations that a template is for. Every criterion that is given must fit."""

    versions: Annotated[
        tuple[OcppVersion, ...], msgspec.Meta(max_length=3, description="One of them; empty: any.")
    ] = ()
    vendor: Annotated[Pattern, msgspec.Meta(description=f"Vendor, {_PATTERN}.", examples=["Acme*"])] = ANY
    model: Annotated[Pattern, msgspec.Meta(description="Model, the same way.", examples=["Post ?"])] = ANY
    firmware: Annotated[Pattern, msgspec.Meta(description="Firmware version, the same way.", examples=["1.2.*"])] = ANY
    station: Annotated[Pattern, msgspec.Meta(description="Station id, the same way.", examples=["DE-BER-*"])] = ANY
    sites: Annotated[tuple[Name, ...], msgspec.Meta(max_length=100, description="One of them; empty: anywhere.")] = ()
    labels: Annotated[
        dict[Name, str], msgspec.Meta(max_length=20, description="The station has each of them, with this value.")
    ] = {}


class TemplateCommand(Body, frozen=True, kw_only=True):
    """A command of a template, as `POST /stations/{station}/commands` takes it; secrets in it are shown as `***`."""

    command: Annotated[str, msgspec.Meta(description="Its name.", examples=["SetConfiguration"])]
    arguments: Annotated[
        dict[str, Any],
        msgspec.Meta(
            description="The command's own members. A command with `***` in it stays as it was.",
            examples=[{"settings": [{"key": "HeartbeatInterval", "value": "300"}]}],
        ),
    ] = {}


class ProvisionBootTemplate(Body, frozen=True, kw_only=True):
    """A template: which stations get which commands after a boot. It does nothing until it is enabled."""

    title: Annotated[str, msgspec.Meta(max_length=200, description="For people.")] = ""
    enabled: Annotated[bool, msgspec.Meta(description="Whether it runs after boots.")] = False
    priority: Annotated[
        int, msgspec.Meta(ge=0, le=99, description="Of several templates at a station 0 goes before 99, then by name.")
    ] = 50
    stations: Annotated[Criteria, msgspec.Meta(description="Which stations; all where it is left out.")] = (
        msgspec.field(default_factory=Criteria)
    )
    every_boot: Annotated[
        bool, msgspec.Meta(description="After every boot; false: once at each station, and again when commands change.")
    ] = True
    reasons: Annotated[
        tuple[BootReason, ...],
        msgspec.Meta(max_length=9, description="Only after boots for these reasons (2.x); empty: any."),
    ] = ()
    commands: Annotated[
        tuple[TemplateCommand, ...],
        msgspec.Meta(
            max_length=COMMANDS_MOST, description=f"In their order, {COMMANDS_MOST} at most; none only while disabled."
        ),
    ] = ()
    tenant: Owner = None


class BootTemplateView(msgspec.Struct, frozen=True, kw_only=True):
    """A template as it stands. `revision` is raised whenever its commands change."""

    template: str
    revision: int
    title: str
    enabled: bool
    priority: int
    stations: Criteria
    every_boot: bool
    reasons: tuple[BootReason, ...]
    commands: tuple[TemplateCommand, ...]
    provisioned_at: dt.datetime
    provisioned_by: str
    tenant: str


class BootTemplates(msgspec.Struct, frozen=True, kw_only=True):
    """All templates, in the order in which they run at a station that several fit."""

    items: tuple[BootTemplateView, ...]


class FittingStation(msgspec.Struct, frozen=True, kw_only=True):
    """A station that a template fits as the station is now."""

    station: str
    connected: bool
    version: OcppVersion | None
    vendor: str
    model: str
    firmware_version: str
    site: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The stations that a template fits now, by id: `fitting` of `known` ones. `next_cursor` continues behind the page."""

    template: str
    fitting: int
    known: int
    items: tuple[FittingStation, ...]
    next_cursor: str | None


class OrderRun(Body, frozen=True, kw_only=True):
    """Which template is to run at the station."""

    template: Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="Its name; it need not be enabled.")]


class RunStep(msgspec.Struct, frozen=True, kw_only=True):
    """A command of a run. `pending`: it has not left; `sent`: its outcome is awaited; otherwise its outcome.

    `attempts`: how often it left. `items`: what was not accepted of several things. `reboot_required`: what was accepted takes effect
    after a reboot.
    """

    command: str
    status: str
    command_id: str
    attempts: int
    detail: str
    items: tuple[ItemOutcome, ...]
    reboot_required: bool
    settled_at: dt.datetime | None


class BootRun(msgspec.Struct, frozen=True, kw_only=True):
    """A run of a template at a station: `why` says what is waited for, or why it ended before its last command.

    `steps` are its commands with their outcomes, empty before it has begun. `command_id` of a step leads to the command.
    """

    run: str
    station: str
    template: str
    title: str
    template_revision: int
    cause: Cause | str
    status: RunStatus | str
    why: str
    boot_reason: str
    booted_at: dt.datetime | None
    steps: tuple[RunStep, ...]
    requested_at: dt.datetime
    requested_by: str
    started_at: dt.datetime | None
    ended_at: dt.datetime | None
    changed_at: dt.datetime


class RunFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which runs; None does not filter."""

    station: str | None = None
    template: str | None = None
    status: str | None = None


ALL_RUNS = RunFilter()


def template_view(record: BootTemplateProvisioned) -> BootTemplateView:
    """The record as the API gives it, its secrets masked."""
    content = record.content
    commands = tuple(
        TemplateCommand(command=command_name(each), arguments=arguments_of(each)) for each in content.commands
    )
    members = {name: getattr(content, name) for name in content.__struct_fields__}
    members |= {"commands": commands, "stations": msgspec.convert(content.stations, Criteria, from_attributes=True)}
    return BootTemplateView(
        template=record.template,
        revision=record.revision,
        provisioned_at=record.provisioned_at,
        provisioned_by=record.provisioned_by,
        tenant=record.tenant,
        **members,
    )


def run_of(record: BootRunChanged) -> BootRun:
    """The record as the API gives it."""
    return msgspec.convert(record, BootRun, from_attributes=True)


def stations_of(criteria: Criteria) -> BootStations:
    """The criteria as records have them."""
    return msgspec.convert(criteria, BootStations, from_attributes=True)
