"""The wiring of `commands`: its topics, its state, its limits."""

from functools import partial

from schemas.commands import CommandDispatched
from schemas.flows import flow
from schemas.states.commands import CommandQueue
from services.commands.core import Policy, due, initial, step
from services.commands.settings import CommandsSettings
from services.runtime.loop.service import Service


def service(settings: CommandsSettings) -> Service[CommandQueue]:
    """Build the service that dispatches commands to stations and settles each of them once."""
    policy = Policy(queue_limit=settings.commands_queue_limit, queue_bytes=settings.commands_queue_bytes)
    return Service(
        name="commands",
        inputs=flow("commands").reads,
        state=CommandQueue,
        initial=initial,
        step=partial(step, policy=policy),
        due=due,
        saves_each_batch=True,
        acts=(CommandDispatched,),
    )
