"""The wiring of `transactionstatus`: its topics, its state, its policy."""

from datetime import timedelta
from functools import partial

from schemas.commands import CommandRequested
from schemas.flows import flow
from schemas.states.transactionstatus import StationTransactionStatus
from services.runtime.loop.service import Service
from services.transactionstatus.core import due, initial, step
from services.transactionstatus.settings import TransactionStatusSettings


def service(settings: TransactionStatusSettings) -> Service[StationTransactionStatus]:
    """The service that asks stations whether transactions go on, and whether messages of them wait."""
    silence = timedelta(seconds=settings.transaction_silence_s)
    return Service(
        name="transactionstatus",
        inputs=flow("transactionstatus").reads,
        state=StationTransactionStatus,
        initial=initial,
        step=partial(step, silence=silence),
        due=partial(due, silence=silence),
        acts=(CommandRequested,),
    )
