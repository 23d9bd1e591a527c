"""Boot templates: what is sent to stations after they booted, by vendor, model, firmware, site (2.x part 2, B01, K07; 1.6, 4.2, 5.16).

An operator writes which commands the stations of a kind get after an accepted BootNotification; the service `boottemplates` sends them,
one after the other. Nothing is sent where no template is enabled.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

import msgspec
from msgspec.structs import replace

from schemas.base import OcppVersion, Record, Timestamp, derived_id
from schemas.chargingprofiles import profile_id_of
from schemas.commands import Command, ItemOutcome, Outcome
from schemas.compatibility import ANY, Pattern, matches
from schemas.displays import SetDisplayMessage, message_id_of
from schemas.operators import DEFAULT_TENANT, DEPLOYMENT, reaches
from schemas.profilecommands import SetChargingProfile
from schemas.stations import StationChanged
from schemas.topic import Topic

BootReason = Literal[
    "ApplicationReset",
    "FirmwareUpdate",
    "LocalReset",
    "PowerUp",
    "RemoteReset",
    "ScheduledReset",
    "Triggered",
    "Unknown",
    "Watchdog",
]
"""OCPP 2.x BootReasonEnumType; 1.6 has none."""

RunStatus = Literal["waiting", "running", "done", "partial", "replaced", "dropped"]
"""Status of a run. `waiting`: nothing is under way, `why` names what is waited for. `done`: the station accepted every command;
`partial`: it has ended, and some were not accepted. `replaced`: the station booted again, and its newer run stands for it.
`dropped`: it ended before its last command, `why` says for what reason."""

ENDED: frozenset[str] = frozenset({"done", "partial", "replaced", "dropped"})
"""The statuses of runs that have come to their end."""

Cause = Literal["boot", "order"]
"""The cause of a run: the station booted, or an operator ordered it."""

COMMANDS_MOST = 20
"""Commands of one template."""
TEMPLATES_MOST = 100
"""Templates of one deployment; every worker and API process holds them in memory."""
ITEMS_KEPT = 20
"""Items of a command's outcome that a run keeps: those that were not accepted; the command itself has all."""
DETAIL_KEPT = 300
"""Characters of a station's word that a run keeps."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255)]


class BootStations(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The stations that a template is for; every criterion that is given must fit.

    Patterns are compared without case, `*` stands for any characters and `?` for one, as in the compatibility matrix. `versions` and
    `sites`: one of them; empty: any. `labels`: the station has each of them, with this value.
    """

    versions: Annotated[tuple[OcppVersion, ...], msgspec.Meta(max_length=3)] = ()
    vendor: Pattern = ANY
    model: Pattern = ANY
    firmware: Pattern = ANY
    station: Pattern = ANY
    sites: Annotated[tuple[Name, ...], msgspec.Meta(max_length=100)] = ()
    labels: Annotated[dict[Name, str], msgspec.Meta(max_length=20)] = {}


class BootTemplate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A template as an operator writes it. Of several that fit a station, the one of the lowest `priority` goes first, then by name.

    `every_boot`: after each boot; otherwise once per station and revision. `reasons`: only after boots for one of these reasons (2.x).
    """

    title: Annotated[str, msgspec.Meta(max_length=200)] = ""
    enabled: bool = False
    priority: Annotated[int, msgspec.Meta(ge=0, le=99)] = 50
    stations: BootStations = BootStations()
    every_boot: bool = True
    reasons: Annotated[tuple[BootReason, ...], msgspec.Meta(max_length=9)] = ()
    commands: Annotated[tuple[Command, ...], msgspec.Meta(max_length=COMMANDS_MOST)] = ()


# -- reference data, on csms.ref.boot-templates (compacted) -----------------------------------------------------------


class BootTemplateProvisioned(Record, frozen=True, kw_only=True, tag="boot-template-provisioned"):
    """A template that operators provisioned. `revision` is raised whenever its commands change; secrets in them are sealed.

    `tenant`: at whose stations alone it runs; empty: at all.
    """

    template: str
    revision: int
    content: BootTemplate
    provisioned_at: Timestamp
    provisioned_by: str = ""
    tenant: str = DEPLOYMENT


class BootTemplateRemoved(Record, frozen=True, kw_only=True, tag="boot-template-removed"):
    """The template was removed. A later one of its name goes on from `last_revision`. Replaces the template in its topic."""

    template: str
    last_revision: int
    removed_at: Timestamp
    removed_by: str = ""
    tenant: str = DEPLOYMENT


# -- orders, on csms.boot-run-orders ----------------------------------------------------------------------------------


class BootRunOrdered(Record, frozen=True, kw_only=True, tag="boot-run-ordered"):
    """An operator ordered a run of a template at a station, now or as soon as it is connected. `id` becomes the id of the run."""

    id: str
    station: str
    template: str
    ordered_at: Timestamp
    ordered_by: str = ""


# -- published by the service, on csms.boot-runs ----------------------------------------------------------------------


class BootStep(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A command of a run. `pending`: it has not left; `sent`: its outcome is awaited; otherwise its outcome.

    `command` is the command's name, `command_id` that of its latest attempt, `attempts` how often it left. `items` are those results that
    were not accepted. `reboot_required`: what was accepted takes effect after a reboot.
    """

    command: str
    status: Literal["pending", "sent"] | Outcome = "pending"
    command_id: str = ""
    attempts: int = 0
    detail: str = ""
    items: tuple[ItemOutcome, ...] = ()
    reboot_required: bool = False
    settled_at: Timestamp | None = None


