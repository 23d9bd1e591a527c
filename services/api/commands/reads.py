"""Commands in ClickHouse."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from schemas.commands import ItemOutcome
from services.api.commands.rows import CommandView
from services.api.history.listing import NAMES_AT_ONCE, Listing, Where, decoded, in_micros
from services.api.web.paging import Page
from services.api.web.parts import in_parts
from services.runtime.clickhouse import ClickHouse


class CommandReads(Protocol):
    """Commands with their outcomes. The functions of this module are these, given ClickHouse. Raises Outage."""

    async def command(self, command_id: str) -> CommandView | None: ...

    async def commands(
        self, station: str | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> Page[CommandView]: ...

    async def commands_called(self, stations: Mapping[str, str]) -> dict[str, CommandView]: ...


_ASKED_AT = "assumeNotNull(coalesce(t.requested_at, t.cancel_requested_at, t.settled_at))"


def _items(text: str) -> tuple[ItemOutcome, ...]:
    return msgspec.json.decode(text, type=tuple[ItemOutcome, ...])


_COMMANDS = Listing(
    table="commands",
    struct=CommandView,
    at_us=in_micros(_ASKED_AT),
    id="t.command_id",
    columns={
        member: f"ifNull(t.{member}, '{default}')"
        for member, default in {
            "command": "",
            "when_offline": "",
            "requested_by": "",
            "outcome": "pending",
            "error_code": "",
            "detail": "",
            "items": "[]",
        }.items()
    }
    | {"report": "NULL", "reboot_required": "ifNull(t.reboot_required, false)"},
    convert={"arguments": decoded, "response": decoded, "items": _items},
)


async def command(db: ClickHouse, command_id: str) -> CommandView | None:
    """One command; None where there is none of that id."""
    return await _COMMANDS.one(db, Where("t.command_id = {command_id:String}", command_id=command_id))


async def commands_called(db: ClickHouse, stations: Mapping[str, str]) -> dict[str, CommandView]:
    """The commands of these ids, as far as there are any; `stations`: whom each is for, by which ClickHouse finds them fast."""
    found: dict[str, CommandView] = {}
    for some in in_parts(stations, NAMES_AT_ONCE):
        conditions = Where(
            "t.station IN {stations:Array(String)}",
            "t.command_id IN {ids:Array(String)}",
            stations=sorted({stations[command_id] for command_id in some}),
            ids=some,
        )
        for row in await _COMMANDS.found(db, conditions):
            found[row.command_id] = row
    return found


async def commands(
    db: ClickHouse, station: str | None = None, *, cursor: str | None = None, limit: int = 50
) -> Page[CommandView]:
    """Commands of a station, or of all of them."""
    conditions = Where()
    conditions.add("t.station = {station:String}", station=station)
    return await _COMMANDS.page(db, conditions, cursor=cursor, limit=limit)
