"""Firmware: campaigns in waves over many stations, and the update of one station through the same machinery."""

from http import HTTPStatus
from typing import Annotated, Any

from litestar import Response, Router, get, post
from litestar.params import Body, HeaderParameter, PathParameter, QueryParameter

from schemas.campaigns import (
    CampaignStatus,
)
from schemas.firmware import UpdateState
from services.api.firmware import usecases
from services.api.firmware.rows import (
    CampaignDraft,
    CampaignView,
    ExtendCampaign,
    StartCampaign,
    Steering,
    UpdateHistoryRow,
    UpdateRow,
    UpdateStation,
)
from services.api.firmware.usecases import (
    campaign_page,
    campaign_view,
    extend,
    history_page,
    known_campaign,
    steer,
    update_one,
    update_page,
)
from services.api.stations.rows import StationPath
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit
from services.api.web.problems import documented

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key",
        description="Chosen by the caller. A request repeated with it is the same campaign, begun once.",
    ),
]
CampaignPath = Annotated[str, PathParameter(description="The campaign's id.")]


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
    draft = await usecases.start(ports, data, dry_run=dry_run, key=idempotency_key)
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
    return await update_one(ports, station, data)


@get("/firmware-campaigns", summary="List firmware campaigns", responses=documented(422))
async def list_campaigns(
    ports: Given,
    status: Annotated[CampaignStatus | None, QueryParameter(description="Only those in this status.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[CampaignView]:
    """Campaigns, the newest first."""
    return await campaign_page(ports, status=status, cursor=cursor, limit=limit)


@get("/firmware-campaigns/{campaign:str}", summary="Get a firmware campaign", responses=documented(404))
async def get_campaign(campaign: CampaignPath, ports: Given) -> CampaignView:
    """A campaign as it is now: its waves, what their gates found, and how many stations are in which state."""
    return campaign_view(known_campaign(ports, campaign))


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
    state = None if update_state is None else str(update_state)
    return await update_page(ports, campaign, state=state, cursor=cursor, limit=limit)


@get(
    "/firmware-campaigns/{campaign:str}/stations/{station:str}",
    summary="The history of a station's update",
    responses=documented(404, 422),
)
async def list_history(
    campaign: CampaignPath, station: StationPath, ports: Given, cursor: Cursor = None, limit: Limit = 100
) -> Page[UpdateHistoryRow]:
    """Every state that the station's update came to, the oldest first."""
    return await history_page(ports, campaign, station, cursor=cursor, limit=limit)


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
    return await steer(ports, campaign, action)


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
    return await extend(ports, campaign, data)


def router() -> Router:
    """Firmware campaigns, and the update of one station."""
    handlers: list[Any] = [
        *(start_campaign, update_station, list_campaigns, get_campaign, list_updates, list_history),
        *(steer_campaign, extend_campaign),
    ]
    return Router(path="/", route_handlers=handlers)
