"""The wiring of `commands`: its topics, its state, its limits."""

from functools import partial

from schemas.commands import CommandDispatched, CommandQueue
from schemas.topics import COMMANDS, DELIVERIES, LOCATIONS
from services.commands.core import Policy, due, initial, step
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.worker import StreamWorker, Worker


def worker(settings: Settings) -> Worker:
    """The worker that takes commands to stations and settles each of them once."""
    policy = Policy(queue_limit=settings.commands_queue_limit, queue_bytes=settings.commands_queue_bytes)
    service = Service(
        name="commands",
        inputs=(COMMANDS, DELIVERIES, LOCATIONS),
        state=CommandQueue,
        initial=initial,
        step=partial(step, policy=policy),
        due=due,
        saves_each_batch=True,
        acts=(CommandDispatched,),
    )
    return StreamWorker(service, settings)
