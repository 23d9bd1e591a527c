"""Reading: what outcomes of commands and variables tell of a station's tariffs. PURE.

Answers are those of the station, in its own version, however the command was given: canonical or raw.
"""

from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.commands import CommandSettled
from schemas.devicemodel import VariableChanged
from schemas.states.stationtariffs import StationTariffs
from schemas.stationtariffs import DEFAULT_KIND, InstalledTariff
from services.following.remembering import later

MAX_ELEMENTS, CONDITIONS = "tariffcostctrlr.maxelements[tariff]", "tariffcostctrlr.conditionssupported[tariff]"
"""Names of variables, without case (2.1 part 2, 2.12.12 and 2.12.13)."""

INSTALLED_MOST = 200
"""Tariffs of one station that are remembered; more than these no station needs."""


class _Assignment(msgspec.Struct, rename="camel"):
    tariff_id: str
    tariff_kind: str = DEFAULT_KIND
    valid_from: datetime | None = None
    evse_ids: tuple[int, ...] = ()
    id_tokens: tuple[str, ...] = ()


class _Answer(msgspec.Struct, rename="camel"):
    status: str
    tariff_assignments: tuple[_Assignment, ...] = ()


def installed_in(settled: CommandSettled) -> tuple[InstalledTariff, ...] | None:
    """The tariffs that an answer to GetTariffs names (I09); None where it is no such answer. NoTariff: none (I09.FR.03)."""
    try:
        answer = msgspec.json.decode(settled.response, type=_Answer)
    except msgspec.MsgspecError:
        return None
    if answer.status.casefold() == "notariff":
        return ()
    if answer.status.casefold() != "accepted":
        return None
    found = (
        InstalledTariff(
            tariff_id=each.tariff_id,
            kind=each.tariff_kind,
            valid_from=_aware(each.valid_from),
            evses=tuple(sorted(set(each.evse_ids))),
            tokens=len(each.id_tokens),
        )
        for each in answer.tariff_assignments[:INSTALLED_MOST]
    )
    return tuple(sorted(found, key=lambda one: (one.kind, one.tariff_id, one.evses)))


def _aware(at: datetime | None) -> datetime | None:
    return None if at is None or at.tzinfo is None else at


def reported(state: StationTariffs, variable: VariableChanged) -> StationTariffs:
    """What the station says of the tariffs that it can have."""
    changes: dict[str, Any] = {}
    match variable.key.casefold():
        case "tariffcostctrlr.maxelements[tariff]":
            changes["max_elements"] = _number(variable.value)
        case "tariffcostctrlr.conditionssupported[tariff]":
            changes["conditions"] = _truth(variable.value)
    after = replace(state, **changes)
    return state if after == state else replace(after, acted_at=later(state.acted_at, variable.changed_at))


def _number(value: str | None) -> int | None:
    return int(value) if value is not None and value.isascii() and value.isdigit() and len(value) < 10 else None


def _truth(value: str | None) -> bool | None:
    return {"true": True, "false": False}.get((value or "").casefold())
