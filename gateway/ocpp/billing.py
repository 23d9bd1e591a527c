"""Billing: what a running transaction costs, told to stations that can show it (I02)."""

from gateway.ocpp.rows import V21, V201, Capability, Draft, Outbound, exact
from gateway.ocpp.spelling.outcomes import by_status_if_any
from schemas.billing import CostUpdated


def cost_updated(command: CostUpdated, _: str) -> Draft:
    """2.x CostUpdated: the cost is a JSON number, every digit as it was worked out."""
    return Draft("CostUpdated", {"totalCost": exact(command.total_cost), "transactionId": command.transaction_id})


BILLING = Capability(
    outbound=(
        Outbound(
            command=CostUpdated,
            to={V201: cost_updated, V21: cost_updated},
            outcome={V201: by_status_if_any, V21: by_status_if_any},
        ),
    ),
)
