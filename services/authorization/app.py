"""The wiring of `authorization`: its topics, its state, its policy."""

from functools import partial

from schemas.authorization import REF_TOKENS, TokenState
from schemas.base import Record
from schemas.flows import flow
from services.authorization.core import due, initial, step
from services.authorization.offering import sites_of, with_tariffs
from services.authorization.settings import AuthorizationSettings
from services.authorization.verdict import Policy
from services.runtime.loop.service import References, Service


def service(settings: AuthorizationSettings) -> Service[TokenState]:
    """Build the service that decides whether a token may charge."""
    policy = Policy(
        unknown=settings.tokens_unknown,
        cache_s=settings.token_cache_s,
        master_pass_group=settings.master_pass_group.strip(),
        certificates=settings.contract_certificates,
        bare_emaids=settings.contracts_without_certificate,
    )
    return Service(
        name="authorization",
        inputs=flow("authorization").reads,
        inputs_first=(REF_TOKENS,),
        references=flow("authorization").references,
        state=TokenState,
        initial=initial,
        step=partial(_step_and_offer, policy=policy, sites=sites_of(settings.driver_tariff_sites)),
        due=due,
    )


def _step_and_offer(
    state: TokenState, record: Record, *, references: References, policy: Policy, sites: frozenset[str]
) -> tuple[TokenState, list[Record]]:
    after, outputs = step(state, record, policy, references)
    return after, with_tariffs(record, outputs, references, sites)
