"""Station costs: the tariff that a station says it computes a session by, and what that costs (2.1 part 2, I12). PURE.

The newest word counts, by the station's numbers, in whatever order the facts come.
"""

from typing import Any

import msgspec

from schemas.states.transactions import SessionState
from schemas.transactions import TransactionReported


def station_costs(session: SessionState, fact: TransactionReported) -> dict[str, Any]:
    """What a fact changes of what is known of the station's tariff and cost."""
    changes: dict[str, Any] = {}
    place = (-1 if fact.seq_no is None else fact.seq_no, fact.at)
    if fact.tariff_id and is_newer((*place, fact.tariff_id), session.station_tariff_place, session.station_tariff):
        changes |= {"station_tariff": fact.tariff_id, "station_tariff_place": place}
    if fact.station_cost is not None:
        told, known = msgspec.json.encode(fact.station_cost), msgspec.json.encode(session.station_cost)
        if is_newer((*place, told), session.station_cost_place, known):
            changes |= {"station_cost": fact.station_cost, "station_cost_place": place}
    return changes


def is_newer(now: tuple[Any, ...], place: tuple[Any, ...] | None, known: Any) -> bool:
    """Whether a word is newer than the one known: by the number and time of its event, then by itself."""
    return place is None or now > (*place, known)
