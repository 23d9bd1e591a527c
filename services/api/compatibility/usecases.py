"""Use cases of the compatibility matrix: list, find, write and remove rows. Routes and pages call them."""

from collections.abc import Mapping

from schemas.base import Record
from schemas.compatibility import (
    REF_COMPATIBILITY,
    CompatibilityProvisioned,
    CompatibilityRemoved,
    Matrix,
    Row,
    merge_rows,
    shipped_rows,
)
from services.api.compatibility.rows import CompatibilityRow, ProvisionRow, row_of, row_view
from services.api.ports import Ports
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.problems import Problem, not_found

ROWS_MOST = 1_000
"""Rows of operators: gateways look each station up in all of them."""

SHIPPED: Mapping[str, Row] = {row.name: row for row in shipped_rows()}


async def rows_that_hold(ports: Ports, station: str | None) -> tuple[CompatibilityRow, ...]:
    """The rows that hold, by name: all of them, or those for one station as it last booted. Raises Outage."""
    written = _written(ports)
    rows = merge_rows({name: record.row for name, record in written.items()})
    if station is not None:
        rows = await _about(ports, station, rows)
    return tuple(
        row_view(row, written.get(row.name), ships=row.name in SHIPPED)
        for row in sorted(rows, key=lambda row: row.name)
    )


def row_called(ports: Ports, name: str) -> CompatibilityRow:
    """The row of that name that holds. Raises Problem: 404."""
    record = written_row(ports, name)
    if record is None and name not in SHIPPED:
        raise not_found(f"No row of the matrix is called {name!r}.")
    return row_view(record.row if record else SHIPPED[name], record, ships=name in SHIPPED)


def written_row(ports: Ports, name: str) -> CompatibilityProvisioned | None:
    """What an operator wrote under that name."""
    record = ports.reference.get(REF_COMPATIBILITY, name)
    return record if isinstance(record, CompatibilityProvisioned) else None


async def save_row(
    ports: Ports, name: str, data: ProvisionRow, *, given: Condition = WHATEVER
) -> CompatibilityProvisioned:
    """Have an operator's row stand. Raises Problem, Outage."""
    row = row_of(name, data)
    record = CompatibilityProvisioned(
        name=name, row=row, provisioned_at=ports.clock(), provisioned_by=ports.principal.name
    )

    async def made(_: Record | None) -> CompatibilityProvisioned:
        written = _written(ports)
        if name not in written and len(written) >= ROWS_MOST:
            raise Problem(
                409, f"Operators wrote {ROWS_MOST} rows already: remove some, or write patterns that fit more."
            )
        return record

    return await changed(ports, REF_COMPATIBILITY, name, made, given=given)


async def remove_row(ports: Ports, name: str, *, given: Condition = WHATEVER) -> None:
    """Forget an operator's row. Raises Problem, Outage."""

    async def made(_: Record | None) -> CompatibilityRemoved:
        if row_called(ports, name).origin == "shipped":
            raise Problem(409, f"{name} ships with the product: write a row of that name without rules to turn it off.")
        return CompatibilityRemoved(name=name, removed_at=ports.clock(), removed_by=ports.principal.name)

    await changed(ports, REF_COMPATIBILITY, name, made, given=given)


def _written(ports: Ports) -> dict[str, CompatibilityProvisioned]:
    """The operators' rows by their names."""
    records = ports.reference.all(REF_COMPATIBILITY)
    return {name: record for name, record in records.items() if isinstance(record, CompatibilityProvisioned)}


async def _about(ports: Ports, station: str, rows: tuple[Row, ...]) -> tuple[Row, ...]:
    details = await ports.reads.station(station)
    vendor, model, firmware = (details.vendor, details.model, details.firmware_version) if details else ("", "", "")
    found = Matrix(rows).rules_for(station=station, vendor=vendor, model=model, firmware=firmware)
    return tuple(row for row in rows if row.name in found.rows)
