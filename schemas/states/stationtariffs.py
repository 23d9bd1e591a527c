"""What `stationtariffs` remembers of a station: the tariffs that it has, and what is on its way."""

from typing import Literal

import msgspec

from schemas.base import OcppVersion, Timestamp
from schemas.operators import DEFAULT_TENANT
from schemas.stationtariffs import InstalledTariff, StationTariffsChanged


class Sending(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A command to the station whose outcome is awaited until `until`.

    `what`: it reads the station's tariffs, clears those of `tariff_ids`, or sets `tariff_ids[0]` at `evse`.
    """

    command_id: str
    what: Literal["read", "clear", "set"]
    tariff_ids: tuple[str, ...] = ()
    evse: int = 0
    until: Timestamp


class StationTariffs(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `stationtariffs` remembers of one station.

    `evses` are those whose connectors have reported. `max_elements` and `conditions` are what the station says of tariffs
    (TariffCostCtrlr.MaxElements, ConditionsSupported), absent where it has not said. `installed` is what it has, absent where nobody
    knows; `verified`: it said so itself since the last change. `asked` counts our commands, whose ids follow from it. `failures` in a row,
    and `why`; `stopped`: nothing is sent any more, until what is `wanted`, a digest of it, is another. `acted_at` is the time of the last
    record that mattered, by which tariffs are chosen; nothing is sent before `not_before`. `foreign` are the latest commands of
    others whose outcomes were read.
    """

    station: str
    ocpp: OcppVersion | None = None
    site: str = ""
    tenant: str = DEFAULT_TENANT
    connected: bool = False
    booted_at: Timestamp | None = None
    evses: tuple[int, ...] = ()
    max_elements: int | None = None
    conditions: bool | None = None
    installed: tuple[InstalledTariff, ...] | None = None
    verified: bool = False
    read_at: Timestamp | None = None
    asked: int = 0
    sending: Sending | None = None
    failures: int = 0
    stopped: Literal["", "unsupported", "refused"] = ""
    wanted: str = ""
    why: str = ""
    acted_at: Timestamp | None = None
    not_before: Timestamp | None = None
    foreign: tuple[str, ...] = ()
    said: StationTariffsChanged | None = None
