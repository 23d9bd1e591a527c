"""Use cases of firmware campaigns: start, list, look, steer. Routes and pages call them."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import msgspec

from schemas.base import Record, derived_id
from schemas.campaigns import (
    BLOCK_STATIONS,
    FIRMWARE_CAMPAIGN_STATES,
    CampaignChanged,
    CampaignRequested,
    CampaignStatus,
    CampaignSteered,
    CampaignTargetsFrozen,
    Target,
)
from schemas.firmware import FAILED, MISSED
from schemas.secrets import mask_words
from schemas.stations import REF_STATIONS, STATION_STATES, StationChanged
from services.api.commands.parsing import travelling_firmware
from services.api.firmware.rows import (
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
from services.api.firmware.targets import chosen, drafted, is_zone, wave_ends, zone_of
from services.api.ports import Ports
from services.api.stations.checks import station_id
from services.api.web.paging import Page, Position, cursor_of, micros, position_of
from services.api.web.policy import owner
from services.api.web.problems import Problem, invalid, not_found

STEERABLE: dict[str, frozenset[CampaignStatus]] = {
    "pause": frozenset({"scheduled", "running"}),
    "resume": frozenset({"paused", "halted"}),
    "cancel": frozenset({"preparing", "scheduled", "running", "paused", "halted"}),
    "retry": frozenset({"scheduled", "running", "paused", "halted", "finished"}),
    "extend": frozenset({"preparing", "scheduled", "running", "paused", "halted", "finished"}),
}
"""In which statuses each intervention means something."""

OVER: frozenset[CampaignStatus] = frozenset({"finished", "cancelled"})


async def start(ports: Ports, body: StartCampaign, *, dry_run: bool = False, key: str | None = None) -> CampaignDraft:
    """Freeze the list of stations and begin; `dry_run` only says who would be updated. Raises Problem, Outage."""
    if not is_zone(body.time_zone):
        raise invalid("time_zone", "no IANA time zone is called so, as Europe/Berlin is")
    if bool(body.firmware.signature) != bool(body.firmware.signing_certificate):
        raise invalid("firmware", "signed firmware has both a `signature` and a `signing_certificate`")
    # with the same key it is the same campaign: its list stands as it first came
    whose = owner(ports.principal, None, None)
    names = (key,) if not whose else (key, whose)
    campaign = ports.new_id() if key is None else derived_id("firmware-campaign", *names)
    in_campaigns = await _stations_in_campaigns(ports, besides=campaign)
    choice = chosen(
        body, ports.reference.all(STATION_STATES), ports.reference.all(REF_STATIONS), in_campaigns=in_campaigns
    )
    firmware = travelling_firmware(body.firmware, ports.config.seal)
    if dry_run:
        return drafted(body, choice, campaign="")
    if not choice.stations:
        why = f": {choice.excluded[0].station}: {choice.excluded[0].reason}" if choice.excluded else ""
        raise invalid("targets", f"no station is left to be updated{why}")
    travelling = msgspec.structs.replace(body, firmware=firmware)
    await ports.publisher.publish(*_records(ports, travelling, choice.stations, campaign))
    return drafted(body, choice, campaign=campaign)


async def _stations_in_campaigns(ports: Ports, *, besides: str) -> dict[str, str]:
    """Which stations other campaigns are not over with, in words by station."""
    going_on = {
        name: record.name
        for name, record in ports.reference.all(FIRMWARE_CAMPAIGN_STATES).items()
        if isinstance(record, CampaignChanged) and record.status not in OVER and name != besides
    }
    if not going_on:
        return {}
    stations = await ports.reads.stations_in_campaigns(tuple(going_on))
    return {
        station: f"the campaign {going_on[campaign]} ({campaign}) is not over with it"
        for station, campaign in stations.items()
    }


def _records(ports: Ports, body: StartCampaign, stations: Sequence[StationChanged], campaign: str) -> list[Record]:
    """The list in blocks, then the campaign itself."""
    now, provisioned = ports.clock(), ports.reference.all(REF_STATIONS)
    whose = owner(ports.principal, None, None)
    zones: dict[str, int] = {}
    sites: dict[str, int] = {}
    targets = []
    for station in stations:
        zone = zone_of(station.station, provisioned, body.time_zone)
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
            firmware=body.firmware,
            policy=body.policy,
            targets=tuple(block),
            frozen_at=now,
            tenant=whose,
        )
        for number, block in enumerate(blocks)
    ]
    whole = CampaignRequested(
        id=campaign,
        key=campaign,
        name=body.name,
        firmware=body.firmware,
        policy=body.policy,
        gate=body.gate,
        limits=body.limits,
        windows=body.windows,
        zones=tuple(zones),
        wave_ends=wave_ends(body.waves, len(targets)),
        stations=len(targets),
        blocks=len(blocks),
        start_at=body.start_at,
        requested_at=now,
        requested_by=ports.principal.name,
        tenant=whose,
    )
    return [*lists, whole]


def _newest(record: CampaignChanged) -> tuple[int, str]:
    return micros(record.requested_at), record.campaign


def _in_its_wave(row: UpdateRow, record: CampaignChanged) -> UpdateRow:
    wave = sum(row.number >= one.end for one in record.waves)
    return msgspec.structs.replace(row, wave=wave)


def known_campaign(ports: Ports, campaign: str) -> CampaignChanged:
    """The campaign of that id. Raises Problem."""
    found = ports.reference.get(FIRMWARE_CAMPAIGN_STATES, campaign)
    if not isinstance(found, CampaignChanged):
        raise not_found(f"There is no firmware campaign {campaign!r}.")
    return found


def campaign_view(record: CampaignChanged) -> CampaignView:
    """The campaign as the API gives it, a password in its location masked."""
    shown = msgspec.structs.replace(record.firmware, location=mask_words(record.firmware.location))
    return msgspec.convert(msgspec.structs.replace(record, firmware=shown), CampaignView, from_attributes=True)


def _steering(ports: Ports, campaign: str, action: str) -> dict[str, Any]:
    return {
        "id": ports.new_id(),
        "key": campaign,
        "action": action,
        "requested_at": ports.clock(),
        "requested_by": ports.principal.name,
    }


async def _published(ports: Ports, campaign: str, record: CampaignSteered) -> Steering:
    """Publish an intervention. Raises Problem where it means nothing now; Outage."""
    before = known_campaign(ports, campaign)
    record = msgspec.structs.replace(record, tenant=before.tenant)
    if before.status not in STEERABLE[record.action]:
        raise Problem(HTTPStatus.CONFLICT, f"The campaign is {before.status}: it cannot {record.action}.")
    if record.action == "retry" and not any(before.counts.get(str(state)) for state in FAILED | MISSED):
        raise Problem(HTTPStatus.CONFLICT, "No station of the campaign has failed or was missed.")
    await ports.publisher.publish(record)
    return Steering(id=record.id, campaign=campaign, action=record.action)


async def update_one(ports: Ports, station: str, data: UpdateStation) -> CampaignDraft:
    """Start a campaign of one station. Raises Problem, Outage."""
    record = ports.reference.get(STATION_STATES, station) or ports.reference.get(REF_STATIONS, station)
    if record is None:
        raise not_found(f"No station {station!r} has connected or been provisioned.")
    body = StartCampaign(
        name=f"{station_id(station)} to {data.firmware.version}"[:100],
        firmware=data.firmware,
        targets=Targets(stations=(station,)),
        policy=data.policy,
        windows=data.windows,
        time_zone=data.time_zone,
        start_at=data.start_at,
    )
    return await start(ports, body)


async def campaign_page(
    ports: Ports, *, status: CampaignStatus | None = None, cursor: str | None, limit: int
) -> Page[CampaignView]:
    """A page of campaigns, the newest first. Raises BadCursor."""
    behind = position_of(cursor) if cursor is not None else None
    found = [
        record
        for record in ports.reference.all(FIRMWARE_CAMPAIGN_STATES).values()
        if isinstance(record, CampaignChanged) and status in (None, record.status)
    ]
    found.sort(key=_newest, reverse=True)
    rest = [record for record in found if behind is None or _newest(record) < (behind.at_us, behind.id)]
    page = rest[:limit]
    more = cursor_of(Position(*_newest(page[-1]))) if len(rest) > limit else None
    return Page(tuple(campaign_view(record) for record in page), more)


async def update_page(
    ports: Ports, campaign: str, *, state: str | None, cursor: str | None, limit: int
) -> Page[UpdateRow]:
    """A page of a campaign's stations in the order of its list, each with its wave. Raises Problem: 404; BadCursor, Outage."""
    record = known_campaign(ports, campaign)
    page = await ports.reads.firmware_updates(campaign, state=state, cursor=cursor, limit=limit)
    return Page(tuple(_in_its_wave(row, record) for row in page.items), page.next_cursor)


