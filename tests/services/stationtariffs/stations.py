"""A station that keeps tariffs as the specification says, the core that manages it, and whatever comes between the two."""

from collections.abc import Mapping
from typing import Any

import msgspec

from schemas.base import Due, Record
from schemas.commands import CommandRequested, CommandSettled
from schemas.devicemodel import Attribute, VariableChanged, VariableName
from schemas.states.stationtariffs import StationTariffs
from schemas.stations import ConnectorState, StationChanged
from schemas.stationtariffs import ClearTariffs, GetTariffs, SetDefaultTariff, StationTariffsChanged
from schemas.tariffs import (
    REF_TARIFF_ASSIGNMENTS,
    REF_TARIFFS,
    Tariff,
    TariffAssigned,
    TariffProvisioned,
    connector_target,
    site_target,
    station_target,
)
from services.stationtariffs.core import due, initial, step
from tests.services.billing.building import component
from tests.services.billing.building import tariff as tariff_of
from tests.services.moments import at

STATION, SITE = "DE-BER-0001", "berlin"
SITES = frozenset({SITE})

STATION_TARGET, SITE_TARGET, SECOND = station_target(STATION), site_target(SITE), connector_target(STATION, 2, 1)


def tariff(name: str, kwh: str = "0.40", **changes: Any) -> Tariff:
    return tariff_of({"price_components": [component("ENERGY", kwh)]}, tariff=name, **changes)


def references(tariffs: Mapping[str, Tariff], **assigned: str) -> dict[str, dict[str, Record]]:
    """Tariffs, and which of them is assigned to the station (`station`), its site (`site`), its second EVSE (`second`)."""
    targets = {"station": STATION_TARGET, "site": SITE_TARGET, "second": SECOND}
    return {
        REF_TARIFFS.name: {name: TariffProvisioned(tariff=name, current=one) for name, one in tariffs.items()},
        REF_TARIFF_ASSIGNMENTS.name: {
            targets[scope]: TariffAssigned(
                target=targets[scope], scope="station", tariffs=tuple(names.split()), assigned_at=at(0)
            )
            for scope, names in assigned.items()
        },
    }


def station(*, seconds: float = 0, connected: bool = True, booted: float = 0, **changes: Any) -> StationChanged:
    given: dict[str, Any] = {
        "id": f"station-{seconds}",
        "station": STATION,
        "revision": 1,
        "connected": connected,
        "version": "2.1",
        "site": SITE,
        "connectors": tuple(
            ConnectorState(evse=evse, connector=1, status="Available", at=at(seconds)) for evse in (1, 2)
        ),
        "booted_at": at(booted),
        "changed_at": at(seconds),
    }
    return StationChanged(**given | changes)


def variable(name: str, value: str, *, seconds: float = 1) -> VariableChanged:
    return VariableChanged(
        id=f"variable-{name}-{seconds}",
        variable_id=f"{STATION} {name}",
        station=STATION,
        revision=1,
        key=f"TariffCostCtrlr.{name}[Tariff]",
        name=VariableName(component="TariffCostCtrlr", variable=name, variable_instance="Tariff"),
        attributes=(Attribute(type="Actual", value=value),),
        changed_at=at(seconds),
    )


def settled(command_id: str, *, seconds: float, command: str = "GetTariffs", **changes: Any) -> CommandSettled:
    given: dict[str, Any] = {
        "id": f"settled-{command_id}-{seconds}",
        "command_id": command_id,
        "station": STATION,
        "command": command,
        "outcome": "accepted",
        "sent": True,
        "settled_at": at(seconds),
    }
    return CommandSettled(**given | changes)


class Charger:
    """A station's default tariffs by EVSE. `refuses` makes it answer so, `forgets` lose what it accepts."""

    def __init__(self) -> None:
        self.tariffs: dict[int, str] = {}
        self.refuses = ""
        self.forgets = False
        self.heard: list[Any] = []

    def answers(self, command: Any) -> dict[str, Any]:
        """What the gateway makes of its answer: members of CommandSettled."""
        self.heard.append(command)
        match command:
            case GetTariffs():
                return read(self.tariffs)
            case ClearTariffs(tariff_ids=ids):
                self.tariffs = {evse: name for evse, name in self.tariffs.items() if name not in ids}
                return {}
        return self._set(command)

    def _set(self, command: SetDefaultTariff) -> dict[str, Any]:
        if self.refuses == "NotSupported":
            return {"outcome": "unsupported", "error_code": "NotSupported"}
        name = command.tariff.tariff_id
        word = self.refuses or ("DuplicateTariffId" if name in self.tariffs.values() else "")
        if word:
            return {"outcome": "rejected", "detail": word}
        if not self.forgets:
            self.tariffs |= dict.fromkeys((1, 2) if command.evse == 0 else (command.evse,), name)
        return {}


def read(tariffs: Mapping[int, str]) -> dict[str, Any]:
    """The outcome of GetTariffs by a station with these default tariffs."""
    if not tariffs:
        return {"response": msgspec.Raw(b'{"status":"NoTariff"}')}
    found = [
        {
            "tariffId": name,
            "tariffKind": "DefaultTariff",
            "evseIds": [evse for evse, other in tariffs.items() if other == name],
        }
        for name in sorted(set(tariffs.values()))
    ]
    return {"response": msgspec.Raw(msgspec.json.encode({"status": "Accepted", "tariffAssignments": found}))}


class Managed:
    """A charger and the core that manages it, with what is assigned."""

    def __init__(self, given: dict[str, dict[str, Record]], *records: Record) -> None:
        self.references = given
        self.charger = Charger()
        self.sites = SITES
        self.state: StationTariffs = initial(STATION)
        self.said: list[StationTariffsChanged] = []
        self.answers = True
        self.seconds = 0.0
        for record in records or (station(),):
            self.reads(record)

    def reads(self, record: Record) -> list[Record]:
        self.state, outputs = step(self.state, record, references=self.references, sites=self.sites)
        self.said += [one for one in outputs if isinstance(one, StationTariffsChanged)]
        return outputs

    def goes_on(self, seconds: float = 3_600) -> None:
        """Time passes up to there: what is due happens, and commands are answered a second later."""
        for _ in range(200):
            moment = due(self.state, references=self.references, sites=self.sites)
            if moment is None or moment > at(seconds):
                return
            self.seconds = max(self.seconds, (moment - at(0)).total_seconds())
            outputs = self.reads(Due(key=STATION, at=moment, sent_at=at(self.seconds)))
            for request in outputs:
                if isinstance(request, CommandRequested) and self.answers:
                    name = type(request.command).__name__
                    members = self.charger.answers(request.command)
                    self.seconds += 1
                    self.reads(settled(request.id, seconds=self.seconds, command=name, **members))
        raise AssertionError("it never comes to rest")

    @property
    def now(self) -> StationTariffsChanged:
        return self.said[-1]

    @property
    def heard(self) -> list[str]:
        """The names of the commands that reached the charger."""
        return [type(each).__name__ for each in self.charger.heard]
