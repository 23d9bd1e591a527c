"""Costs as a 2.1 station computes them by the tariff that it has (CostDetailsType; 2.1 part 2, I12). Ours are in `schemas.billing`."""

from decimal import Decimal

import msgspec

from schemas.base import Timestamp


class StationAmount(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An amount without tax and with it (PriceType), as far as the station names them."""

    excl_tax: Decimal | None = None
    incl_tax: Decimal | None = None

    @property
    def for_driver(self) -> Decimal | None:
        """What the driver pays: taxes included where the station names that."""
        return self.excl_tax if self.incl_tax is None else self.incl_tax


class StationCostPeriod(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A part of a transaction with other prices (ChargingPeriodType); `volumes` by the station's words for the dimensions."""

    started_at: Timestamp
    tariff_id: str = ""
    volumes: dict[str, Decimal] = {}


class StationCost(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a transaction costs by its station. `type` is TariffCostEnumType; energy in Wh, times in seconds.

    `failed`: the station says that it could not calculate all of it; `failure` has its reason. Periods beyond
    MOST_PERIODS are left out.
    """

    currency: str
    type: str = ""
    total: StationAmount = StationAmount()
    fixed: StationAmount | None = None
    energy: StationAmount | None = None
    charging_time: StationAmount | None = None
    idle_time: StationAmount | None = None
    reservation_time: StationAmount | None = None
    reservation_fixed: StationAmount | None = None
    energy_wh: Decimal | None = None
    charging_s: int | None = None
    idle_s: int | None = None
    reservation_s: int | None = None
    periods: tuple[StationCostPeriod, ...] = ()
    failed: bool = False
    failure: str = ""


MOST_PERIODS = 100
"""Periods of one transaction that are kept."""
