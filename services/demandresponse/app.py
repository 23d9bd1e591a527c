"""The wiring of `demandresponse`: its topics, its states, and what is counted."""

import asyncio
from collections.abc import Callable
from functools import partial, wraps
from pathlib import Path
from typing import Any

import httpx

from schemas.commands import CommandRequested
from schemas.demandresponse import DEMAND_EVENTS, DemandStationChanged
from schemas.flows import flow
from schemas.settings import BadSetting
from schemas.states.demandresponse import DemandEventState, StationDemand
from services.demandresponse import events as of_events
from services.demandresponse import metrics
from services.demandresponse.core import due, initial, step
from services.demandresponse.openadrclient import TIMEOUT_S, OwnApi, Vtn, utc_now
from services.demandresponse.openadrworker import OpenAdrWorker
from services.demandresponse.settings import DemandResponseSettings
from services.demandresponse.telling import Rules
from services.runtime.loop.service import Service
from services.runtime.loop.worker import Worker


def service(settings: DemandResponseSettings) -> Service[StationDemand]:
    """The service that tells stations."""
    rules = Rules(ahead_s=settings.demand_response_ahead_s, stack_level=settings.demand_response_stack_level)
    return Service(
        name="demandresponse",
        inputs=flow("demandresponse").reads,
        references=flow("demandresponse").references,
        due_by=(DEMAND_EVENTS,),
        state=StationDemand,
        initial=initial,
        step=counted(partial(step, rules=rules)),
        due=due,
        acts=(CommandRequested,),
    )


def events(_settings: DemandResponseSettings) -> Service[DemandEventState]:
    """The service that keeps the events."""
    return Service(
        name="demandevents",
        inputs=flow("demandevents").reads,
        state=DemandEventState,
        initial=of_events.initial,
        step=of_events.step,
        due=of_events.due,
    )


def openadr(settings: DemandResponseSettings) -> tuple[Worker, ...]:
    """The OpenADR client; one that does nothing where no VTN is set up. Raises BadSetting."""
    if not settings.openadr_vtn_url:
        return (NoVtn(),)
    for name in ("openadr_client_id", "openadr_client_secret_file", "openadr_api_key_file"):
        if not getattr(settings, name):
            raise BadSetting(f"{name} is needed where openadr_vtn_url is set")
    secret = _read("openadr_client_secret_file", settings.openadr_client_secret_file)
    http = httpx.AsyncClient(timeout=TIMEOUT_S, limits=httpx.Limits(max_connections=4))
    worker = OpenAdrWorker(
        Vtn(
            http,
            settings.openadr_vtn_url,
            token_url=settings.openadr_token_url,
            client=(settings.openadr_client_id, secret),
        ),
        OwnApi(http, settings.openadr_api_url, partial(_read, "openadr_api_key_file", settings.openadr_api_key_file)),
        every_s=settings.openadr_poll_s,
        client_name=settings.openadr_client_name,
        simple=settings.openadr_simple_percent,
        clock=utc_now,
    )
    return (worker,)


class NoVtn:
    """The worker where no VTN is set up."""

    name = "openadr"

    async def run(self, stop: asyncio.Event) -> None:
        """Wait for the end."""
        await stop.wait()

    def not_ready(self) -> list[str]:
        """Nothing is amiss."""
        return []


def _read(name: str, path: str) -> str:
    """What a file of a setting has. Raises BadSetting."""
    try:
        return Path(path).read_text().strip()
    except OSError as error:
        raise BadSetting(f"{name}={path!r} cannot be read: {error.strerror}") from error


def counted(stepping: Callable[..., Any]) -> Callable[..., Any]:
    """The step, with what is said of events at stations counted."""

    @wraps(stepping)
    def counting(*arguments: Any, **named: Any) -> Any:
        after, outputs = stepping(*arguments, **named)
        for output in outputs:
            if isinstance(output, DemandStationChanged):
                metrics.STATIONS.labels(output.status).inc()
        return after, outputs

    return counting
