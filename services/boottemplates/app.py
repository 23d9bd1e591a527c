"""The wiring of `boottemplates`: its topics, its state, the time over which a fleet's runs are spread, and what is counted."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from schemas.boottemplates import ENDED, BootRunChanged
from schemas.commands import CommandRequested
from schemas.flows import flow
from schemas.states.boottemplates import StationBoots
from services.boottemplates import metrics
from services.boottemplates.core import due, initial, step
from services.boottemplates.settings import BootTemplateSettings
from services.runtime.loop.service import Service


def service(settings: BootTemplateSettings) -> Service[StationBoots]:
    """The service that sends stations what their boot templates have for them."""
    return Service(
        name="boottemplates",
        inputs=flow("boottemplates").reads,
        references=flow("boottemplates").references,
        state=StationBoots,
        initial=initial,
        step=counted(partial(step, spread_s=settings.boot_templates_spread_s)),
        due=due,
        acts=(CommandRequested,),
    )


def counted(stepping: Callable[..., Any]) -> Callable[..., Any]:
    """The step, with what it publishes counted."""

    @wraps(stepping)
    def counting(*arguments: Any, **named: Any) -> Any:
        after, outputs = stepping(*arguments, **named)
        for output in outputs:
            match output:
                case BootRunChanged() if output.status in ENDED:
                    metrics.RUNS.labels(output.status).inc()
                case CommandRequested():
                    metrics.COMMANDS.inc()
        return after, outputs

    return counting
