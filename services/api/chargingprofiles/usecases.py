"""Use cases of charging profiles: set, find, clear, ask the station. Routes and pages call them."""

from http import HTTPStatus
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.chargingprofiles import STANDING, charging_profile_of, profile_id_of
from schemas.chargingschedules import EXTERNAL, ChargingProfile
from schemas.outcomes import is_unanswered
from schemas.profilerules import profile_faults
from services.api.chargingprofiles.checks import in_known_unit, require_free_place, require_phases, started
from services.api.chargingprofiles.rows import (
    Answered,
    AskComposite,
    CompositeAnswer,
    Profile,
    SetProfile,
    composite_of,
)
from services.api.chargingprofiles.stored import profile_called
from services.api.commands.bodies import Asking, SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.commands.views import PENDING
from services.api.ports import Ports
from services.api.stations.usecases import known_station
from services.api.web.problems import FieldError, Problem, invalid, invalid_fields, not_found
from services.runtime.process.outage import Outage


async def set_profile(ports: Ports, station: str, data: SetProfile, *, key: str | None = None) -> Answered:
    """Set a profile at a station, and wait for its answer. Raises Problem, as `commands.ask` does; Outage."""
    known = await known_station(ports, station)
    profile, evse = await _placed(ports, known.station, data)
    profile = started(await in_known_unit(ports, known, profile), ports.clock())
    if faults := [FieldError(field=each.member, detail=each.detail) for each in profile_faults(profile, evse)]:
        raise invalid_fields(faults)
    await require_phases(ports, known, profile, evse)
    await require_free_place(ports, known, profile, evse)
    arguments = {"evse": evse, "profile": msgspec.to_builtins(profile)}
    command = await ask(ports, known.station, _command("SetChargingProfile", arguments, data), key=key)
    number = profile_id_of(command.command_id) if profile.profile_id is None else profile.profile_id
    found = await _known_or_none(ports, known.station, number)
    return Answered(profile_id=number, profile=None if found is None else _answered(found, command), command=command)


async def clear_profile(ports: Ports, station: str, profile_id: int) -> Answered:
    """Clear a profile at its station. Raises Problem: 404, 409 where it stands no more, or is of others; Outage."""
    found = await known_profile(ports, station, profile_id)
    if found.status not in STANDING:
        raise Problem(HTTPStatus.CONFLICT, f"The station has the profile no more: it is {found.status}.")
    if found.profile.purpose in EXTERNAL:
        raise Problem(
            HTTPStatus.CONFLICT, f"{found.source} set this limit; it cannot be cleared from here (K10.FR.06)."
        )
    command = await ask(ports, station, _command("ClearChargingProfile", {"profile_id": profile_id}, Asking()))
    if command.outcome == "accepted":
        found = replace(found, status="cleared", ended_at=command.settled_at)
    return Answered(profile_id=profile_id, profile=found, command=command)


async def report_profiles(ports: Ports, station: str) -> CommandView:
    """Have a station report its profiles; what stands is corrected by it a little later. Raises Problem; Outage."""
    return await ask(ports, station, _command("GetChargingProfiles", {}, Asking()))


async def composite(ports: Ports, station: str, data: AskComposite) -> CompositeAnswer:
    """Ask a station what it will allow. Raises Problem, as `commands.ask` does; Outage."""
    arguments = {"evse": data.evse, "duration_s": data.duration_s} | ({"unit": data.unit} if data.unit else {})
    command = await ask(ports, station, _command("GetCompositeSchedule", arguments, data))
    accepted = command.outcome == "accepted"
    schedule = composite_of(command.response, evse=data.evse, duration_s=data.duration_s, at=ports.clock())
    return CompositeAnswer(schedule=schedule if accepted else None, command=command)


async def known_profile(ports: Ports, station: str, profile_id: int) -> Profile:
    """What stands under a number at a station. Raises Problem: 404; Outage."""
    found = await ports.reads.charging_profile(charging_profile_of(station, profile_id))
    if found is None:
        raise not_found(f"Station {station} has had no charging profile {profile_id}.")
    return found


async def _placed(ports: Ports, station: str, data: SetProfile) -> tuple[ChargingProfile, int]:
    """The profile and its EVSE. Raises Problem where the request does not say both, or says them twice."""
    if (data.profile is None) == (data.template is None):
        raise invalid("profile", "give a profile, or the name of a template")
    profile = data.profile if data.template is None else profile_called(ports, data.template)
    assert profile is not None
    if data.session is None:
        if data.evse is None:
            raise invalid("evse", "say where: an EVSE, 0 for the whole station, or the session that it is for")
        return profile, data.evse
    session = await ports.reads.session(data.session)
    if session is None or session.station != station:
        raise invalid("session", "no session of this id is known at the station")
    if session.status != "active" or session.evse is None:
        raise invalid("session", "the session has ended, or its EVSE is not known")
    if profile.purpose != "TxProfile":
        raise invalid("profile.purpose", "must be TxProfile for a session")
    if data.evse not in (None, session.evse):
        raise invalid("evse", f"the session is at EVSE {session.evse}: leave evse out")
    return replace(profile, transaction_id=session.transaction_id), session.evse


def _answered(found: Profile, command: CommandView) -> Profile:
    """What stands there by the command's outcome, where the service has not said it yet."""
    if found.status != "requested" or found.command_id != command.command_id or command.outcome == PENDING:
        return found
    if command.outcome == "accepted":
        return replace(found, status="installed", known="accepted", confirmed_at=command.settled_at)
    detail = command.detail or command.error_code or command.outcome.capitalize()
    if is_unanswered(command.outcome, sent=command.sent):
        return replace(found, status="unconfirmed", detail=detail)
    status = "cancelled" if command.outcome == "cancelled" else "refused"
    return replace(found, status=status, detail=detail, ended_at=command.settled_at)


async def _known_or_none(ports: Ports, station: str, number: int) -> Profile | None:
    try:
        return await ports.reads.charging_profile(charging_profile_of(station, number))
    except Outage:
        return None  # the command is known, and says what became of the profile


def _command(name: str, arguments: dict[str, Any], asking: Asking) -> SendCommand:
    travel = {name: getattr(asking, name) for name in Asking.__struct_fields__}
    return SendCommand(command=name, arguments=arguments, **travel)
