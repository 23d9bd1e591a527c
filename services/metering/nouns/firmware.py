"""Firmware in ClickHouse: campaigns, each station's update in them with its history, and what stations reported. PURE."""

from collections.abc import Sequence

from schemas.campaigns import (
    BLOCK_STATIONS,
    FIRMWARE_CAMPAIGN_STATES,
    FIRMWARE_CAMPAIGNS,
    CampaignBlockFrozen,
    CampaignChanged,
    CampaignRequested,
    CampaignSteered,
    CampaignTargetsFrozen,
    StationsExtended,
    StationsReleased,
    StationsWithdrawn,
)
from schemas.firmware import FIRMWARE as FIRMWARE_TOPIC
from schemas.firmware import FIRMWARE_UPDATES, FirmwareStatusReported, UpdateChanged, UpdateState
from services.metering.cells import Cell, Column, json, us, whole
from services.metering.feeds import FACTS, FIRMWARE
from services.metering.table import MeteringNoun, table, transposed

_UPDATE_COLUMNS = (
    "campaign number station revision state attempt detail request_id command_id from_version"
    " to_version ordered_at changed_at"
)


def _targets(records: Sequence[CampaignTargetsFrozen]) -> tuple[Column, ...]:
    """The stations of a campaign's blocks, before their turn."""
    before = (0, str(UpdateState.PENDING), 0, "", None, "", "")
    rows = [
        (
            record.campaign,
            whole(number, "number"),
            target.station,
            *before,
            record.firmware.version,
            None,
            us(record.frozen_at),
        )
        for record in records
        for number, target in enumerate(record.targets, record.block * BLOCK_STATIONS)
    ]
    return tuple(transposed(rows, len(_UPDATE_COLUMNS.split())))


_STATE: dict[str, Cell] = {"state": lambda r: str(r.state)}

NOUN = MeteringNoun(
    topics={
        FACTS: (FIRMWARE_TOPIC,),
        FIRMWARE: (FIRMWARE_CAMPAIGNS, FIRMWARE_UPDATES, FIRMWARE_CAMPAIGN_STATES),
    },
    tables=(
        table(
            "firmware_campaigns",
            key="campaign",
            columns="campaign name status reason version stations wave counts verdicts timeline requested_at"
            " requested_by started_at ended_at id revision changed_at tenant",
            rows={
                CampaignChanged: {
                    "version": lambda r: r.firmware.version,
                    "counts": lambda r: {state: whole(count, "counts") for state, count in r.counts.items()},
                    "verdicts": lambda r: json(r.verdicts),
                    "timeline": lambda r: json(r.timeline),
                }
            },
        ),
        table(
            "firmware_updates",
            key="campaign number",
            columns=_UPDATE_COLUMNS,
            rows={CampaignTargetsFrozen: _targets, UpdateChanged: _STATE},
        ),
        table(
            "firmware_history",
            key="campaign number revision",
            columns="campaign number station revision state attempt detail id changed_at",
            rows={UpdateChanged: _STATE},
        ),
        table(
            "firmware_statuses",
            key="station received_at id",
            columns="station status request_id detail received_at id",
            rows={FirmwareStatusReported: {}},
        ),
    ),
    # what becomes of these is in the campaign's own changes
    kept_elsewhere=frozenset(
        {CampaignRequested, CampaignSteered, CampaignBlockFrozen, StationsReleased, StationsWithdrawn, StationsExtended}
    ),
)