class BootRunChanged(Record, frozen=True, kw_only=True, tag="boot-run-changed"):
    """A run of a template at a station as a whole, after a change; the newest `revision` replaces all before.

    `title` and `template_revision` are those of the template at the start of the run. `booted_at` is the boot after which it runs.
    """

    id: str
    run: str
    station: str
    template: str
    title: str = ""
    template_revision: int = 0
    revision: int
    cause: Cause
    status: RunStatus
    why: str = ""
    boot_reason: str = ""
    booted_at: Timestamp | None = None
    steps: tuple[BootStep, ...] = ()
    requested_at: Timestamp
    requested_by: str = ""
    started_at: Timestamp | None = None
    ended_at: Timestamp | None = None
    changed_at: Timestamp


# -- which stations ---------------------------------------------------------------------------------------------------


class Traits(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What criteria are compared with: a station as it last booted and is provisioned."""

    station: str
    version: OcppVersion | None = None
    vendor: str = ""
    model: str = ""
    firmware_version: str = ""
    site: str = ""
    labels: dict[str, str] = {}
    tenant: str = DEFAULT_TENANT


def traits_of(station: StationChanged) -> Traits:
    """What criteria are compared with, of a station's snapshot."""
    return Traits(**{name: getattr(station, name) for name in Traits.__struct_fields__})


def misfit(wanted: BootStations, has: Traits) -> str:
    """The first criterion that the station does not meet, as a sentence; empty where it meets all."""
    if wanted.versions and has.version not in wanted.versions:
        return f"Its OCPP version is {has.version or 'not known'}, not {' or '.join(wanted.versions)}."
    patterns = (
        ("vendor", wanted.vendor, has.vendor),
        ("model", wanted.model, has.model),
        ("firmware", wanted.firmware, has.firmware_version),
        ("id", wanted.station, has.station),
    )
    for name, pattern, text in patterns:
        if not matches(pattern.casefold(), text.casefold()):
            return f"Its {name} is {text or 'not known'}, not {pattern}."
    if wanted.sites and has.site not in wanted.sites:
        return f"It stands at {has.site or 'no site'}, not at {' or '.join(wanted.sites)}."
    for name, value in wanted.labels.items():
        if has.labels.get(name) != value:
            return f"Its label {name} is not {value}."
    return ""


def misfit_of(template: BootTemplateProvisioned, has: Traits) -> str:
    """Why the template is not for the station: whose it is, then the first criterion that is not met; empty where it is."""
    if not reaches(template.tenant, has.tenant):
        return "It belongs to another tenant."
    return misfit(template.content.stations, has)


def misfit_of_boot(template: BootTemplateProvisioned, has: Traits, reason: str) -> str:
    """Why an enabled template does not run after this boot; empty where it does. 1.6 stations give no reason, and fit no `reasons`."""
    reasons = template.content.reasons
    if reasons and reason not in reasons:
        return f"It booted for {reason or 'no stated reason'}, not for {' or '.join(reasons)}."
    return misfit_of(template, has)


def in_order(templates: Iterable[BootTemplateProvisioned]) -> list[BootTemplateProvisioned]:
    """Templates in the order in which they run at a station: by priority, then by name."""
    return sorted(templates, key=lambda each: (each.content.priority, each.template))


def provisioned(records: Mapping[str, Record]) -> list[BootTemplateProvisioned]:
    """The templates on csms.ref.boot-templates in their order, without removed ones."""
    return in_order(record for record in records.values() if isinstance(record, BootTemplateProvisioned))


# -- commands that are sent again -------------------------------------------------------------------------------------


def numbered(template: str, commands: Iterable[Command]) -> tuple[Command, ...]:
    """The commands with numbers of their own where the station would otherwise get a new one after each boot.

    A profile or a display message of the same number is replaced by the station (K01.FR.05, O06), one of another is added.
    """
    return tuple(_numbered(derived_id("boot-template", template, place), each) for place, each in enumerate(commands))


def _numbered(cause: str, command: Command) -> Command:
    match command:
        case SetChargingProfile(profile=profile) if profile.profile_id is None:
            return replace(command, profile=replace(profile, profile_id=profile_id_of(cause)))
        case SetDisplayMessage(message_id=None):
            return replace(command, message_id=message_id_of(cause))
    return command


REF_BOOT_TEMPLATES = Topic(
    name="csms.ref.boot-templates",
    meaning="Reference data: which commands stations of a kind get after a boot.",
    records=(BootTemplateProvisioned, BootTemplateRemoved),
    key="template",
    retention_s=None,
)
BOOT_RUN_ORDERS = Topic(
    name="csms.boot-run-orders",
    meaning="Runs of boot templates that operators order.",
    records=(BootRunOrdered,),
)
BOOT_RUNS = Topic(
    name="csms.boot-runs",
    meaning="Each run of a boot template as a whole, after every change.",
    records=(BootRunChanged,),
)

TOPICS = (REF_BOOT_TEMPLATES, BOOT_RUN_ORDERS, BOOT_RUNS)
