"""Quotas: what each tenant's keys and users take of this process of the API, and where that ends. PURE."""

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from math import ceil
from typing import Protocol

from schemas.base import Record
from schemas.commands import CommandRequested
from schemas.operators import NOBODY
from schemas.stations import REF_STATIONS, StationProvisioned
from schemas.tenants import REF_TENANTS, Quotas, TenantProvisioned
from schemas.topic import Topic
from services.api.web.problems import FieldError, Problem
from services.api.web.rates import Rates

NO_QUOTAS = Quotas()
RECOUNTED_EACH_S = 5.0
"""Provisioned stations are counted anew after so long; meanwhile those that this process adds are added."""

PRESSES_S = 5.0
"""A tenant that was answered 429 presses for so long."""

OPEN_MOST = 50_000
"""Commands in flight that are known one by one, of each tenant."""

SAYS: Mapping[str, str] = {
    "requests_per_s": "requests a second",
    "commands_per_minute": "commands a minute",
    "commands_in_flight": "commands in flight",
    "event_streams": "event streams at once",
    "transfers": "exports and imports at once",
    "messages_per_s": "messages of stations a second",
    "stations": "stations",
}
"""Each quota in words."""

COUNTED = ("stations", "commands_in_flight", "event_streams", "transfers")
"""Quotas on what there is at once; the others are rates."""


def share_of(quotas: Quotas, processes: int) -> Quotas:
    """What one of some processes may let through, so that all together keep to the quotas; at least one of whatever may be at all."""
    return Quotas(
        stations=quotas.stations,
        requests_per_s=None if quotas.requests_per_s is None else quotas.requests_per_s / processes,
        commands_per_minute=_part(quotas.commands_per_minute, processes),
        commands_in_flight=_part(quotas.commands_in_flight, processes),
        event_streams=_part(quotas.event_streams, processes),
        transfers=_part(quotas.transfers, processes),
        messages_per_s=quotas.messages_per_s,
    )


def _part(figure: int | None, processes: int) -> int | None:
    return None if figure is None else ceil(figure / processes)


class Records(Protocol):
    """Compacted topics as this process has read them."""

    def get(self, topic: Topic, key: str) -> Record | None:
        """The newest record of a key."""

    def all(self, topic: Topic) -> Mapping[str, Record]:
        """Every key with its newest record."""


class Use:
    """What one tenant uses of this process now. `refused`: how often each quota ended something, since the process began.

    `written`: the tenant's quotas; `quotas`: this process's share of them.
    """

    def __init__(self, quotas: Quotas, processes: int) -> None:
        self._processes = processes
        self.presses_until_s = float("-inf")
        self.streams = 0
        self.transfers = 0
        self.open: dict[str, float] = {}
        self.refused: dict[str, int] = {}
        self.apply(quotas)

    def apply(self, quotas: Quotas) -> None:
        """Have other quotas from now on."""
        self.written = quotas
        self.quotas = quotas = share_of(quotas, self._processes)
        per_s, per_minute = quotas.requests_per_s or 0.0, quotas.commands_per_minute or 0
        self.requests = Rates(per_s=per_s, burst=max(1, ceil(per_s)))
        self.commands = Rates(per_s=per_minute / 60, burst=max(1, per_minute))


