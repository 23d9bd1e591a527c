"""Tenants: whose each provisioned station is, how many stations each tenant has, and how much they may send. PURE."""

from schemas.operators import DEFAULT_TENANT
from schemas.tenants import TenantProvisioned, TenantRemoved


class Tenants:
    """By what is provisioned. A station that nobody provisioned is the default tenant's. `edition` changes where a station changes hands,
    and with the quotas."""

    def __init__(self) -> None:
        self.edition = 0
        self._of: dict[str, str] = {}
        self._stations: dict[str, int] = {}
        self._messages_per_s: dict[str, float] = {}

    def of(self, station: str) -> str:
        """The tenant of a station."""
        return self._of.get(station, DEFAULT_TENANT)

    def stations(self, tenant: str) -> int:
        """How many stations of the tenant are provisioned."""
        return self._stations.get(tenant, 0)

    def messages_per_s(self, tenant: str) -> float | None:
        """How much the stations of the tenant may send, together; None: as much as there is."""
        return self._messages_per_s.get(tenant)

    def provision(self, station: str, tenant: str | None) -> None:
        """A station is provisioned as the tenant's; None: it is removed."""
        before = self._of.pop(station, None)
        if before is not None:
            self._count(before, -1)
        if tenant is not None:
            self._of[station] = tenant
            self._count(tenant, 1)
        if (before or DEFAULT_TENANT) != (tenant or DEFAULT_TENANT):
            self.edition += 1

    def apply(self, record: TenantProvisioned | TenantRemoved) -> None:
        """The operator's word on a tenant."""
        self.quota(record.tenant, record.quotas.messages_per_s if isinstance(record, TenantProvisioned) else None)

    def quota(self, tenant: str, messages_per_s: float | None) -> None:
        """What the stations of a tenant may send from now on."""
        if messages_per_s is None:
            self._messages_per_s.pop(tenant, None)
        else:
            self._messages_per_s[tenant] = messages_per_s
        self.edition += 1

    def _count(self, tenant: str, change: int) -> None:
        count = self._stations.get(tenant, 0) + change
        if count:
            self._stations[tenant] = count
        else:
            del self._stations[tenant]
