"""Storable: the ranges of numbers that can be stored in ClickHouse; narrower than those of the schemas. PURE."""

from decimal import Decimal

GREATEST_INTEGER = 2**63 - 1
"""Integers beyond 64 bits are refused, unlike by the schemas: no record could carry them."""

GREATEST_PLACE = 2**16 - 1
"""EVSEs and connectors are numbered from 0 to here (UInt16)."""

PLACES = frozenset({"EVSEType.id", "connectorId", "evseId"})
"""Members that are the number of an EVSE or a connector: by name, or by type and name."""

REGISTERS = frozenset({"StartTransaction.meterStart", "StopTransaction.meterStop"})
"""Integers that are stored as decimals, so that a fraction is kept."""

GREATEST_REGISTER = Decimal(10) ** 19
"""Decimals have 20 digits before their point."""


def integer_bounds(name: str) -> tuple[int, int]:
    """The least and the greatest integer that a member can be; `name` is that of its type and it (`EVSEType.id`)."""
    if name in PLACES or name.rpartition(".")[2] in PLACES:
        return 0, GREATEST_PLACE
    return -GREATEST_INTEGER, GREATEST_INTEGER
