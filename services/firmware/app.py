"""The wiring of `firmware` and `firmware-campaigns`: their topics, their states, what is counted."""

from schemas.base import Record
from schemas.campaigns import CampaignState
from schemas.firmware import FINAL, UpdateChanged
from schemas.flows import flow
from schemas.states.firmware import StationFirmware
from services.firmware import campaigns as campaign
from services.firmware import core, metrics
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationFirmware]:
    """Build the service that drives each station's update."""
    return Service(
        name="firmware",
        inputs=flow("firmware").reads,
        state=StationFirmware,
        initial=core.initial,
        step=_step_and_count_update,
        due=core.due,
        saves_each_batch=True,
    )


def campaigns(_settings: Settings) -> Service[CampaignState]:
    """Build the service that gives stations their turns."""
    return Service(
        name="firmware-campaigns",
        inputs=flow("firmware-campaigns").reads,
        state=CampaignState,
        initial=campaign.initial,
        step=_step_and_count_campaign,
        due=campaign.due,
        saves_each_batch=True,
    )


def _step_and_count_update(state: StationFirmware, record: Record) -> tuple[StationFirmware, list[Record]]:
    after, outputs = core.step(state, record)
    for output in outputs:
        if isinstance(output, UpdateChanged):
            metrics.UPDATES.labels(output.state).inc()
            if output.state in FINAL and output.ordered_at is not None:
                took_s = (output.changed_at - output.ordered_at).total_seconds()
                metrics.UPDATE_SECONDS.labels(output.state).observe(took_s)
    return after, outputs


def _step_and_count_campaign(state: CampaignState, record: Record) -> tuple[CampaignState, list[Record]]:
    after, outputs = campaign.step(state, record)
    before = state.campaign.status if state.campaign is not None else None
    if after.campaign is not None and after.campaign.status != before:
        metrics.CAMPAIGNS.labels(after.campaign.status).inc()
    return after, outputs