class TenantQuotas:
    """The use of every tenant, by its records. `settled`: whether the outcome of a command is known. `told` hears of each refusal.

    `processes` share the quotas.
    """

    def __init__(
        self,
        records: Records,
        *,
        clock: Callable[[], datetime],
        settled: Callable[[str], bool],
        told: Callable[[str], None],
        processes: int = 1,
    ) -> None:
        self._processes = processes
        self._records = records
        self._clock = clock
        self._settled = settled
        self._told = told
        self._uses: dict[str, Use] = {}
        self._stations: dict[str, int] = {}
        self._counted_s = float("-inf")

    def use(self, tenant: str) -> Use:
        """What a tenant uses now, with the quotas that hold now."""
        record = self._records.get(REF_TENANTS, tenant)
        quotas = record.quotas if isinstance(record, TenantProvisioned) else NO_QUOTAS
        use = self._uses.get(tenant)
        if use is None:
            use = self._uses[tenant] = Use(quotas, self._processes)
        elif use.written is not quotas and use.written != quotas:
            use.apply(quotas)
        return use

    def press(self, tenants: Collection[str]) -> None:
        """A request of whom these tenants limit was answered 429."""
        for tenant in tenants:
            self.use(tenant).presses_until_s = self._now() + PRESSES_S

    def presses(self, tenant: str) -> bool:
        """Whether the tenant asked for more than it may a moment ago."""
        use = self._uses.get(tenant)
        return use is not None and self._now() < use.presses_until_s

    def request(self, tenants: Collection[str]) -> None:
        """A request of a principal that is limited to these tenants. Raises Problem: 429."""
        for tenant in tenants:
            use = self.use(tenant)
            if use.quotas.requests_per_s is None:
                continue
            if wait_s := use.requests.wait_s(tenant, self._now()):
                raise self._refused(tenant, "requests_per_s", wait_s)

    def command(self, tenants: Collection[str], requests: Collection[CommandRequested]) -> None:
        """Commands of such a principal, each counted once however often it is named here. Raises Problem: 429."""
        for tenant in tenants:
            use = self.use(tenant)
            per_minute, in_flight = use.quotas.commands_per_minute, use.quotas.commands_in_flight
            new = [request for request in requests if request.id not in use.open]
            if not new or (per_minute is None and in_flight is None):
                continue
            if len(use.open) + len(new) > (OPEN_MOST if in_flight is None else in_flight):
                self._forget(use)
            if in_flight is not None and len(use.open) + len(new) > in_flight:
                raise self._refused(tenant, "commands_in_flight", 1)
            if per_minute is not None and (
                wait_s := 60 if per_minute == 0 else use.commands.wait_s(tenant, self._now(), number=len(new))
            ):
                raise self._refused(tenant, "commands_per_minute", wait_s)
            use.open.update((request.id, request.expires_at.timestamp()) for request in new)

    @contextmanager
    def transfer(self, tenants: Collection[str]) -> Iterator[None]:
        """An export or an import, until it is over. Raises Problem: 429."""
        uses = [self.use(tenant) for tenant in tenants]
        for tenant, use in zip(tenants, uses, strict=True):
            if use.quotas.transfers is not None and use.transfers >= use.quotas.transfers:
                raise self._refused(tenant, "transfers", 5)
        for use in uses:
            use.transfers += 1
        try:
            yield
        finally:
            for use in uses:
                use.transfers -= 1

    def stream_begins(self, tenants: Collection[str]) -> None:
        """An event stream begins. Raises Problem: 429."""
        for tenant in tenants:
            use = self.use(tenant)
            if use.quotas.event_streams is not None and use.streams >= use.quotas.event_streams:
                raise self._refused(tenant, "event_streams", 5)
        for tenant in tenants:
            self.use(tenant).streams += 1

    def stream_ends(self, tenants: Collection[str]) -> None:
        """An event stream is over."""
        for tenant in tenants:
            self.use(tenant).streams -= 1

    def station(self, tenant: str, *, before: str = NOBODY) -> None:
        """A station becomes the tenant's, whoever provisions it; `before`: whose it is now. Raises Problem: 409."""
        most = self.use(tenant).quotas.stations
        if tenant == before or most is None:
            return
        if self.stations().get(tenant, 0) >= most:
            raise self._refused(tenant, "stations", None)
        self._stations[tenant] = self._stations.get(tenant, 0) + 1

    def stations(self) -> Mapping[str, int]:
        """How many stations are provisioned, by tenant; true to some seconds."""
        if not 0 <= self._now() - self._counted_s < RECOUNTED_EACH_S:
            self._stations, self._counted_s = {}, self._now()
            for record in self._records.all(REF_STATIONS).values():
                if isinstance(record, StationProvisioned):
                    self._stations[record.tenant] = self._stations.get(record.tenant, 0) + 1
        return self._stations

    def in_flight(self, tenant: str) -> int:
        """Commands of the tenant without an outcome, as far as they are counted."""
        use = self.use(tenant)
        self._forget(use)
        return len(use.open)

    def highest(self, quota: str) -> float:
        """The greatest share of a quota (`COUNTED`) that a tenant uses now; 0 where no tenant has it."""
        shares = [0.0]
        for tenant, record in self._records.all(REF_TENANTS).items():
            most = getattr(self.use(tenant).quotas, quota) if isinstance(record, TenantProvisioned) else None
            if most is not None:
                shares.append(self._used(tenant, quota) / most if most else 1.0)
        return max(shares)

    def _used(self, tenant: str, quota: str) -> int:
        use = self.use(tenant)
        match quota:
            case "stations":
                return self.stations().get(tenant, 0)
            case "event_streams":
                return use.streams
            case "transfers":
                return use.transfers
        return self.in_flight(tenant)

    def _forget(self, use: Use) -> None:
        """Commands that have their outcome, or have expired, are no longer in flight."""
        now = self._now()
        over = [id_ for id_, expires_s in use.open.items() if expires_s <= now or self._settled(id_)]
        for id_ in over:
            del use.open[id_]
        while len(use.open) > OPEN_MOST:
            del use.open[next(iter(use.open))]

    def _refused(self, tenant: str, quota: str, wait_s: int | None) -> Problem:
        use = self.use(tenant)
        use.refused[quota] = use.refused.get(quota, 0) + 1
        self._told(quota)
        figure = getattr(use.written, quota)
        again = "" if wait_s is None else f" Try again in {wait_s} s."
        return Problem(
            409 if wait_s is None else 429,
            f"The tenant {tenant} may have {figure:g} {SAYS[quota]}, and has used them.{again}",
            errors=[FieldError(field=quota, detail=f"the quota is {figure:g}")],
            headers={} if wait_s is None else {"Retry-After": str(wait_s)},
        )

    def _now(self) -> float:
        return self._clock().timestamp()
