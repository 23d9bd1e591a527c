"""The wiring of `locallists`: its topics, its state, and the lists that stations of one rule share."""

from functools import partial

from schemas.authorization import REF_TOKENS
from schemas.commands import CommandRequested
from schemas.flows import flow
from schemas.locallists import REF_LOCAL_LISTS
from schemas.states.locallists import StationLocalList
from services.locallists.core import due, initial, step
from services.locallists.selecting import Selections
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationLocalList]:
    """The service that keeps the list of each station as its rule says. Tokens that change make due those stations that they concern."""
    select = Selections()
    return Service(
        name="locallists",
        inputs=flow("locallists").reads,
        inputs_first=(REF_LOCAL_LISTS,),
        references=flow("locallists").references,
        due_by=(REF_TOKENS,),
        state=StationLocalList,
        initial=initial,
        step=partial(step, select=select),
        due=partial(due, select=select),
        acts=(CommandRequested,),
    )
