"""Tariffs at stations: tariffs by which a 2.1 station itself computes and shows what charging costs (2.1 part 2, I07 to I11).

Operators provision tariffs in the words of OCPI; `schemas.tarifftranslation` makes of one what a station understands. The service
`stationtariffs` keeps the default tariffs of stations as they are assigned, where its settings say so.
"""

from decimal import Decimal
from typing import Annotated, ClassVar, Literal

import msgspec

from schemas.base import Record, Timestamp
from schemas.command import StationCommand, about
from schemas.localtimes import Date, TimeOfDay
from schemas.topic import Topic

StationTariffStatus = Literal[
    "unmanaged", "in-step", "sending", "out-of-step", "inexpressible", "unsupported", "refused"
]
"""`unmanaged`: the settings name no site of the station, or it does not speak 2.1; its tariffs are left as they are. `out-of-step`: what it
has differs, or nobody knows, and nothing is under way. `inexpressible`: OCPP 2.1, or this station, has no words for the assigned tariff;
`why` names what. `unsupported`, `refused`: nothing is sent until somebody reads the station's tariffs, it boots, or its assignment
changes."""

ALL_EVSES = 0
"""The EVSE of a default tariff that is installed at each EVSE of the station (I07.FR.12)."""

DEFAULT_KIND, DRIVER_KIND = "DefaultTariff", "DriverTariff"
"""OCPP TariffKindEnumType."""

TARIFF_ID_MOST = 60

Amount = Decimal
Evse = Annotated[int, msgspec.Meta(ge=0, le=65_535)]
TariffId = Annotated[str, msgspec.Meta(min_length=1, max_length=TARIFF_ID_MOST)]
Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


# -- a tariff as a 2.1 station has it (TariffType); its members are those of the specification in snake case, in its order ----


