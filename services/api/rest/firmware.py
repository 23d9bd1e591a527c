"""Firmware: campaigns in waves over many stations, and the update of one station through the same machinery."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from litestar import Response, Router, get, post
from litestar.params import Body, HeaderParameter, PathParameter, QueryParameter

from schemas.base import Record, derived_id
from schemas.campaigns import (
    BLOCK_STATIONS,
    CampaignChanged,
    CampaignRequested,
    CampaignStatus,
    CampaignSteered,
    CampaignTargetsFrozen,
    Target,
)
from schemas.firmware import FAILED, MISSED, UpdateState
from schemas.stations import StationChanged
from schemas.topics import FIRMWARE_CAMPAIGN_STATES, REF_STATIONS, STATION_STATES
from services.api.firmwaremodel import (
    CampaignDraft,
    CampaignView,
    ExtendCampaign,
    StartCampaign,
    Steering,
    Targets,
    UpdateHistoryRow,
    UpdateRow,
    UpdateStation,
)
from services.api.models import Cursor, Given, Limit, StationPath, station_id
from services.api.paging import Place, cursor_of, micros, place_of
from services.api.ports import Ports
from services.api.problems import Problem, documented, invalid, not_found
from services.api.readmodel import Page
from services.api.targets import chosen, drafted, is_zone, wave_ends, zone_of

OPERATOR = "operator"

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Chosen by the caller. A request repeated with it is the same campaign, begun once.",
    ),
]
CampaignPath = Annotated[str, PathParameter(description="The campaign's id.")]
STEERABLE: dict[str, frozenset[CampaignStatus]] = {
    "pause": frozenset({"scheduled", "running"}),
    "resume": frozenset({"paused", "halted"}),
    "cancel": frozenset({"preparing", "scheduled", "running", "paused", "halted"}),
    "retry": frozenset({"scheduled", "running", "paused", "halted", "finished"}),
    "extend": frozenset({"preparing", "scheduled", "running", "paused", "halted", "finished"}),
}
"""In which statuses each intervention means something."""

OVER: frozenset[CampaignStatus] = frozenset({"finished", "cancelled"})


@post(
    "/firmware-campaigns",
    summary="Start a firmware campaign",
    status_code=HTTPStatus.CREATED,
    responses=documented(422),
)
async def start_campaign(
    data: Annotated[StartCampaign, Body(description="What to install, where, and how carefully.")],
    ports: Given,
    dry_run: Annotated[
        bool, QueryParameter(description="Only say who would be updated, in which wave, and who not.")
    ] = False,
    idempotency_key: IdempotencyKey = None,
) -> Response[CampaignDraft]:
    """Freeze the list of stations and begin. The list never changes afterwards; `dry_run=true` shows it and starts nothing.

    Left out, with the reason: stations that run the version already, that the firmware is not made for (its `vendor` and
    `models`), and that another campaign is not over with.
    """
    draft = await _start(ports, data, dry_run=dry_run, key=idempotency_key)
    return Response(draft, status_code=HTTPStatus.OK if dry_run else HTTPStatus.CREATED)


@post(
    "/stations/{station:str}/firmware",
    summary="Update a station's firmware",
    status_code=HTTPStatus.CREATED,
    responses=documented(404, 422),
)
async def update_station(
    station: StationPath, data: Annotated[UpdateStation, Body(description="What to install, and how.")], ports: Given
) -> CampaignDraft:
    """A campaign of one station: the same states, retries and history."""
    known = ports.reference.get(STATION_STATES, station) or ports.reference.get(REF_STATIONS, station)
    if known is None:
        raise not_found(f"No station {station!r} has connected or been provisioned.")
    asked = StartCampaign(
        name=f"{station_id(station)} to {data.firmware.version}"[:100],
        firmware=data.firmware,
        targets=Targets(stations=(station,)),
        policy=data.policy,
        windows=data.windows,
        time_zone=data.time_zone,
        start_at=data.start_at,
    )
    return await _start(ports, asked, dry_run=False)


async def _start(ports: Ports, asked: StartCampaign, *, dry_run: bool, key: str | None = None) -> CampaignDraft:
    if not is_zone(asked.time_zone):
        raise invalid("time_zone", "no IANA time zone is called so, as Europe/Berlin is")
    if bool(asked.firmware.signature) != bool(asked.firmware.signing_certificate):
        raise invalid("firmware", "signed firmware has both a `signature` and a `signing_certificate`")
    # with the same key it is the same campaign: its list stands as it first came
    campaign = ports.new_id() if key is None else derived_id("firmware-campaign", key)
    held = await _held(ports, besides=campaign)
    choice = chosen(asked, ports.reference.all(STATION_STATES), ports.reference.all(REF_STATIONS), held=held)
    if dry_run:
        return drafted(asked, choice, campaign="")
    if not choice.stations:
        why = f": {choice.excluded[0].station}: {choice.excluded[0].reason}" if choice.excluded else ""
        raise invalid("targets", f"no station is left to be updated{why}")
    await ports.publisher.publish(*_records(ports, asked, choice.stations, campaign))
    return drafted(asked, choice, campaign=campaign)


async def _held(ports: Ports, *, besides: str) -> dict[str, str]:
    """Which stations other campaigns are not over with, in words by station."""
    going_on = {
        name: record.name
        for name, record in ports.reference.all(FIRMWARE_CAMPAIGN_STATES).items()
        if isinstance(record, CampaignChanged) and record.status not in OVER and name != besides
    }
    if not going_on:
        return {}
    held = await ports.reads.firmware_held(tuple(going_on))
    return {
        station: f"the campaign {going_on[campaign]} ({campaign}) is not over with it"
        for station, campaign in held.items()
    }


def _records(ports: Ports, asked: StartCampaign, stations: Sequence[StationChanged], campaign: str) -> list[Record]:
    """The list in blocks, then the campaign itself."""
    now, provisioned = ports.clock(), ports.reference.all(REF_STATIONS)
    zones: dict[str, int] = {}
    sites: dict[str, int] = {}
    targets = []
    for station in stations:
        zone = zone_of(station.station, provisioned, asked.time_zone)
        # a station without a site shares none: it is one of its own
        site = sites.setdefault(station.site or f"\0{station.station}", len(sites))
        targets.append(Target(station.station, site, zones.setdefault(zone, len(zones))))
    blocks = [targets[first : first + BLOCK_STATIONS] for first in range(0, len(targets), BLOCK_STATIONS)]
    lists: list[Record] = [
        CampaignTargetsFrozen(
            id=derived_id(campaign, "block", number),
            key=f"{campaign}/{number}",
            campaign=campaign,
            block=number,
            firmware=asked.firmware,
            policy=asked.policy,
            targets=tuple(block),
            frozen_at=now,
        )
        for number, block in enumerate(blocks)
    ]
    whole = CampaignRequested(
        id=campaign,
        key=campaign,
        name=asked.name,
        firmware=asked.firmware,
        policy=asked.policy,
        gate=asked.gate,
        limits=asked.limits,
        windows=asked.windows,
        zones=tuple(zones),
        wave_ends=wave_ends(asked.waves, len(targets)),
        stations=len(targets),
        blocks=len(blocks),
        start_at=asked.start_at,
        requested_at=now,
        requested_by=OPERATOR,
    )
    return [*lists, whole]


# -- looking ----------------------------------------------------------------------------------------------------------


@get("/firmware-campaigns", summary="List firmware campaigns", responses=documented(422))
async def list_campaigns(
    ports: Given,
    status: Annotated[CampaignStatus | None, QueryParameter(description="Only those in this status.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CampaignView]:
    """Campaigns, the newest first."""
    behind = place_of(cursor) if cursor is not None else None
    found = [
        record
        for record in ports.reference.all(FIRMWARE_CAMPAIGN_STATES).values()
        if isinstance(record, CampaignChanged) and status in (None, record.status)
    ]
    found.sort(key=_newest, reverse=True)
    rest = [record for record in found if behind is None or _newest(record) < (behind.at_us, behind.id)]
    page = rest[:limit]
    more = cursor_of(Place(*_newest(page[-1]))) if len(rest) > limit else None
    return Page(tuple(_view(record) for record in page), more)


def _newest(record: CampaignChanged) -> tuple[int, str]:
    return micros(record.requested_at), record.campaign


@get("/firmware-campaigns/{campaign:str}", summary="Get a firmware campaign", responses=documented(404))
async def get_campaign(campaign: CampaignPath, ports: Given) -> CampaignView:
    """A campaign as it is now: its waves, what their gates found, and how many stations are in which state."""
    return _view(known_campaign(ports, campaign))


@get(
    "/firmware-campaigns/{campaign:str}/stations",
    summary="The stations of a firmware campaign",
    responses=documented(404, 422),
)
async def list_updates(
    campaign: CampaignPath,
    ports: Given,
    *,
    update_state: Annotated[
        UpdateState | None, QueryParameter(name="state", description="Only those in this state.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[UpdateRow]:
    """Each station's update, in the order of the campaign's list."""
    known = known_campaign(ports, campaign)
    page = await ports.reads.firmware_updates(
        campaign, state=None if update_state is None else str(update_state), cursor=cursor, limit=limit
    )
    return Page(tuple(_in_its_wave(row, known) for row in page.items), page.next_cursor)


def _in_its_wave(row: UpdateRow, known: CampaignChanged) -> UpdateRow:
    wave = sum(row.number >= one.end for one in known.waves)
    return msgspec.structs.replace(row, wave=wave)


@get(
    "/firmware-campaigns/{campaign:str}/stations/{station:str}",
    summary="The history of a station's update",
    responses=documented(404, 422),
)
async def list_history(
    campaign: CampaignPath, station: StationPath, ports: Given, cursor: Cursor = None, limit: Limit = 100
) -> Page[UpdateHistoryRow]:
    """Every state that the station's update came to, the oldest first."""
    known_campaign(ports, campaign)
    return await ports.reads.firmware_history(campaign, station, cursor=cursor, limit=limit)


