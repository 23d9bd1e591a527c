"""Operation modes: in which mode a station runs a session (2.1 part 2, K01.FR.110). PURE.

The newest word counts, by the station's numbers, in whatever order the facts come.
"""

from typing import Any

from schemas.states.transactions import SessionState
from schemas.transactions import TransactionReported
from services.transactions.stationcosts import is_newer


def operation_mode(session: SessionState, fact: TransactionReported) -> dict[str, Any]:
    """What a fact changes of the mode that is known."""
    if not fact.operation_mode:
        return {}
    place = (-1 if fact.seq_no is None else fact.seq_no, fact.at)
    if not is_newer((*place, fact.operation_mode), session.operation_mode_place, session.operation_mode):
        return {}
    return {"operation_mode": fact.operation_mode, "operation_mode_place": place}
