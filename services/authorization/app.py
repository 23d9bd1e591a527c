"""The wiring of `authorization`: its topics, its state, its policy."""

from functools import partial

from schemas.authorization import REF_TOKENS, TokenState
from schemas.flows import flow
from services.authorization.core import due, initial, step
from services.authorization.settings import AuthorizationSettings
from services.authorization.verdict import Policy
from services.runtime.loop.service import Service


def service(settings: AuthorizationSettings) -> Service[TokenState]:
    """Build the service that decides whether a token may charge."""
    policy = Policy(
        unknown=settings.tokens_unknown,
        cache_s=settings.token_cache_s,
        master_pass_group=settings.master_pass_group.strip(),
        certificates=settings.contract_certificates,
    )
    return Service(
        name="authorization",
        inputs=flow("authorization").reads,
        inputs_first=(REF_TOKENS,),
        references=flow("authorization").references,
        state=TokenState,
        initial=initial,
        step=partial(step, policy=policy),
        due=due,
    )
