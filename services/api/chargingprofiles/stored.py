"""Templates: charging profiles by name, written once and set at one or many stations. Routes and pages call these use cases."""

import msgspec

from schemas.base import Record
from schemas.chargingprofiles import REF_PROFILE_TEMPLATES, ProfileTemplateProvisioned, ProfileTemplateRemoved
from schemas.chargingschedules import ChargingProfile
from schemas.profilerules import profile_faults
from services.api.chargingprofiles.checks import started
from services.api.chargingprofiles.rows import ApplyTemplate, ProvisionTemplate, Template, template_of
from services.api.commands.bodies import Asking
from services.api.commands.fleet import ask_fleet
from services.api.commands.fleetbodies import FleetAnswer, SendToFleet
from services.api.ports import Ports
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.policy import owner
from services.api.web.problems import FieldError, Problem, invalid, invalid_fields, not_found

MOST = 500
"""Templates: each API process holds all of them in memory."""


def templates(ports: Ports) -> tuple[Template, ...]:
    """All templates by name."""
    return tuple(template_of(record) for _, record in sorted(_written(ports).items()))


def written_template(ports: Ports, name: str) -> ProfileTemplateProvisioned:
    """The template of that name. Raises Problem: 404."""
    record = ports.reference.get(REF_PROFILE_TEMPLATES, name)
    if not isinstance(record, ProfileTemplateProvisioned):
        raise not_found(f"There is no template {name!r} of a charging profile.")
    return record


def profile_called(ports: Ports, name: str) -> ChargingProfile:
    """The profile of a template, named in a request. Raises Problem naming the field."""
    record = ports.reference.get(REF_PROFILE_TEMPLATES, name)
    if not isinstance(record, ProfileTemplateProvisioned):
        raise invalid("template", f"there is no template {name!r}")
    return record.profile


async def save_template(
    ports: Ports, name: str, data: ProvisionTemplate, *, given: Condition = WHATEVER
) -> ProfileTemplateProvisioned:
    """Have a template stand. Raises Problem for a profile that no station could be sent, 409 where there are too many; Outage."""
    _require_general(data.profile)

    async def made(before: Record | None) -> ProfileTemplateProvisioned:
        known = before.tenant if isinstance(before, ProfileTemplateProvisioned) else None
        written = _written(ports)
        if name not in written and len(written) >= MOST:
            raise Problem(409, f"There are {MOST} templates already: remove some.")
        return ProfileTemplateProvisioned(
            template=name,
            profile=data.profile,
            label=data.label,
            tenant=owner(ports.principal, data.tenant, known),
            provisioned_at=ports.clock(),
            provisioned_by=ports.principal.name,
        )

    return await changed(ports, REF_PROFILE_TEMPLATES, name, made, given=given)


async def remove_template(ports: Ports, name: str, *, given: Condition = WHATEVER) -> None:
    """Forget a template; what was set by it stays. Raises Problem: 404; Outage."""

    async def made(_: Record | None) -> ProfileTemplateRemoved:
        whose = written_template(ports, name).tenant
        return ProfileTemplateRemoved(
            template=name, removed_at=ports.clock(), removed_by=ports.principal.name, tenant=whose
        )

    await changed(ports, REF_PROFILE_TEMPLATES, name, made, given=given)


async def apply_template(ports: Ports, name: str, data: ApplyTemplate, *, key: str | None = None) -> FleetAnswer:
    """Set a template at many stations, each by a command of its own. Raises Problem, as `ask_fleet` does; Outage."""
    profile = started(written_template(ports, name).profile, ports.clock())
    travel = {member: getattr(data, member) for member in Asking.__struct_fields__}
    arguments = {"evse": data.evse, "profile": msgspec.to_builtins(profile)}
    sent = SendToFleet(stations=data.stations, command="SetChargingProfile", arguments=arguments, **travel)
    return await ask_fleet(ports, sent, key=key)


def _require_general(profile: ChargingProfile) -> None:
    if profile.profile_id is not None or profile.transaction_id:
        raise invalid(
            "profile.profile_id", "a template has neither profile_id nor transaction_id: they are its stations'"
        )
    evse = 0 if profile.purpose == "ChargingStationMaxProfile" else 1
    faults = [
        FieldError(field=fault.member, detail=fault.detail)
        for fault in profile_faults(profile, evse)
        if not fault.member.endswith((".transaction_id", ".unit", ".start_at"))
    ]
    if faults:
        raise invalid_fields(faults)


def _written(ports: Ports) -> dict[str, ProfileTemplateProvisioned]:
    known = ports.reference.all(REF_PROFILE_TEMPLATES)
    return {name: record for name, record in known.items() if isinstance(record, ProfileTemplateProvisioned)}
