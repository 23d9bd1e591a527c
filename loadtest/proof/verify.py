"""Asking the CSMS afterwards whether it has all that it acknowledged."""

import contextlib
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile
from pathlib import Path

import msgspec

from loadtest.proof.api import Api
from loadtest.proof.ledger import Difference, Entry, differences, reading_differences
from loadtest.proof.warehouse import Warehouse

ASK_AGAIN_S = 2.0

Question = Callable[[Sequence[Entry]], list[Difference]]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked: the API where there is a key, ClickHouse where there is an address. Reads run behind the facts."""

    api: str
    key: str
    clickhouse: str
    database: str
    settle_s: float

    @property
    def sources(self) -> str:
        """Who is asked, for people."""
        return " and ".join(name for name, there in (("the API", self.key), ("ClickHouse", self.clickhouse)) if there)


def verify(entries: Sequence[Entry], products: Asked) -> list[Difference]:
    """What differs of some entries; asked again for `settle_s` while anything does. Raises ApiRefused, CannotAsk."""
    deadline = time.monotonic() + products.settle_s
    with contextlib.ExitStack() as open_:
        questions: list[Question] = []
        if products.key:
            questions.append(partial(_of_api, products))
        if products.clickhouse:
            warehouse = open_.enter_context(contextlib.closing(Warehouse(products.clickhouse, products.database)))
            questions.append(partial(_of_clickhouse, warehouse))
        while True:
            found = [difference for question in questions for difference in question(entries)]
            if not found or time.monotonic() > deadline:
                return found
            time.sleep(ASK_AGAIN_S)


def _of_api(products: Asked, entries: Sequence[Entry]) -> list[Difference]:
    stations = {entry.station for entry in entries}
    with contextlib.closing(Api(products.api, products.key)) as client:
        found = [session for session in client.sessions(_since(entries)) if session.station in stations]
    return differences(entries, found)


def _of_clickhouse(warehouse: Warehouse, entries: Sequence[Entry]) -> list[Difference]:
    stations, since = {entry.station for entry in entries}, _since(entries)
    prefix = common_beginning(min(stations), max(stations))
    found = [session for session in warehouse.sessions(prefix, since) if session.station in stations]
    found_differences = differences(entries, found) + reading_differences(entries, warehouse.readings(prefix, since))
    return [msgspec.structs.replace(difference, source="ClickHouse") for difference in found_differences]


def common_beginning(first: str, last: str) -> str:
    """How both begin, and thereby all that lies between them."""
    return "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False)))


def _since(entries: Sequence[Entry]) -> datetime:
    return min(entry.started_at for entry in entries) - timedelta(seconds=1)


def write_ledger(entries: Sequence[Entry], path: Path) -> None:
    """One entry a line."""
    path.write_bytes(b"".join(msgspec.json.encode(entry) + b"\n" for entry in entries))


def read_ledger(path: Path) -> list[Entry]:
    """The entries of a file. Raises OSError or msgspec.DecodeError."""
    return [msgspec.json.decode(line, type=Entry) for line in path.read_bytes().splitlines()]