def known_campaign(ports: Ports, campaign: str) -> CampaignChanged:
    """The campaign of that id. Raises Problem."""
    found = ports.reference.get(FIRMWARE_CAMPAIGN_STATES, campaign)
    if not isinstance(found, CampaignChanged):
        raise not_found(f"There is no firmware campaign {campaign!r}.")
    return found


def _view(record: CampaignChanged) -> CampaignView:
    return msgspec.convert(record, CampaignView, from_attributes=True)


# -- steering ---------------------------------------------------------------------------------------------------------


@post(
    "/firmware-campaigns/{campaign:str}/{action:str}",
    summary="Pause, resume, cancel or retry a firmware campaign",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409),
)
async def steer_campaign(
    campaign: CampaignPath,
    action: Annotated[
        str, PathParameter(description="pause, resume, cancel or retry (those that failed or were missed).")
    ],
    ports: Given,
) -> Steering:
    """`pause` gives no more turns. `resume` goes on, past a gate that did not open. `cancel` takes back what has not left;
    what stations work on already runs to its end, for no version of OCPP has a message that only stops an update. `retry`
    gives those that failed or were missed another turn; a halted campaign runs again, and its gate is judged anew.
    """
    if action not in STEERABLE or action == "extend":
        raise not_found(f"A campaign cannot be asked to {action}.")
    return await steer(ports, campaign, CampaignSteered(**_steering(ports, campaign, action)))


