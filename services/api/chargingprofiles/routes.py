"""Charging profiles: set, list, clear, have them reported; the composite schedule; limits of others; templates."""

from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, post, put
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, PathParameter, QueryParameter

from schemas.chargingprofiles import ProfileStatus
from services.api.chargingprofiles import stored, usecases
from services.api.chargingprofiles.rows import (
    Answered,
    ApplyTemplate,
    AskComposite,
    CompositeAnswer,
    Limit,
    Needs,
    Profile,
    ProfileFilter,
    ProvisionTemplate,
    SetProfile,
    Template,
    Templates,
    template_of,
)
from services.api.commands.fleetbodies import FleetAnswer
from services.api.commands.routes import IdempotencyKey
from services.api.commands.rows import CommandView
from services.api.commands.views import PENDING
from services.api.stations.rows import StationPath
from services.api.stations.usecases import known_station
from services.api.web.changing import IfMatch, IfNoneMatch, condition, etag
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given
from services.api.web.parameters import Limit as Most
from services.api.web.problems import documented

PROFILES = "/stations/{station:str}/charging-profiles"
TEMPLATES = "/charging-profile-templates"

ProfilePath = Annotated[int, PathParameter(description="The number that the station knows the profile by.")]
TemplatePath = Annotated[
    str,
    PathParameter(
        description="The template's name: letters, digits and `._-`.", pattern="^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"
    ),
]
ANSWERS = {202: ResponseSpec(Answered, description="The command is `pending`.", generate_examples=False)}


@get(PROFILES, summary="List a station's charging profiles", responses=documented(404, 422))
async def list_charging_profiles(
    station: StationPath,
    ports: Given,
    *,
    status: Annotated[ProfileStatus | None, QueryParameter(description="Only those of this status.")] = None,
    cursor: Cursor = None,
    limit: Most = 50,
) -> Page[Profile]:
    """What stands under each number at the station, the one that changed last first; also what stands no more."""
    known = await known_station(ports, station)
    where = ProfileFilter(station=known.station, status=status)
    return await ports.reads.charging_profiles(where, cursor=cursor, limit=limit)


@get(PROFILES + "/{profile_id:int}", summary="Get a charging profile", responses=documented(404))
async def get_charging_profile(station: StationPath, profile_id: ProfilePath, ports: Given) -> Profile:
    """What stands under a number at the station."""
    return await usecases.known_profile(ports, station, profile_id)


