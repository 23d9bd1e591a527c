"""The wiring of `firmware` and `firmware-campaigns`: their topics, their states, what is counted."""

from schemas.base import Record
from schemas.campaigns import CampaignState
from schemas.firmware import FINAL, StationFirmware, UpdateChanged
from schemas.topics import (
    FIRMWARE,
    FIRMWARE_CAMPAIGNS,
    FIRMWARE_ORDERS,
    FIRMWARE_UPDATES,
    OUTCOMES,
    SESSIONS,
    STATION_STATES,
)
from services.firmware import campaigns as campaign
from services.firmware import core
from services.runtime import metrics
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.worker import StreamWorker, Worker


def worker(settings: Settings) -> Worker:
    """The worker that drives each station's update."""
    service = Service(
        name="firmware",
        inputs=(FIRMWARE, FIRMWARE_ORDERS, OUTCOMES, SESSIONS, STATION_STATES),
        state=StationFirmware,
        initial=core.initial,
        step=_counted_update,
        due=core.due,
        saves_each_batch=True,
    )
    return StreamWorker(service, settings)


def campaigns(settings: Settings) -> Worker:
    """The worker that gives stations their turns."""
    service = Service(
        name="firmware-campaigns",
        inputs=(FIRMWARE_CAMPAIGNS, FIRMWARE_UPDATES),
        state=CampaignState,
        initial=campaign.initial,
        step=_counted_campaign,
        due=campaign.due,
        saves_each_batch=True,
    )
    return StreamWorker(service, settings)


def _counted_update(state: StationFirmware, record: Record) -> tuple[StationFirmware, list[Record]]:
    after, outputs = core.step(state, record)
    for output in outputs:
        if isinstance(output, UpdateChanged):
            metrics.FIRMWARE_UPDATES.labels(output.state).inc()
            if output.state in FINAL and output.ordered_at is not None:
                took_s = (output.changed_at - output.ordered_at).total_seconds()
                metrics.FIRMWARE_UPDATE_SECONDS.labels(output.state).observe(took_s)
    return after, outputs


def _counted_campaign(state: CampaignState, record: Record) -> tuple[CampaignState, list[Record]]:
    after, outputs = campaign.step(state, record)
    before = state.campaign.status if state.campaign is not None else None
    if after.campaign is not None and after.campaign.status != before:
        metrics.FIRMWARE_CAMPAIGNS.labels(after.campaign.status).inc()
    return after, outputs
