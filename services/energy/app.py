"""The wiring of `energy`: its topics, its state, and what is counted. That of `sitesensing` is in `sensing`."""

import time
from functools import partial

from schemas.base import Record
from schemas.commands import CommandRequested
from schemas.energy import SiteAlerted, SiteMeterReported
from schemas.flows import flow
from schemas.profilecommands import ClearChargingProfile, GetCompositeSchedule, SetChargingProfile
from schemas.states.energy import SiteState
from services.energy import metrics
from services.energy.core import due, initial, step
from services.energy.sensing.app import service as sitesensing
from services.energy.sites import Sites
from services.runtime.loop.service import References, Service
from services.runtime.process.settings import Settings

__all__ = ["service", "sitesensing"]


def service(_settings: Settings) -> Service[SiteState]:
    """The service that shares the power of sites. Commands leave once the state remembers them."""
    return Service(
        name="energy",
        inputs=flow("energy").reads,
        references=flow("energy").references,
        state=SiteState,
        initial=initial,
        step=partial(_step_and_count, sites=Sites()),
        due=due,
        acts=(CommandRequested,),
    )


def _step_and_count(
    state: SiteState, event: Record, *, references: References, sites: Sites
) -> tuple[SiteState, list[Record]]:
    after, outputs = step(state, event, references=references, sites=sites)
    if after is state:
        return after, outputs
    metrics.DECISIONS.labels(type(event).__name__).inc()
    commands = [each.command for each in outputs if isinstance(each, CommandRequested)]
    for command in commands:
        metrics.COMMANDS.labels(_what(command)).inc()
    for output in outputs:
        if isinstance(output, SiteAlerted) and not output.over:
            metrics.ALERTS.labels(output.what).inc()
    if state.over_since is not None and state.at is not None and after.at is not None:
        metrics.EXCEEDED.inc(max(0.0, (after.at - state.at).total_seconds()))
    if commands and isinstance(event, SiteMeterReported):
        metrics.REACTION.observe(max(0.0, time.time() - event.received_at.timestamp()))
    return after, outputs


def _what(command: object) -> str:
    match command:
        case SetChargingProfile(profile=profile) if profile.purpose == "TxDefaultProfile":
            return "fallback"
        case SetChargingProfile(profile=profile) if profile.schedules[0].periods[0].limit == 0:
            return "pause"
        case SetChargingProfile():
            return "limit"
        case GetCompositeSchedule():
            return "schedule"
        case ClearChargingProfile():
            return "clear"
    raise AssertionError(f"energy does not send {type(command).__name__}")
