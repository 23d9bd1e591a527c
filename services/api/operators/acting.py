"""Acting: the ports as one principal has them. Every request gets its own; there is no other way to the world."""

from functools import partial
from typing import Any

from services.api.audit.writing import AuditedProposals, AuditedPublisher, Trail
from services.api.operators.scoped import current, scoped
from services.api.ports import Ports
from services.api.tenants.metered import Turn, metered
from services.api.tenants.quotas import TenantQuotas
from services.api.web.policy import Principal


def acting(
    ports: Any,
    principal: Principal | None,
    trail: Trail | None = None,
    quotas: TenantQuotas | None = None,
    *,
    turn: Turn | None = None,
) -> Ports:
    """The ports for whoever asks; None: a route that is open to everybody. What he does leaves its entries on the trail,
    and counts for the quotas of the tenants that he is limited to. `turn`: the request's."""
    if principal is None:
        return of(ports)
    own = of(ports, principal=principal, quotas=quotas)
    if trail is not None:
        before = partial(current, own.reference)
        own = of(
            own,
            publisher=AuditedPublisher(own.publisher, trail),
            proposals=AuditedProposals(own.proposals, trail, before),
        )
    own = metered(own, turn)
    return scoped(own, principal.scope) if principal.limited else own


def of(ports: Any, **changes: Any) -> Ports:
    """The ports with other members."""
    return Ports(**{name: getattr(ports, name) for name in Ports.__struct_fields__} | changes)
