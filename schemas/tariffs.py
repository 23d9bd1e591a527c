"""Tariffs: prices in the vocabulary of OCPI 2.2.1 (mod_tariffs), and the assignment of tariffs to targets."""

from decimal import Decimal
from typing import Annotated, Literal

import msgspec

from schemas.authorization import token_key
from schemas.base import Record, Timestamp
from schemas.localtimes import Date, DayOfWeek, TimeOfDay
from schemas.operators import DEPLOYMENT
from schemas.topic import Topic

Dimension = Literal["FLAT", "ENERGY", "TIME", "PARKING_TIME"]
"""OCPI TariffDimensionType. Prices are per session, kWh, hour and hour; steps are of 1 Wh and 1 s."""


Scope = Literal["token", "connector", "station", "site", "default"]
"""The scopes of assignments, the most specific first: the first one with a valid tariff decides."""

Seconds = Annotated[int, msgspec.Meta(ge=0, le=31_536_000)]
Step = Annotated[int, msgspec.Meta(ge=1, le=86_400_000)]

MAX_EARLIER = 20
"""Earlier versions of a tariff that are kept, so that a session is rated by the version in force at its start."""


class Price(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An amount without VAT, and with it where VAT is known (OCPI Price)."""

    excl_vat: Decimal
    incl_vat: Decimal | None = None


class PriceComponent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The price of one dimension, without VAT. `vat` in percent; absent means that no VAT applies, which is not 0 %."""

    type: Dimension
    price: Decimal
    vat: Decimal | None = None
    step_size: Step = 1


class Restrictions(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """When an element is active (OCPI TariffRestrictions); times and dates are local, ends are exclusive, power in kW.

    An `end_time` of 00:00 is the end of the day; one before `start_time` is on the next day.
    `suspended_evse` is an extension of OCPI: `parking` lets the element's PARKING_TIME count also while the station
    itself gives no power (OCPP SuspendedEVSE, the operator's own limit); otherwise that time is free.
    """

    start_time: TimeOfDay | None = None
    end_time: TimeOfDay | None = None
    start_date: Date | None = None
    end_date: Date | None = None
    min_kwh: Decimal | None = None
    max_kwh: Decimal | None = None
    min_power: Decimal | None = None
    max_power: Decimal | None = None
    min_duration: Seconds | None = None
    max_duration: Seconds | None = None
    day_of_week: Annotated[tuple[DayOfWeek, ...], msgspec.Meta(max_length=7)] = ()
    suspended_evse: Literal["", "parking"] = ""


class TariffElement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Prices that apply while all restrictions are met. For each dimension the first such element counts."""

    price_components: Annotated[tuple[PriceComponent, ...], msgspec.Meta(min_length=1, max_length=4)]
    restrictions: Restrictions | None = None


class Tariff(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One version of a tariff, whole. It applies to sessions that start from `start_date_time` until `end_date_time`.

    `tenant`: at whose stations alone it applies; empty: at all.
    """

    tariff: str
    version: int
    currency: str
    elements: tuple[TariffElement, ...]
    label: str = ""
    min_price: Price | None = None
    max_price: Price | None = None
    start_date_time: Timestamp | None = None
    end_date_time: Timestamp | None = None
    provisioned_at: Timestamp
    provisioned_by: str = ""
    tenant: str = DEPLOYMENT


# -- reference data, on csms.ref.tariffs and csms.ref.tariff-assignments (compacted) ----------------------------------


class TariffProvisioned(Record, frozen=True, kw_only=True, tag="tariff-provisioned"):
    """A provisioned tariff, with its earlier versions, the newest first (MAX_EARLIER at most)."""

    tariff: str
    current: Tariff
    earlier: tuple[Tariff, ...] = ()

    @property
    def tenant(self) -> str:
        """Whose it is; empty: the deployment's."""
        return self.current.tenant


class TariffRemoved(Record, frozen=True, kw_only=True, tag="tariff-removed"):
    """The tariff was removed. Bills by it stay as they are. Replaces its TariffProvisioned on the topic.

    `last_version`: a new tariff of the same name continues counting from it, so that tariff and version stay unique. `earlier` are
    its versions, the newest first: sessions that started before the removal are rated by them.
    """

    tariff: str
    last_version: int
    removed_at: Timestamp
    removed_by: str = ""
    earlier: tuple[Tariff, ...] = ()
    tenant: str = DEPLOYMENT


class EarlierAssignment(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The assignment of a target from a moment on; no tariffs: it had none of its own."""

    tariffs: tuple[str, ...] = ()
    since: Timestamp


class TariffAssigned(Record, frozen=True, kw_only=True, tag="tariff-assigned"):
    """Tariffs are assigned to a target (`token_target` and so on); the first one that is valid at the start of a session applies.

    `earlier` are assignments before this one, the newest first (MAX_EARLIER at most): sessions that started then are rated by them.
    `tenant`: who assigned them; empty: the deployment.
    """

    target: str
    scope: Scope
    tariffs: tuple[str, ...]
    assigned_at: Timestamp
    assigned_by: str = ""
    earlier: tuple[EarlierAssignment, ...] = ()
    tenant: str = DEPLOYMENT


class TariffUnassigned(Record, frozen=True, kw_only=True, tag="tariff-unassigned"):
    """The target has no tariff of its own any more. Replaces its TariffAssigned on the topic; `earlier` as there."""

    target: str
    removed_at: Timestamp
    removed_by: str = ""
    earlier: tuple[EarlierAssignment, ...] = ()
    tenant: str = DEPLOYMENT


DEFAULT_TARGET = "default"


def token_target(token: str) -> str:
    """The target of one token."""
    return f"token:{token_key(token)}"


def connector_target(station: str, evse: int, connector: int) -> str:
    """The target of one connector."""
    return f"connector:{station}/{evse}/{connector}"


def station_target(station: str) -> str:
    """The target of one station."""
    return f"station:{station}"


def site_target(site: str, tenant: str = DEPLOYMENT) -> str:
    """The target of one site, or of a tenant's stations there: sites of two tenants may have the same name."""
    return f"tenant:{tenant}/site:{site}" if tenant else f"site:{site}"


def default_target(tenant: str = DEPLOYMENT) -> str:
    """The target of all others, or of all others of a tenant."""
    return f"tenant:{tenant}/{DEFAULT_TARGET}" if tenant else DEFAULT_TARGET


REF_TARIFFS = Topic(
    name="csms.ref.tariffs",
    meaning="Reference data: tariffs with their versions, as operators provision them.",
    records=(TariffProvisioned, TariffRemoved),
    key="tariff",
    retention_s=None,
)
REF_TARIFF_ASSIGNMENTS = Topic(
    name="csms.ref.tariff-assignments",
    meaning="Reference data: which tariffs are assigned to which token, connector, station, site, and to all others.",
    records=(TariffAssigned, TariffUnassigned),
    key="target",
    retention_s=None,
)

TOPICS = (
    REF_TARIFFS,
    REF_TARIFF_ASSIGNMENTS,
)