@post(
    PROFILES,
    summary="Set a charging profile",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def set_charging_profile(
    station: StationPath,
    data: Annotated[SetProfile, Body(description="The profile or a template, where, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[Answered]:
    """Limit charging at an EVSE, of the whole station, or of a running session (SetChargingProfile, K01).

    What the specification forbids is refused here, with the member at fault. 202 where the station has not answered within `wait_s`.
    """
    return _answer(await usecases.set_profile(ports, station, data, key=idempotency_key))


@delete(
    PROFILES + "/{profile_id:int}",
    summary="Clear a charging profile",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409)},
)
async def clear_charging_profile(station: StationPath, profile_id: ProfilePath, ports: Given) -> Response[Answered]:
    """Take a profile away from its station (ClearChargingProfile, K10). To clear by criteria, send that command."""
    return _answer(await usecases.clear_profile(ports, station, profile_id))


@post(
    PROFILES + "/report",
    summary="Have charging profiles reported",
    status_code=HTTPStatus.OK,
    responses=documented(404, 409),
)
async def report_charging_profiles(station: StationPath, ports: Given) -> CommandView:
    """Have the station report all of its profiles (GetChargingProfiles, K09; 1.6 cannot). The list is corrected by it a little later."""
    return await usecases.report_profiles(ports, station)


@post(
    "/stations/{station:str}/composite-schedule",
    summary="Get the composite schedule",
    status_code=HTTPStatus.OK,
    responses=documented(404, 409, 422),
)
async def get_composite_schedule(
    station: StationPath,
    data: Annotated[AskComposite, Body(description="Where, for how long, and how the command travels.")],
    ports: Given,
) -> CompositeAnswer:
    """Ask the station what it will allow, by all of its profiles together (GetCompositeSchedule, K08)."""
    return await usecases.composite(ports, station, data)


@get("/stations/{station:str}/charging-limits", summary="List limits of others", responses=documented(404))
async def list_charging_limits(station: StationPath, ports: Given) -> tuple[Limit, ...]:
    """The limits that others than this system set at the station, and that hold (NotifyChargingLimit, K11 to K14)."""
    return await ports.reads.charging_limits((await known_station(ports, station)).station)


@get("/stations/{station:str}/charging-needs", summary="List what EVs asked for", responses=documented(404, 422))
async def list_charging_needs(
    station: StationPath, ports: Given, *, cursor: Cursor = None, limit: Most = 50
) -> Page[Needs]:
    """What EVs asked for at the station by ISO 15118, newest first (NotifyEVChargingNeeds, K15), and the profile
    that was planned for it."""
    return await ports.reads.charging_needs((await known_station(ports, station)).station, cursor=cursor, limit=limit)


@get(TEMPLATES, summary="List templates of charging profiles")
async def list_templates(ports: Given) -> Templates:
    """All templates by name."""
    await ports.reference.caught_up()
    return Templates(items=stored.templates(ports))


@get(TEMPLATES + "/{template:str}", summary="Get a template", responses=documented(404))
async def get_template(template: TemplatePath, ports: Given) -> Response[Template]:
    """A template. The `ETag` names its state for `If-Match`."""
    await ports.reference.caught_up()
    record = stored.written_template(ports, template)
    return Response(template_of(record), headers=etag(record))


@put(TEMPLATES + "/{template:str}", summary="Write a template", responses=documented(409, 412, 422))
async def put_template(
    template: TemplatePath,
    data: Annotated[ProvisionTemplate, Body(description="The profile, without numbers of its own.")],
    ports: Given,
    if_match: IfMatch = None,
    if_none_match: IfNoneMatch = None,
) -> Response[Template]:
    """Have a profile stand under a name. What was set by the name before stays at its stations."""
    record = await stored.save_template(ports, template, data, given=condition(if_match, if_none_match))
    return Response(template_of(record), headers=etag(record))


@delete(TEMPLATES + "/{template:str}", summary="Remove a template", responses=documented(404, 412))
async def delete_template(template: TemplatePath, ports: Given, if_match: IfMatch = None) -> None:
    """Forget a template. What was set by it stays at its stations."""
    await stored.remove_template(ports, template, given=condition(if_match))


@post(
    TEMPLATES + "/{template:str}/apply",
    summary="Set a template at stations",
    status_code=HTTPStatus.OK,
    responses=documented(404, 409, 413, 422),
)
async def apply_template(
    template: TemplatePath,
    data: Annotated[ApplyTemplate, Body(description="The stations, where at each, and how the commands travel.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[FleetAnswer]:
    """Set the template's profile at one or many stations, each by a command of its own, as `POST /commands` does."""
    answer = await stored.apply_template(ports, template, data, key=idempotency_key)
    return Response(answer, status_code=HTTPStatus.ACCEPTED if PENDING in answer.counts else HTTPStatus.OK)


def _answer(answered: Answered) -> Response[Answered]:
    pending = answered.command.outcome == PENDING
    return Response(answered, status_code=HTTPStatus.ACCEPTED if pending else HTTPStatus.OK)


def router() -> Router:
    """Charging profiles below stations, and templates."""
    handlers = [
        *(list_charging_profiles, get_charging_profile, set_charging_profile, clear_charging_profile),
        *(report_charging_profiles, get_composite_schedule, list_charging_limits, list_charging_needs),
        *(list_templates, get_template, put_template, delete_template, apply_template),
    ]
    return Router(path="/", route_handlers=handlers)
