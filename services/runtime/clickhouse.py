"""ClickHouse client of a process: a server over HTTP, or chDB in process; asynchronous, with a limit on concurrent calls."""

import asyncio
import queue
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import clickhouse_connect
import msgspec
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError, Error, OperationalError

from services.runtime.process import metrics
from services.runtime.process.outage import Outage

R = TypeVar("R")
Row = tuple[Any, ...]

CONNECT_TIMEOUT_S = 5
CALL_TIMEOUT_S = 20.0
SERVER_FIRST = 1.1

OUTAGE_CODES = frozenset(
    {
        3,  # unexpected end of data: the server went away
        16,  # no such column: metering has not migrated yet
        47,  # unknown identifier: the same
        60,  # unknown table: metering has not migrated yet
        81,  # unknown database: the same
        159,  # timeout
        164,  # read-only
        202,  # too many simultaneous queries
        203,  # no free connection
        209,  # socket timeout
        210,  # network error
        236,  # aborted: the server shuts down
        241,  # memory limit
        242,  # the table is read-only
        243,  # not enough space
        252,  # too many parts: merges must catch up
        279,  # all connection tries failed
        285,  # too few live replicas
        319,  # unknown status of an insert
        394,  # the query was cancelled
        425,  # system error
        745,  # overloaded
        999,  # Keeper
    }
)
"""Transient errors of ClickHouse: the same call can be repeated. All other errors are bugs of ours."""

SETTINGS: Mapping[str, Any] = {
    # a station whose clock jumps through the decades must not stop the batch of all others
    "throw_on_max_partitions_per_insert_block": 0,
    # duplicates are removed by merges and FINAL; to look for them in every insert as well costs more than it saves
    "optimize_on_insert": 0,
    "input_format_native_allow_types_conversion": 1,
}


def open_clickhouse(
    dsn: str, database: str, *, connections: int = 2, waiting_limit: int = 256, timeout_s: float = CALL_TIMEOUT_S
) -> "ClickHouse":
    """A client of `database` at `dsn` (http://user:password@host:port/ or chdb:////absolute/path); connects when first used.

    Clients of the same chDB path share one engine, which lives as long as the last of them; the engine refuses a second path in
    the same process. `connections` calls run at once, `waiting_limit` more may wait; a call that takes longer than `timeout_s`
    counts as an outage.
    """
    endpoint = Endpoint(dsn, database, timeout_s)
    return ClickHouse(endpoint, connections=connections, waiting_limit=waiting_limit)


class Endpoint(msgspec.Struct, frozen=True):
    """Where ClickHouse is, and how long it may take to answer."""

    dsn: str
    database: str
    timeout_s: float

    def connect(self, database: str) -> Client:
        """Open a connection. Raises Error."""
        settings = {**SETTINGS, "max_execution_time": self.timeout_s}
        http = {} if self.dsn.startswith("chdb:") else self._http()
        return clickhouse_connect.get_client(
            dsn=self.dsn, database=database, settings=settings, tz_mode="aware", **http
        )

    def _http(self) -> dict[str, Any]:
        return {
            "connect_timeout": CONNECT_TIMEOUT_S,
            # the server's own limit should end a call first
            "send_receive_timeout": SERVER_FIRST * self.timeout_s,
            "autogenerate_session_id": False,  # a session allows one query at a time
        }


class ClickHouse:
    """Runs calls in threads, each with its own connection. Every call raises `Outage` when ClickHouse is away."""

    def __init__(self, table_columns: Endpoint, *, connections: int, waiting_limit: int) -> None:
        self.database = table_columns.database
        self._place = table_columns
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="clickhouse")
        self._calls_limit = connections + waiting_limit
        self._calls = 0
        self._idle: queue.SimpleQueue[Client] = queue.SimpleQueue()
        self._types: dict[tuple[str, tuple[str, ...]], list[str]] = {}

    async def rows(
        self, sql: str, parameters: Mapping[str, Any] | None = None, *, settings: Mapping[str, Any] | None = None
    ) -> Sequence[Row]:
        """The rows of a query; parameters are bound as `{name:Type}`, `settings` hold for this query."""
        given, chosen = dict(parameters or {}), dict(settings or {})
        return await self._call(lambda client: client.query(sql, parameters=given, settings=chosen).result_rows)

    async def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement that returns nothing."""
        await self._call(lambda client: client.command(sql, parameters=dict(parameters or {})))

    async def insert(self, table: str, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> None:
        """Insert rows, given as columns, decimals as text, in one block; on return they can be queried."""
        await self._call(lambda client: self._insert(client, table, names, columns))

    async def create_database(self) -> None:
        """Create the database where it is absent."""
        await self._run(self._create_database)

    async def close(self) -> None:
        """Let running calls end, then disconnect."""
        await asyncio.to_thread(self._threads.shutdown, wait=True)
        while not self._idle.empty():
            self._idle.get_nowait().close()

    async def _call(self, call: Callable[[Client], R]) -> R:
        return await self._run(lambda: self._with_client(call))

    async def _run(self, work: Callable[[], R]) -> R:
        if self._calls >= self._calls_limit:
            metrics.CLICKHOUSE_REFUSED.inc()
            raise Outage(f"ClickHouse: {self._calls} calls are running or waiting already")
        self._calls += 1
        metrics.CLICKHOUSE_CALLS.inc()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._calls -= 1
            metrics.CLICKHOUSE_CALLS.dec()

    def _with_client(self, call: Callable[[Client], R]) -> R:
        client: Client | None = None
        try:
            client = self._take_client()
            return call(client)
        except Error as error:
            raise _outage_or_error(error) from error
        finally:
            if client is not None:
                self._idle.put(client)

    def _take_client(self) -> Client:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._place.connect(self.database)

    def _create_database(self) -> None:
        try:
            client = self._place.connect("system")
            client.command("CREATE DATABASE IF NOT EXISTS {name:Identifier}", parameters={"name": self.database})
            client.close()
        except Error as error:
            raise _outage_or_error(error) from error

    def _insert(self, client: Client, table: str, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> None:
        table_columns = (table, tuple(names))
        types = self._types.get(table_columns) or self._types.setdefault(
            table_columns, self._column_types(client, *table_columns)
        )
        client.insert(table, columns, names, column_type_names=types, column_oriented=True)

    def _column_types(self, client: Client, table: str, columns: Sequence[str]) -> list[str]:
        described = client.query(
            "SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String}",
            parameters={"database": self.database, "table": table},
        ).result_rows
        if not described:
            raise Outage(f"ClickHouse: {self.database} has no table {table} yet")
        by_name = dict(described)
        return [_on_the_wire(by_name[name]) for name in columns]


def _on_the_wire(type_name: str) -> str:
    """The type as which a column's values are sent: ClickHouse converts text to dictionaries and decimals faster than we do."""
    return _DECIMAL.sub("String", _DICTIONARY.sub(r"\1", type_name))


_DICTIONARY = re.compile(r"^LowCardinality\((.*)\)$")
_DECIMAL = re.compile(r"Decimal\(\d+, \d+\)")


def _outage_or_error(error: Error) -> Exception:
    # a DatabaseError without a code did not come from ClickHouse itself but, for example, from a proxy
    unknown = type(error) is DatabaseError and error.code is None
    passing = isinstance(error, OperationalError) or unknown or error.code in OUTAGE_CODES
    return Outage(f"ClickHouse: {error}") if passing else error
