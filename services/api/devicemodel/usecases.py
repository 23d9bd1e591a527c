"""Use cases of the device model: the variables of a station, what they were, and reading all of them again. Routes and pages call them."""

from typing import Any

from schemas.configuration import GetConfiguration
from schemas.devicemodel import GetBaseReport
from schemas.wire import sendable
from services.api.commands.bodies import Asking, SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.devicemodel.rows import Variable, VariableFilter
from services.api.ports import Ports
from services.api.stations.usecases import known_station
from services.api.web.paging import Page


async def variables_of(ports: Ports, where: VariableFilter, *, cursor: str | None, limit: int) -> Page[Variable]:
    """The variables of a station, by their keys. Raises Problem: 404; Outage."""
    assert where.station is not None
    await known_station(ports, where.station)
    return await ports.reads.variables(where, cursor=cursor, limit=limit)


async def history_of(ports: Ports, station: str, key: str | None, *, cursor: str | None, limit: int) -> Page[Variable]:
    """What the variables of a station were, newest first. Raises Problem: 404; Outage."""
    await known_station(ports, station)
    return await ports.reads.variable_history(station, key, cursor=cursor, limit=limit)


async def read_all(ports: Ports, station: str, asking: Asking | None = None, *, key: str | None = None) -> CommandView:
    """Have a station tell all of its variables: in a report where its version has reports, else as all of its keys.

    A station whose version is not known yet is asked for a report. Raises Problem, as `commands.ask` does; Outage.
    """
    known = await known_station(ports, station)
    reports = known.version is None or GetBaseReport.__name__ in sendable(known.version)
    command = GetBaseReport if reports else GetConfiguration
    return await ask(ports, station, _sent(command.__name__, {}, asking or Asking()), key=key)


async def write(ports: Ports, station: str, setting: dict[str, Any], asking: Asking | None = None) -> CommandView:
    """Write one variable (SetConfiguration). Raises Problem, as `commands.ask` does; Outage."""
    return await ask(ports, station, _sent("SetConfiguration", {"settings": [setting]}, asking or Asking()))


def _sent(command: str, arguments: dict[str, Any], asking: Asking) -> SendCommand:
    travel = {name: getattr(asking, name) for name in Asking.__struct_fields__}
    return SendCommand(command=command, arguments=arguments, **travel)
