"""The wiring of `authorization`: its topics, its state, its policy."""

from functools import partial

from schemas.authorization import TokenState
from schemas.topics import AUTHORIZATIONS, REF_TOKENS
from services.authorization.core import Policy, due, initial, step
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.worker import StreamWorker, Worker


def worker(settings: Settings) -> Worker:
    """The worker that decides who may charge."""
    service = Service(
        name="authorization",
        inputs=(AUTHORIZATIONS, REF_TOKENS),
        state=TokenState,
        initial=initial,
        step=partial(step, policy=Policy(unknown=settings.tokens_unknown)),
        due=due,
    )
    return StreamWorker(service, settings)
