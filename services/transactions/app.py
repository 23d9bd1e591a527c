"""The transactions service, wired."""

from functools import partial

from schemas.topics import TRANSACTIONS
from schemas.transactions import StationTransactions
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.worker import StreamWorker
from services.transactions.core import initial, step


def worker(settings: Settings) -> StreamWorker[StationTransactions]:
    """The worker of this service."""
    service = Service(
        name="transactions",
        inputs=(TRANSACTIONS,),
        state=StationTransactions,
        initial=initial,
        step=partial(step, answer_total_cost=settings.answer_total_cost),
        due=lambda _state: None,  # no session is ever closed by time
    )
    return StreamWorker(service, settings)
