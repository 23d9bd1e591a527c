"""The wiring of `transactions`: its topics, its state, its policy."""

from datetime import timedelta
from functools import partial

from schemas.flows import flow
from schemas.states.transactions import StationTransactions
from services.runtime.loop.service import Service
from services.transactions.core import Policy, due, initial, step
from services.transactions.settings import TransactionsSettings
from services.transactions.settling import comparable


def service(settings: TransactionsSettings) -> Service[StationTransactions]:
    """Build the service that makes sessions of transaction messages, and answers these."""
    policy = Policy(
        answer_total_cost=settings.answer_total_cost,
        silent_limit=timedelta(seconds=settings.silent_limit_s),
        stops_late_refusals=settings.late_refusal == "stop",
    )
    return Service(
        name="transactions",
        inputs=flow("transactions").reads,
        state=StationTransactions,
        initial=initial,
        step=partial(step, policy=policy),
        due=partial(due, policy=policy),
        comparable=comparable,
    )
