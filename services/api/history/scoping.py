"""Scoping: the condition by which ClickHouse gives a principal the rows of its own stations and no others, in one place.

ClickHouse puts a condition on each table that a query reads (`additional_table_filters`), wherever in the query it reads it: so no
read has to know of scopes, and none can forget them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from schemas.operators import DEFAULT_TENANT, Scope
from services.api.web.policy import is_tenants
from services.metering.declared import COLUMNS
from services.runtime.clickhouse import ClickHouse, Row

ROLLUPS = ("power_minutes", "power_quarters", "register_quarters", "export_register_quarters")
"""Tables that views of ClickHouse fill, each with the column `station`."""

SITE_ROLLUPS = ("site_node_minutes",)
"""The same, of sites: each with the columns `site` and `tenant`."""

PLACED = "stations"
"""The table that says where each station belongs."""

NOTHING = "0"
"""The condition on a table whose rows belong to no station."""


def table_conditions(scope: Scope) -> Mapping[str, str]:
    """The condition on each table, by its name."""
    placed = _placed(scope)
    of_them = f"station IN (SELECT station FROM (SELECT * FROM {PLACED} FINAL) WHERE {placed})"  # noqa: S608 quoted
    columns = {**dict.fromkeys(ROLLUPS, ("station",)), **dict.fromkeys(SITE_ROLLUPS, ("site", "tenant")), **COLUMNS}
    owned = f"tenant IN ({_list(scope.tenants)})" if is_tenants(scope) else NOTHING
    of_sites = _of_sites(scope)

    def condition(there: Collection[str]) -> str:
        if "site" in there and "tenant" in there and "station" not in there:
            return of_sites
        return owned if "tenant" in there else of_them if "station" in there else NOTHING

    return {**{name: condition(there) for name, there in columns.items()}, PLACED: placed}


def _of_sites(scope: Scope) -> str:
    """Which rows of whole sites belong to the scope: as `services.api.web.policy.at_site` has it."""
    if scope.labels:
        return NOTHING
    of_tenants = [f"tenant IN ({_list(scope.tenants)})"] if scope.tenants else []
    return " AND ".join([*of_tenants, *([f"site IN ({_list(scope.sites)})"] if scope.sites else [])])


def _placed(scope: Scope) -> str:
    """Which rows of `stations` belong to the scope: as `services.api.web.policy.within` has it, and none that was removed."""
    conditions = ["NOT removed"]
    if scope.tenants:
        unnamed = ("",) if DEFAULT_TENANT in scope.tenants else ()  # stored before there were tenants
        conditions.append(f"tenant IN ({_list((*scope.tenants, *unnamed))})")
    if scope.sites:
        conditions.append(f"site IN ({_list(scope.sites)})")
    conditions += [f"labels[{quoted(name)}] = {quoted(value)}" for name, value in scope.labels.items()]
    conditions += [f"mapContains(labels, {quoted(name)})" for name in scope.labels]
    return " AND ".join(conditions)


def _list(names: Iterable[str]) -> str:
    return ", ".join(quoted(name) for name in names)


def quoted(text: str) -> str:
    """A text as a literal of ClickHouse."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\0", "\\0")
    return f"'{escaped}'"


class Scoped:
    """ClickHouse as it is for a scope: every query has the condition on each of its tables."""

    def __init__(self, db: ClickHouse, scope: Scope) -> None:
        conditions = table_conditions(scope).items()
        filters = ", ".join(f"{quoted(table)}: {quoted(condition)}" for table, condition in conditions)
        self._db = db
        self._settings = {"additional_table_filters": f"{{{filters}}}"}

    async def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Row]:
        """The rows of a query, of what the scope holds. Raises Outage."""
        return await self._db.rows(sql, parameters, settings=self._settings)
