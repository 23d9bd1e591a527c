"""Commands in ClickHouse: the request, the cancellation and the outcome each fill their part of one row. PURE."""

import msgspec

from schemas.commands import COMMANDS, OUTCOMES, CommandCancelled, CommandRequested, CommandSettled
from schemas.secrets import mask_command
from services.metering.cells import json, us
from services.metering.feeds import STATES
from services.metering.table import Cells, MeteringNoun, absent, table

_COLUMNS = (
    "station command_id command arguments priority when_offline timeout_s requested_by requested_at"
    " expires_at cancel_requested_by cancel_requested_at outcome response error_code detail items"
    " reboot_required sent settled_at"
)


def _arguments(record: CommandRequested) -> str:
    members = msgspec.json.decode(msgspec.json.encode(mask_command(record.command)), type=dict[str, msgspec.Raw])
    del members["command"]
    return json(members)


def _part(columns: str, cells: Cells) -> Cells:
    """Fills these columns, and leaves the others null for another part of the row to fill."""
    own = {"station", *columns.split()}
    return absent(*(column for column in _COLUMNS.split() if column not in own)) | dict(cells)


NOUN = MeteringNoun(
    topics={STATES: (COMMANDS, OUTCOMES)},
    tables=(
        table(
            "commands",
            key="station command_id",
            columns=_COLUMNS,
            rows={
                CommandRequested: _part(
                    "command_id command arguments priority when_offline timeout_s requested_by requested_at expires_at",
                    {
                        "command_id": lambda r: r.id,
                        "command": lambda r: str(r.command.__struct_config__.tag),
                        "arguments": _arguments,
                    },
                ),
                CommandCancelled: _part(
                    "command_id cancel_requested_by cancel_requested_at",
                    {
                        "cancel_requested_by": lambda r: r.requested_by,
                        "cancel_requested_at": lambda r: us(r.requested_at),
                    },
                ),
                CommandSettled: _part(
                    "command_id outcome response error_code detail reboot_required sent settled_at",
                    {"items": lambda r: json(r.items)},
                ),
            },
        ),
    ),
)
