"""Limits of a transaction by cost, energy, time and state of charge (2.1 part 2, E16; TransactionLimitType)."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Literal, TypeVar

import msgspec

from schemas.command import Fault, about

LimitKind = Literal["cost", "energy", "time", "soc"]
"""What is limited."""

MEMBERS: Mapping[LimitKind, str] = {
    "cost": "max_cost",
    "energy": "max_energy_wh",
    "time": "max_time_s",
    "soc": "max_soc_percent",
}
"""The member of TransactionLimit by what it limits."""

WIRE: Mapping[LimitKind, str] = {"cost": "maxCost", "energy": "maxEnergy", "time": "maxTime", "soc": "maxSoC"}
"""How OCPP 2.1 calls each (TransactionLimitType, and the values of TxCtrlr.SupportedLimits)."""

LIMIT_NAMES: Mapping[LimitKind, frozenset[str]] = {
    kind: frozenset({name.casefold(), *({"maxlength"} if kind == "time" else ())}) for kind, name in WIRE.items()
}
"""How TxCtrlr.SupportedLimits may name each, in small letters: 2.1 calls the limit of time maxLength there."""

MOST_COST = Decimal(1_000_000)
MOST: Mapping[str, Decimal] = {
    "max_cost": MOST_COST,
    "max_energy_wh": Decimal(100_000_000),
    "max_time_s": Decimal(31_536_000),
    "max_soc_percent": Decimal(100),
}
"""The greatest limits that anybody may ask for: 100 MWh, a year."""


class TransactionLimit(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Limits of one transaction; None: not limited. The one that is reached first counts.

    `max_cost` includes taxes where the tariff has them, and is in `currency`; empty: in that of the session's tariff. `max_time_s` counts
    from the start of the transaction (E16.FR.09).
    """

    max_cost: Annotated[
        Decimal | None,
        about("Most cost", "In the currency of the tariff, taxes included.", example="20.00"),
    ] = None
    currency: Annotated[str, about("Currency", "Three capital letters; empty: that of the tariff.", advanced=True)] = ""
    max_energy_wh: Annotated[Decimal | None, about("Most energy (Wh)", example="20000")] = None
    max_time_s: Annotated[int | None, about("Longest time (s)", "From the start of the transaction.", example=7200)] = (
        None
    )
    max_soc_percent: Annotated[int | None, about("Highest state of charge (%)", "From 1 to 100.", example=80)] = None


NO_LIMIT = TransactionLimit()


def stricter(one: TransactionLimit, other: TransactionLimit) -> TransactionLimit:
    """Both limits at once: of each member the smaller one. The same whichever comes first.

    Of two costs in different currencies the smaller number stands, for nothing here converts one into the other.
    """
    if other in (NO_LIMIT, one):
        return one
    if one == NO_LIMIT:
        return other
    cost, currency = min(
        ((each.max_cost, each.currency) for each in (one, other) if each.max_cost is not None),
        default=(None, ""),
        key=lambda found: (found[0], found[1] == "", found[1]),
    )
    return TransactionLimit(
        max_cost=cost,
        currency=currency,
        max_energy_wh=_least(one.max_energy_wh, other.max_energy_wh),
        max_time_s=_least(one.max_time_s, other.max_time_s),
        max_soc_percent=_least(one.max_soc_percent, other.max_soc_percent),
    )


Number = TypeVar("Number", int, Decimal)


def _least(one: Number | None, other: Number | None) -> Number | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def only(limit: TransactionLimit, kinds: tuple[LimitKind, ...]) -> TransactionLimit:
    """The limit with these members alone."""
    kept = {MEMBERS[kind]: getattr(limit, MEMBERS[kind]) for kind in kinds}
    return TransactionLimit(**kept, currency=limit.currency if kept.get("max_cost") is not None else "")


def limit_faults(limit: TransactionLimit, path: str) -> Iterable[Fault]:
    """What stands against a limit that somebody asks for: amounts that nobody can charge for. `path` is the member that it is."""
    for member, most in MOST.items():
        value = getattr(limit, member)
        if value is not None and not (Decimal(value).is_finite() and 0 < value <= most):
            yield Fault(f"{path}.{member}", f"more than 0, at most {most}")
    if limit.currency and not (len(limit.currency) == 3 and limit.currency.isascii() and limit.currency.isupper()):
        yield Fault(f"{path}.currency", "three capital letters (ISO 4217)")
    if limit.currency and limit.max_cost is None:
        yield Fault(f"{path}.currency", "it is that of `max_cost`, and there is none")


def kinds_of(limit: TransactionLimit) -> tuple[LimitKind, ...]:
    """What the limit limits."""
    return tuple(kind for kind, member in MEMBERS.items() if getattr(limit, member) is not None)
