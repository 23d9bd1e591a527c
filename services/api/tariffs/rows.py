"""Tariff models: what operators write of tariffs and their assignments, in OCPI's words; unknown members are refused."""

from typing import Annotated, Any, NamedTuple

import msgspec
from litestar.params import PathParameter

from schemas.base import Timestamp
from schemas.tariffs import Price, PriceComponent, Restrictions, Scope, Tariff, TariffElement
from services.api.web.bodies import Owner
from services.api.web.problems import FieldError, invalid, invalid_fields
from services.billing.tariff import MAX_ELEMENTS, problems

LONGEST_ID = 36

TariffPath = Annotated[str, PathParameter(description="The tariff's id: 1 to 36 printable characters.")]


class PriceLimit(Price, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The least or most that a session costs."""


class Component(PriceComponent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one dimension costs: per session (FLAT), kWh (ENERGY) or hour (TIME, PARKING_TIME), without VAT."""


class ElementRestrictions(Restrictions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When an element is active: local times and dates, kWh, kW, seconds; ends are exclusive."""


class Element(TariffElement, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Prices that hold while all restrictions do."""

    price_components: Annotated[tuple[Component, ...], msgspec.Meta(min_length=1, max_length=4)]
    restrictions: ElementRestrictions | None = None


class ProvisionTariff(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tariff in the vocabulary of OCPI 2.2.1. It replaces what held before, for sessions that start from now on."""

    currency: Annotated[str, msgspec.Meta(min_length=3, max_length=3, description="ISO 4217.", examples=["EUR"])]
    elements: Annotated[
        tuple[Element, ...],
        msgspec.Meta(
            min_length=1, max_length=MAX_ELEMENTS, description="Of each dimension the first element in force counts."
        ),
    ]
    label: Annotated[str, msgspec.Meta(max_length=100, description="A name for people.")] = ""
    min_price: Annotated[PriceLimit | None, msgspec.Meta(description="A session costs at least this.")] = None
    max_price: Annotated[PriceLimit | None, msgspec.Meta(description="A session costs at most this.")] = None
    start_date_time: Annotated[
        Timestamp | None, msgspec.Meta(description="Valid for sessions that start from then on.")
    ] = None
    end_date_time: Annotated[Timestamp | None, msgspec.Meta(description="Valid for sessions that start before.")] = None
    tenant: Owner = None


class AssignTariffs(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which tariffs hold for a target."""

    tariffs: Annotated[
        tuple[str, ...],
        msgspec.Meta(min_length=1, max_length=10, description="The first that is valid when a session starts counts."),
    ]


class Simulate(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A past session to work out by a tariff."""

    session: Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="The session's id.")]
    version: Annotated[
        int | None, msgspec.Meta(description="A version of the tariff; the current one if left out.")
    ] = None


class SimulateDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A past session to work out by a tariff that is not provisioned."""

    session: Annotated[str, msgspec.Meta(min_length=1, max_length=64, description="The session's id.")]
    tariff: ProvisionTariff


class Assignment(msgspec.Struct, frozen=True, kw_only=True):
    """Which tariffs hold for a target: a token, a connector, a station, a site, or all others."""

    target: str
    scope: Scope
    tariffs: tuple[str, ...]
    assigned_at: Timestamp
    assigned_by: str
    tenant: str


class Drafting(NamedTuple):
    """Who writes a version, when, and whose the tariff is."""

    version: int
    at: Timestamp
    by: str
    tenant: str


def drafted(tariff: str, body: ProvisionTariff, drafting: Drafting, *, within: str = "") -> Tariff:
    """The tariff as it was asked for, at `within` of the request. Raises Problem naming each member that cannot be used."""
    given: dict[str, Any] = {name: getattr(body, name) for name in ProvisionTariff.__struct_fields__}
    draft = msgspec.convert(
        {
            **given,
            "tariff": tariff,
            "version": drafting.version,
            "provisioned_at": drafting.at,
            "provisioned_by": drafting.by,
            "tenant": drafting.tenant,
        },
        Tariff,
        from_attributes=True,
    )
    found = [FieldError(field=within + problem.field, detail=problem.reason) for problem in problems(draft)]
    if found:
        raise invalid_fields(found)
    return draft


def tariff_id(text: str) -> str:
    """The id of a tariff to provision. Raises Problem for what OCPI cannot carry."""
    if not 1 <= len(text) <= LONGEST_ID or not text.isprintable() or not text.strip():
        raise invalid("tariff", f"1 to {LONGEST_ID} printable characters")
    return text
