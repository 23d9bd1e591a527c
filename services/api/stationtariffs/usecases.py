"""Use cases of tariffs at stations: find, translate, send by name, read, clear. Routes and pages call them."""

from typing import Any

import msgspec

from schemas.stationtariffs import StationTariff
from schemas.tarifftranslation import Inexpressible, described, station_tariff
from services.api.commands.bodies import Asking, SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.ports import Ports
from services.api.stations.usecases import known_station
from services.api.stationtariffs.rows import (
    ChangeTariff,
    FallbackTexts,
    InstallTariff,
    Sent,
    StationTariffs,
    Translated,
)
from services.api.tariffs.usecases import known_tariff
from services.api.web.problems import invalid

FALLBACKS = {
    "tariff": "TariffFallbackMessage",
    "offline_tariff": "OfflineTariffFallbackMessage",
    "total_cost": "TotalCostFallbackMessage",
}
"""The variable of each text (2.1 part 2, 2.12.3, 2.12.6 and 2.12.8)."""


async def tariffs_of(ports: Ports, station: str) -> StationTariffs:
    """The tariffs of a station as far as they are known. Raises Problem: 404; Outage."""
    known = await known_station(ports, station)
    return await ports.reads.station_tariffs(known.station) or StationTariffs(station=known.station)


def translated(ports: Ports, tariff: str) -> Translated:
    """A provisioned tariff as stations get it. Raises Problem: 404."""
    current = known_tariff(ports, tariff).current
    made = station_tariff(current)
    return Translated(
        tariff=current.tariff,
        version=current.version,
        text=described(current),
        station_tariff=None if isinstance(made, Inexpressible) else made,
        problems=made.problems if isinstance(made, Inexpressible) else (),
    )


async def install(ports: Ports, station: str, data: InstallTariff, *, key: str | None = None) -> Sent:
    """Send a provisioned tariff as the default of a station, and wait for its answer. Raises Problem; Outage."""
    made = _sendable(ports, data.tariff)
    arguments = {"evse": data.evse, "tariff": msgspec.to_builtins(made)}
    return Sent(
        station_tariff=made, command=await ask(ports, station, _command("SetDefaultTariff", arguments, data), key=key)
    )


async def change(ports: Ports, station: str, data: ChangeTariff, *, key: str | None = None) -> Sent:
    """Have a running transaction continue by a provisioned tariff. Raises Problem; Outage."""
    made = _sendable(ports, data.tariff)
    arguments = {"tariff": msgspec.to_builtins(made), "transaction_id": data.transaction_id}
    command = _command("ChangeTransactionTariff", arguments, data)
    return Sent(station_tariff=made, command=await ask(ports, station, command, key=key))


async def set_fallback_texts(ports: Ports, station: str, data: FallbackTexts, *, key: str | None = None) -> CommandView:
    """Write what a station shows where it has no tariff or no cost to show (I04.FR.02, I05.FR.01). Raises Problem; Outage."""
    texts = {variable: text for member, variable in FALLBACKS.items() if (text := getattr(data, member))}
    if not texts:
        raise invalid("tariff", "give at least one text")
    named = {"component": "TariffCostCtrlr"} | ({"variable_instance": data.language} if data.language else {})
    settings = [named | {"variable": variable, "value": text} for variable, text in texts.items()]
    return await ask(ports, station, _command("SetConfiguration", {"settings": settings}, data), key=key)


async def read_tariffs(ports: Ports, station: str) -> CommandView:
    """Ask a station which tariffs it has; a managed one is compared anew. Raises Problem; Outage."""
    return await ask(ports, station, _command("GetTariffs", {}, Asking()))


async def clear_tariffs(ports: Ports, station: str, tariff_id: str) -> CommandView:
    """Remove a default tariff from a station. Raises Problem; Outage."""
    return await ask(ports, station, _command("ClearTariffs", {"tariff_ids": [tariff_id]}, Asking()))


def _sendable(ports: Ports, tariff: str) -> StationTariff:
    if "/" in tariff:
        raise invalid("tariff", f"no tariff {tariff!r} is provisioned")
    found = translated(ports, tariff)
    if found.station_tariff is None:
        raise invalid("tariff", f"OCPP 2.1 cannot say all of it: {'; '.join(found.problems)}")
    return found.station_tariff


def _command(name: str, arguments: dict[str, Any], asking: Asking) -> SendCommand:
    travel = {name: getattr(asking, name) for name in Asking.__struct_fields__}
    return SendCommand(command=name, arguments=arguments, **travel)
