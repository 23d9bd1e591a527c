"""The wiring of `authorization`: its topics, its state, its policy."""

from functools import partial

from schemas.authorization import REF_TOKENS, TokenState
from schemas.flows import flow
from services.authorization.core import Policy, due, initial, step
from services.authorization.settings import AuthorizationSettings
from services.runtime.loop.service import Service


def service(settings: AuthorizationSettings) -> Service[TokenState]:
    """Build the service that decides whether a token may charge."""
    return Service(
        name="authorization",
        inputs=flow("authorization").reads,
        inputs_first=(REF_TOKENS,),
        state=TokenState,
        initial=initial,
        step=partial(step, policy=Policy(unknown=settings.tokens_unknown)),
        due=due,
    )
