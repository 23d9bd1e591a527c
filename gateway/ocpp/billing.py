"""Billing: sends costs to stations that can display them: running ones to 2.x (I02), and prices and costs to 1.6 (California)."""

from gateway.ocpp.rows import Capability, Draft, Outbound, exact, spelled
from gateway.ocpp.spelling.outcomes import by_answer
from gateway.ocpp.spelling.pricemessages import final_cost_16, running_cost_16, user_price_16
from schemas.billing import CostUpdated
from schemas.pricemessages import ShowFinalCost, ShowRunningCost, ShowUserPrice


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
        Outbound(command=ShowUserPrice, to=spelled(v16=user_price_16)),
        Outbound(command=ShowRunningCost, to=spelled(v16=running_cost_16)),
        Outbound(command=ShowFinalCost, to=spelled(v16=final_cost_16)),
    ),
)
