"""Billing: sends the cost of a running transaction to stations that can display it (I02)."""

from gateway.ocpp.rows import Capability, Draft, Outbound, exact, spelled
from gateway.ocpp.spelling.outcomes import by_answer
from schemas.billing import CostUpdated


def cost_updated(command: CostUpdated, _: str) -> Draft:
    """2.x CostUpdated: the cost is a JSON number, with every digit of the computed value."""
    return Draft("CostUpdated", {"totalCost": exact(command.total_cost), "transactionId": command.transaction_id})


BILLING = Capability(
    outbound=(
        Outbound(
            command=CostUpdated,
            to=spelled(v2x=cost_updated),
            outcome=spelled(v2x=by_answer),
        ),
    ),
)