class TariffText(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a tariff is, for drivers, in one language (MessageContentType)."""

    format: Annotated[Literal["ASCII", "UTF8"], about("Format")] = "UTF8"
    language: Annotated[str, msgspec.Meta(max_length=8), about("Language", "RFC 5646.")] = ""
    content: Annotated[
        str, msgspec.Meta(min_length=1, max_length=1024), about("Text", example="0.40 EUR per kWh, VAT included")
    ]


class TaxRate(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tax in percent (TaxRateType); taxes of a higher `stack` are added on top of those of a lower one."""

    type: Annotated[str, msgspec.Meta(min_length=1, max_length=20), about("Tax", example="VAT")]
    tax: Annotated[Amount, about("Percent", example="19")]
    stack: Annotated[int | None, about("Stack", advanced=True)] = None


class TariffConditions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a price counts (TariffConditionsType). Times and dates are local, ends are exclusive; in Wh, A, W and seconds."""

    start_time_of_day: Annotated[TimeOfDay | None, about("From")] = None
    end_time_of_day: Annotated[TimeOfDay | None, about("Until", "00:00: the end of the day.")] = None
    day_of_week: Annotated[tuple[Weekday, ...], msgspec.Meta(max_length=7), about("Days")] = ()
    valid_from_date: Annotated[Date | None, about("From the day")] = None
    valid_to_date: Annotated[Date | None, about("Until the day")] = None
    evse_kind: Annotated[Literal["AC", "DC"] | None, about("Kind of EVSE", advanced=True)] = None
    min_energy: Annotated[Amount | None, about("From this energy", "Wh.")] = None
    max_energy: Annotated[Amount | None, about("Up to this energy", "Wh.")] = None
    min_current: Annotated[Amount | None, about("From this current", "A.", advanced=True)] = None
    max_current: Annotated[Amount | None, about("Up to this current", "A.", advanced=True)] = None
    min_power: Annotated[Amount | None, about("From this power", "W.")] = None
    max_power: Annotated[Amount | None, about("Up to this power", "W.")] = None
    min_time: Annotated[int | None, about("From this duration", "Seconds.")] = None
    max_time: Annotated[int | None, about("Up to this duration", "Seconds.")] = None
    min_charging_time: Annotated[int | None, about("From this time of charging", "Seconds.", advanced=True)] = None
    max_charging_time: Annotated[int | None, about("Up to this time of charging", "Seconds.", advanced=True)] = None
    min_idle_time: Annotated[int | None, about("From this idle time", "Seconds.", advanced=True)] = None
    max_idle_time: Annotated[int | None, about("Up to this idle time", "Seconds.", advanced=True)] = None


class FixedConditions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When a fixed price counts, judged once, at the start of the transaction (TariffConditionsFixedType)."""

    start_time_of_day: Annotated[TimeOfDay | None, about("From")] = None
    end_time_of_day: Annotated[TimeOfDay | None, about("Until", "00:00: the end of the day.")] = None
    day_of_week: Annotated[tuple[Weekday, ...], msgspec.Meta(max_length=7), about("Days")] = ()
    valid_from_date: Annotated[Date | None, about("From the day")] = None
    valid_to_date: Annotated[Date | None, about("Until the day")] = None
    evse_kind: Annotated[Literal["AC", "DC"] | None, about("Kind of EVSE", advanced=True)] = None
    payment_brand: Annotated[str, msgspec.Meta(max_length=20), about("Payment brand", advanced=True)] = ""
    payment_recognition: Annotated[str, msgspec.Meta(max_length=20), about("Kind of payment", advanced=True)] = ""


class EnergyPrice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A price per kWh, without tax."""

    price_kwh: Annotated[Amount, about("Price per kWh", example="0.40")]
    conditions: Annotated[TariffConditions | None, about("When")] = None


class TimePrice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A price per minute, without tax."""

    price_minute: Annotated[Amount, about("Price per minute", example="0.05")]
    conditions: Annotated[TariffConditions | None, about("When")] = None


class FixedPrice(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A price per transaction, without tax."""

    conditions: Annotated[FixedConditions | None, about("When")] = None
    price_fixed: Annotated[Amount, about("Price", example="1.00")]


Taxes = Annotated[tuple[TaxRate, ...], msgspec.Meta(max_length=5)]


class EnergyPrices(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The prices of energy, the first that counts, and their taxes; none: no tax applies, which is not 0 %."""

    prices: Annotated[tuple[EnergyPrice, ...], msgspec.Meta(min_length=1, max_length=200), about("Prices")]
    tax_rates: Annotated[Taxes, about("Taxes")] = ()


class TimePrices(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The prices of time, the first that counts, and their taxes."""

    prices: Annotated[tuple[TimePrice, ...], msgspec.Meta(min_length=1, max_length=200), about("Prices")]
    tax_rates: Annotated[Taxes, about("Taxes")] = ()


class FixedPrices(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The fixed prices, the first that counts, and their taxes."""

    prices: Annotated[tuple[FixedPrice, ...], msgspec.Meta(min_length=1, max_length=200), about("Prices")]
    tax_rates: Annotated[Taxes, about("Taxes")] = ()


class CostLimit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A least or greatest cost, without tax, with it, or both (PriceType)."""

    excl_tax: Annotated[Amount | None, about("Without tax")] = None
    incl_tax: Annotated[Amount | None, about("With tax")] = None


class StationTariff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tariff as a 2.1 station computes by it. Other content needs another `tariff_id` (I08.FR.08)."""

    tariff_id: Annotated[TariffId, about("Id", "Of its own for each content.", example="ad-hoc-7")]
    description: Annotated[tuple[TariffText, ...], msgspec.Meta(max_length=10), about("Text for drivers")] = ()
    currency: Annotated[str, msgspec.Meta(min_length=3, max_length=3), about("Currency", "ISO 4217.", example="EUR")]
    energy: Annotated[EnergyPrices | None, about("Energy", example={"prices": [{"price_kwh": "0.40"}]})] = None
    valid_from: Annotated[Timestamp | None, about("Valid from", "Empty: at once.")] = None
    charging_time: Annotated[TimePrices | None, about("Charging time")] = None
    idle_time: Annotated[TimePrices | None, about("Idle time")] = None
    fixed_fee: Annotated[FixedPrices | None, about("Fixed fee")] = None
    reservation_time: Annotated[TimePrices | None, about("Time of a reservation", advanced=True)] = None
    reservation_fixed: Annotated[FixedPrices | None, about("Fee of a reservation", advanced=True)] = None
    min_cost: Annotated[CostLimit | None, about("Least cost")] = None
    max_cost: Annotated[CostLimit | None, about("Greatest cost")] = None

    @property
    def parts(self) -> tuple[EnergyPrices | TimePrices | FixedPrices, ...]:
        """The prices of each dimension that has some."""
        every = (self.energy, self.charging_time, self.idle_time, self.fixed_fee)
        reserved = (self.reservation_time, self.reservation_fixed)
        return tuple(each for each in (*every, *reserved) if each is not None)

    @property
    def most_elements(self) -> int:
        """The greatest number of prices of one dimension, which TariffCostCtrlr.MaxElements[Tariff] limits."""
        return max((len(part.prices) for part in self.parts), default=0)

    @property
    def has_conditions(self) -> bool:
        """Whether a price depends on something, which not every station supports (TariffCostCtrlr.ConditionsSupported)."""
        return any(price.conditions is not None for part in self.parts for price in part.prices)


# -- what the service says, on csms.station-tariff-states (compacted) -------------------------------------------------


class WantedTariff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A default tariff that a station is to have: the provisioned tariff, its version, and the id under which the station knows it.

    `evse` 0: each EVSE that has none of its own. `problem`: why it cannot be sent; then it has no `tariff_id`.
    """

    evse: int = ALL_EVSES
    tariff: str
    version: int
    tariff_id: str = ""
    problem: str = ""


class InstalledTariff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tariff that a station said it has (TariffAssignmentType). No `evses`: it named none. `tokens` counts the drivers of it."""

    tariff_id: str
    kind: str = DEFAULT_KIND
    valid_from: Timestamp | None = None
    evses: tuple[int, ...] = ()
    tokens: int = 0


class StationTariffsChanged(Record, frozen=True, kw_only=True, tag="station-tariffs-changed"):
    """The tariffs of a station as a whole, after a change; the newest `revision` stands for all before.

    `wanted` is what it is to have by the assignments, `installed` what it had when it was asked last, at `read_at`, and was sent since.
    """

    id: str
    station: str
    revision: int
    status: StationTariffStatus
    why: str = ""
    wanted: tuple[WantedTariff, ...] = ()
    installed: tuple[InstalledTariff, ...] = ()
    read_at: Timestamp | None = None
    changed_at: Timestamp


# -- commands (members of schemas.commands.Command) -------------------------------------------------------------------


class SetDefaultTariff(StationCommand, frozen=True, kw_only=True):
    """Install a tariff by which the station computes what a driver without a tariff of their own pays (2.1, I07)."""

    title: ClassVar[str] = "Set the default tariff"

    evse: Annotated[Evse, about("EVSE", "0: each of them.", example=0)] = ALL_EVSES
    tariff: Annotated[
        StationTariff,
        about(
            "Tariff",
            "As OCPP 2.1 has it.",
            example={"tariff_id": "ad-hoc-7", "currency": "EUR", "energy": {"prices": [{"price_kwh": "0.40"}]}},
        ),
    ]


class GetTariffs(StationCommand, frozen=True, kw_only=True):
    """Ask which tariffs the station has (2.1, I09). NoTariff: none."""

    title: ClassVar[str] = "Read tariffs"

    evse: Annotated[Evse, about("EVSE", "0: each of them.", example=0)] = ALL_EVSES


class ClearTariffs(StationCommand, frozen=True, kw_only=True):
    """Remove default tariffs; running transactions keep theirs (2.1, I10). NoTariff: there was none that fits."""

    title: ClassVar[str] = "Clear tariffs"

    tariff_ids: Annotated[tuple[TariffId, ...], msgspec.Meta(max_length=100), about("Ids", "Empty: all of them.")] = ()
    evse: Annotated[Evse | None, about("EVSE", "Empty: at each of them.")] = None


class ChangeTransactionTariff(StationCommand, frozen=True, kw_only=True):
    """Have a running transaction continue by another tariff, from now on (2.1, I11). Its currency stays (I11.FR.05)."""

    title: ClassVar[str] = "Change the tariff of a transaction"

    tariff: Annotated[
        StationTariff,
        about(
            "Tariff",
            "As OCPP 2.1 has it.",
            example={"tariff_id": "ad-hoc-8", "currency": "EUR", "energy": {"prices": [{"price_kwh": "0.35"}]}},
        ),
    ]
    transaction_id: Annotated[
        str,
        msgspec.Meta(min_length=1, max_length=36),
        about("Transaction", "The transaction id as the station has it.", example="1234567", picks="transaction"),
    ]


STATION_TARIFF_STATES = Topic(
    name="csms.station-tariff-states",
    meaning="The tariffs of each station as a whole, after every change.",
    records=(StationTariffsChanged,),
    retention_s=None,
)

TOPICS = (STATION_TARIFF_STATES,)
