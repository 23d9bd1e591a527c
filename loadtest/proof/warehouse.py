"""ClickHouse, as the load tester asks it: which sessions it has, and how many meter values of each."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from loadtest.proof.ledger import Found, FoundReadings

PERIODIC: Final = "Sample.Periodic"
CALL_LIMIT_S: Final = 120
CONNECT_LIMIT_S: Final = 5

SESSIONS: Final = """
SELECT session, station, transaction_id, status, energy_wh, started_at FROM sessions FINAL
WHERE startsWith(station, {prefix:String}) AND started_at >= {since:DateTime64(6, 'UTC')}
"""

READINGS: Final = """
SELECT station, transaction_id, count() AS rows, uniqExact(measurand, phase, location, at) AS readings
FROM meter_values FINAL
WHERE startsWith(station, {prefix:String}) AND context = {context:String} AND transaction_id != ''
    AND at >= {since:DateTime64(3, 'UTC')}
GROUP BY station, transaction_id
"""
"""FINAL leaves one row of a record that was delivered twice; what is doubled after it was really recorded twice."""


class CannotAsk(Exception):
    """ClickHouse cannot be queried; the message gives the reason and what to do."""


class Warehouse:
    """One connection to ClickHouse: a server, or the folder of an embedded engine that nobody else has open."""

    def __init__(self, dsn: str, database: str) -> None:
        import clickhouse_connect
        from clickhouse_connect.driver.exceptions import Error

        self._error = Error
        self._dsn = dsn
        if is_embedded(dsn) and not _folder(dsn).is_dir():
            raise CannotAsk(f"{dsn}: there is no such folder")
        http = {} if is_embedded(dsn) else {"connect_timeout": CONNECT_LIMIT_S, "send_receive_timeout": CALL_LIMIT_S}
        try:
            self._client = clickhouse_connect.get_client(dsn=dsn, database=database, tz_mode="aware", **http)
        except Error as error:
            raise self._cannot(error) from error

    def sessions(self, prefix: str, since: datetime) -> list[Found]:
        """All sessions, the newest change of each, of stations whose names begin so. Raises CannotAsk."""
        return [msgspec.convert(row, Found) for row in self._rows(SESSIONS, {"prefix": prefix, "since": since})]

    def readings(self, prefix: str, since: datetime) -> dict[tuple[str, str], FoundReadings]:
        """How many periodic meter values each session has, by station and transaction. Raises CannotAsk."""
        rows = self._rows(READINGS, {"prefix": prefix, "since": since, "context": PERIODIC})
        return {
            (row["station"], row["transaction_id"]): FoundReadings(rows=row["rows"], readings=row["readings"])
            for row in rows
        }

    def close(self) -> None:
        """Let go of the server, or of the folder."""
        self._client.close()

    def _rows(self, sql: str, parameters: Mapping[str, object]) -> list[dict[str, Any]]:
        try:
            return list(self._client.query(sql, parameters=dict(parameters)).named_results())
        except self._error as error:
            raise self._cannot(error) from error

    def _cannot(self, error: Exception) -> CannotAsk:
        first = str(error).strip().split("\n")[0][:300]
        if is_embedded(self._dsn) and "EmbeddedServer" in str(error):
            return CannotAsk(
                f"{self._dsn}: another process has this folder open, and chDB allows only one. Stop the services, then ask: "
                "python -m loadtest verify --ledger FILE --clickhouse ..."
            )
        return CannotAsk(f"{self._dsn.rpartition('@')[2]}: {first}")


def is_embedded(dsn: str) -> bool:
    """Whether it names the folder of an engine in process instead of a server."""
    return dsn.startswith("chdb:")


def _folder(dsn: str) -> Path:
    return Path("/" + urlsplit(dsn).path.lstrip("/"))
