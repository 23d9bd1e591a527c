"""ClickHouse for one process: a server over HTTP, or chDB in process, through one asynchronous door with bounded calls."""

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

from services.runtime import metrics
from services.runtime.outage import Outage

R = TypeVar("R")
Row = tuple[Any, ...]

CONNECT_TIMEOUT_S = 5
CALL_TIMEOUT_S = 20.0
SERVER_FIRST = 1.1

OUTAGE_CODES = frozenset(
    {
        3,  # unexpected end of data: the server went away
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
"""Errors of ClickHouse that pass: the call can be repeated as it is. All others are bugs of ours."""

SETTINGS: Mapping[str, Any] = {
    # a station whose clock jumps through the decades must not stop the batch of all others
    "throw_on_max_partitions_per_insert_block": 0,
    # repeats leave with merges and FINAL; to look for them in every insert as well costs more than it saves
    "optimize_on_insert": 0,
    "input_format_native_allow_types_conversion": 1,
}


def open_clickhouse(
    dsn: str, database: str, *, connections: int = 2, waiting_limit: int = 256, timeout_s: float = CALL_TIMEOUT_S
) -> "ClickHouse":
    """The door to `database` at `dsn` (http://user:password@host:port/ or chdb:////absolute/path); connects when first used.

    Doors to the same chDB path share its one engine, which lives as long as the last of them; another path in the same
    process is refused by the engine. `connections` calls run at once, `waiting_limit` more may wait; one that takes longer
    than `timeout_s` counts as an outage.
    """
    place = Place(dsn, database, timeout_s)
    return ClickHouse(place, connections=connections, waiting_limit=waiting_limit)


class Place(msgspec.Struct, frozen=True):
    """Where ClickHouse is, and how long it may take to answer."""

    dsn: str
    database: str
    timeout_s: float

    def connected(self, database: str) -> Client:
        """A connection. Raises Error."""
        settings = {**SETTINGS, "max_execution_time": self.timeout_s}
        http = {} if self.dsn.startswith("chdb:") else self._http()
        return clickhouse_connect.get_client(
            dsn=self.dsn, database=database, settings=settings, tz_mode="aware", **http
        )

    def _http(self) -> dict[str, Any]:
        return {
            "connect_timeout": CONNECT_TIMEOUT_S,
            # the server itself should be the first to give up
            "send_receive_timeout": SERVER_FIRST * self.timeout_s,
            "autogenerate_session_id": False,  # a session allows one query at a time
        }


class ClickHouse:
    """Calls in threads, each thread with a connection of its own. Every call raises `Outage` when ClickHouse is away."""

    def __init__(self, place: Place, *, connections: int, waiting_limit: int) -> None:
        self.database = place.database
        self._place = place
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="clickhouse")
        self._calls_limit = connections + waiting_limit
        self._calls = 0
        self._idle: queue.SimpleQueue[Client] = queue.SimpleQueue()
        self._types: dict[tuple[str, tuple[str, ...]], list[str]] = {}

    async def rows(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Row]:
        """The rows of a query; parameters are bound as `{name:Type}`."""
        return await self._call(lambda client: client.query(sql, parameters=dict(parameters or {})).result_rows)

    async def command(self, sql: str, parameters: Mapping[str, Any] | None = None) -> None:
        """Run a statement that returns nothing."""
        await self._call(lambda client: client.command(sql, parameters=dict(parameters or {})))

    async def insert(self, table: str, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> None:
        """Insert rows, given as columns, decimals as text; all in one block; when it returns, they can be queried."""
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
            client = self._taken()
            return call(client)
        except Error as error:
            raise _mapped(error) from error
        finally:
            if client is not None:
                self._idle.put(client)

    def _taken(self) -> Client:
        try:
            return self._idle.get_nowait()
        except queue.Empty:
            return self._place.connected(self.database)

    def _create_database(self) -> None:
        try:
            client = self._place.connected("system")
            client.command("CREATE DATABASE IF NOT EXISTS {name:Identifier}", parameters={"name": self.database})
            client.close()
        except Error as error:
            raise _mapped(error) from error

    def _insert(self, client: Client, table: str, names: Sequence[str], columns: Sequence[Sequence[Any]]) -> None:
        place = (table, tuple(names))
        types = self._types.get(place) or self._types.setdefault(place, self._told_types(client, *place))
        client.insert(table, columns, names, column_type_names=types, column_oriented=True)

    def _told_types(self, client: Client, table: str, columns: Sequence[str]) -> list[str]:
        described = client.query(
            "SELECT name, type FROM system.columns WHERE database = {database:String} AND table = {table:String}",
            parameters={"database": self.database, "table": table},
        ).result_rows
        if not described:
            raise Outage(f"ClickHouse: {self.database} has no table {table} yet")
        by_name = dict(described)
        return [_on_the_wire(by_name[name]) for name in columns]


def _on_the_wire(type_name: str) -> str:
    """As which type a column's values are sent: ClickHouse turns text into dictionaries and decimals faster than we do."""
    return _DECIMAL.sub("String", _DICTIONARY.sub(r"\1", type_name))


_DICTIONARY = re.compile(r"^LowCardinality\((.*)\)$")
_DECIMAL = re.compile(r"Decimal\(\d+, \d+\)")


def _mapped(error: Error) -> Exception:
    # a DatabaseError without a code is an answer that is not ClickHouse's own: a proxy's, say
    unknown = type(error) is DatabaseError and error.code is None
    passing = isinstance(error, OperationalError) or unknown or error.code in OUTAGE_CODES
    return Outage(f"ClickHouse: {error}") if passing else error