@post(
    "/firmware-campaigns/{campaign:str}/extend",
    summary="Extend a firmware campaign",
    status_code=HTTPStatus.ACCEPTED,
    responses=documented(404, 409, 422),
)
async def extend_campaign(
    campaign: CampaignPath,
    data: Annotated[ExtendCampaign, Body(description="More time, or other limits.")],
    ports: Given,
) -> Steering:
    """Give every station more time (from its first turn on), or change how many at once and how many failures.

    The list stays as it was frozen. For more stations start another campaign: it leaves out those that run the version
    already, and those that this one is not over with.
    """
    if data == ExtendCampaign():
        raise invalid("body", "give `deadline_s`, `max_at_once`, `max_at_once_per_site` or `max_failures`")
    members = {name: getattr(data, name) for name in ExtendCampaign.__struct_fields__}
    return await steer(ports, campaign, CampaignSteered(**_steering(ports, campaign, "extend"), **members))


def _steering(ports: Ports, campaign: str, action: str) -> dict[str, Any]:
    return {
        "id": ports.new_id(),
        "key": campaign,
        "action": action,
        "requested_at": ports.clock(),
        "requested_by": OPERATOR,
    }


async def steer(ports: Ports, campaign: str, record: CampaignSteered) -> Steering:
    """Ask the campaign for it. Raises Problem where it means nothing now."""
    known = known_campaign(ports, campaign)
    if known.status not in STEERABLE[record.action]:
        raise Problem(HTTPStatus.CONFLICT, f"The campaign is {known.status}: it cannot {record.action}.")
    if record.action == "retry" and not any(known.counts.get(str(state)) for state in FAILED | MISSED):
        raise Problem(HTTPStatus.CONFLICT, "No station of the campaign has failed or was missed.")
    await ports.publisher.publish(record)
    return Steering(id=record.id, campaign=campaign, action=record.action)


def router() -> Router:
    """Firmware campaigns, and the update of one station."""
    handlers: list[Any] = [
        *(start_campaign, update_station, list_campaigns, get_campaign, list_updates, list_history),
        *(steer_campaign, extend_campaign),
    ]
    return Router(path="/", route_handlers=handlers, tags=["firmware"])