async def history_page(
    ports: Ports, campaign: str, station: str, *, cursor: str | None = None, limit: int
) -> Page[UpdateHistoryRow]:
    """A page of what a station's update came to, the oldest first. Raises Problem: 404; BadCursor, Outage."""
    known_campaign(ports, campaign)
    return await ports.reads.firmware_history(campaign, station, cursor=cursor, limit=limit)


async def steer(ports: Ports, campaign: str, action: str) -> Steering:
    """Pause, resume, cancel or retry a campaign. Raises Problem for another action, or one that means nothing now; Outage."""
    if action not in STEERABLE or action == "extend":
        raise not_found(f"A campaign cannot be asked to {action}.")
    return await _published(ports, campaign, CampaignSteered(**_steering(ports, campaign, action)))


async def extend(ports: Ports, campaign: str, data: ExtendCampaign) -> Steering:
    """Give a campaign more time, or other limits. Raises Problem, Outage."""
    if data == ExtendCampaign():
        raise invalid("body", "give `deadline_s`, `max_at_once`, `max_at_once_per_site` or `max_failures`")
    members = {name: getattr(data, name) for name in ExtendCampaign.__struct_fields__}
    return await _published(ports, campaign, CampaignSteered(**_steering(ports, campaign, "extend"), **members))
