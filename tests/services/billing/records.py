"""Builders: a station's facts as billing hears them, reference data, and a core that is told them."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from schemas.authorization import IdToken
from schemas.base import Due, Record
from schemas.billing import CdrIssued, StationBilling
from schemas.quantities import ENERGY_IMPORT, Reading
from schemas.routing import route
from schemas.stations import REF_STATIONS, StationProvisioned
from schemas.tariffs import REF_TARIFF_ASSIGNMENTS, REF_TARIFFS, Tariff, TariffAssigned, TariffProvisioned
from schemas.transactions import ChargingStateRecorded, MeterValuesRecorded, SessionChanged
from services.billing.core import due, initial, step
from services.billing.running import Policy
from tests.services.billing.building import LONG_AGO, component, element, tariff

R = TypeVar("R", bound=Record)

STATION = "DE-BER-0001"
T0 = dt.datetime(2026, 6, 1, 10, tzinfo=dt.UTC)
"""Noon in Berlin, a Monday."""

ENERGY = tariff(element(component("ENERGY", "0.50", vat=19)))


def after(minutes: float) -> dt.datetime:
    return T0 + dt.timedelta(minutes=minutes)


def reading(minutes: float, wh: Any, **overrides: Any) -> Reading:
    return Reading(at=after(minutes), value=Decimal(wh), **{"measurand": ENERGY_IMPORT, "unit": "Wh", **overrides})


def metered(*readings: Reading, **overrides: Any) -> MeterValuesRecorded:
    at = max(r.at for r in readings) + dt.timedelta(seconds=1)
    fields = {"id": f"m-{readings[0].at}", "station": STATION, "session": "s1", "received_at": at}
    return MeterValuesRecorded(readings=readings, **{**fields, **overrides})


def session(**overrides: Any) -> SessionChanged:
    """A session that runs from T0 on; `minutes` is the time of its newest reading."""
    minutes = overrides.pop("minutes", None)
    at = after(minutes or 0)
    fields: dict[str, Any] = {
        "id": f"c-{at}",
        "session": "s1",
        "station": STATION,
        "revision": 1,
        "transaction_id": "tx-1",
        "evse": 1,
        "connector": 1,
        "token": IdToken(value="CARD", type="ISO14443"),
        "status": "active",
        "started_at": T0,
        "last_meter_at": None if minutes is None else at,
        "changed_at": at + dt.timedelta(seconds=1),
    }
    return SessionChanged(**{**fields, **overrides})


def charging(minutes: float, state: str, **overrides: Any) -> ChargingStateRecorded:
    """What the station said of charging; told a second after it happened, unless said otherwise."""
    at = after(minutes)
    fields = {"id": f"s-{minutes}-{state}", "station": STATION, "session": "s1", "state": state, "at": at}
    return ChargingStateRecorded(**{**fields, "received_at": at + dt.timedelta(seconds=1), **overrides})


def energies(start: Any, stop: Any) -> dict[str, Decimal]:
    """A session's registers, and what it charged."""
    first, last = Decimal(start), Decimal(stop)
    return {"meter_start_wh": first, "meter_stop_wh": last, "energy_wh": last - first}


def ended(minutes: float = 60, start: Any = 1000, stop: Any = 11000, **overrides: Any) -> SessionChanged:
    fields = {"minutes": minutes, "status": "ended", "ended_at": after(minutes), **energies(start, stop)}
    return session(**{**fields, **overrides})


def provisioned(*versions: Tariff) -> TariffProvisioned:
    """A tariff with its versions, the newest first."""
    return TariffProvisioned(tariff=versions[0].tariff, current=versions[0], earlier=versions[1:])


def assigned(target: str, *tariffs: str, **overrides: Any) -> TariffAssigned:
    fields = {"target": target, "scope": "default", "tariffs": tariffs or ("t",), "assigned_at": LONG_AGO}
    return TariffAssigned(**{**fields, **overrides})


def station(**overrides: Any) -> StationProvisioned:
    fields = {"station": STATION, "site": "berlin-1", "time_zone": "Europe/Berlin", "provisioned_at": LONG_AGO}
    return StationProvisioned(**{**fields, **overrides})


def saying_at(state: StationBilling) -> dt.datetime | None:
    """When something that is decided is to be said."""
    return min((session.say_at for session in state.sessions if session.say_at is not None), default=None)


class Billing:
    """A core with its reference data; `said` is everything it issued, by `tell` what the last facts made it say."""

    def __init__(self, *known: Record, cost_every_s: float | None = None, grace_s: float = 600) -> None:
        self.references: dict[str, dict[str, Record]] = {
            topic.name: {} for topic in (REF_STATIONS, REF_TARIFFS, REF_TARIFF_ASSIGNMENTS)
        }
        self.know(*known)
        every = None if cost_every_s is None else dt.timedelta(seconds=cost_every_s)
        self.policy = Policy(ZoneInfo("Europe/Berlin"), every, dt.timedelta(seconds=grace_s))
        self.state: StationBilling = initial(STATION)
        self.said: list[Record] = []

    def know(self, *known: Record) -> None:
        for record in known:
            routed = route(record)
            self.references[routed.topic][routed.key.decode()] = record

    def tell(self, *facts: Record) -> list[Record]:
        told: list[Record] = []
        for fact in facts:
            told += self.step(fact)
            while (at := saying_at(self.state)) is not None:  # as the shell does, once the state is saved
                told += self.step(Due(key=STATION, at=at, sent_at=at))
        self.said += told
        return told

    def step(self, fact: Record) -> list[Record]:
        """One fact, and nothing of what is decided and not said yet."""
        self.state, said = step(self.state, fact, references=self.references, policy=self.policy)
        return said

    def wait(self) -> list[Record]:
        """Let the time come that the state asks for."""
        at = due(self.state)
        return [] if at is None else self.tell(Due(key=STATION, at=at, sent_at=at))

    def cdrs(self) -> list[CdrIssued]:
        return [record for record in self.said if isinstance(record, CdrIssued)]


def of(records: list[Record], kind: type[R]) -> list[R]:
    return [record for record in records if isinstance(record, kind)]


def rated(*known: Record, by: Tariff = ENERGY, **overrides: Any) -> Billing:
    """A core with one tariff for all."""
    return Billing(provisioned(by), assigned("default"), station(), *known, **overrides)


def version(of_tariff: Tariff, number: int, at: dt.datetime, **overrides: Any) -> Tariff:
    return replace(of_tariff, version=number, provisioned_at=at, **overrides)
