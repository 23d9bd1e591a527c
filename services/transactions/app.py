"""The transactions service, wired."""

from schemas.topics import TRANSACTIONS
from schemas.transactions import StationTransactions
from services.runtime.service import Service
from services.runtime.settings import Settings
from services.runtime.worker import StreamWorker
from services.transactions.core import initial, step

SERVICE = Service(
    name="transactions",
    inputs=(TRANSACTIONS,),
    state=StationTransactions,
    initial=initial,
    step=step,
    due=lambda _state: None,  # no session is ever closed by time
)


def worker(settings: Settings) -> StreamWorker[StationTransactions]:
    """The worker of this service."""
    return StreamWorker(SERVICE, settings)
