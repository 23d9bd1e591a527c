"""Builders: one fact with one thing different, and a station that tells its facts to the core."""

import datetime as dt
from decimal import Decimal
from typing import Any, TypeVar

import msgspec

from schemas.authorization import AuthorizationRequested, IdToken
from schemas.base import Record, ReplyTo
from schemas.commands import CommandSettled
from schemas.quantities import ENERGY_IMPORT, MeterValue, Reading, SampledValue
from schemas.states.transactions import StationTransactions
from schemas.stations import ConnectorStatusReported, StationBooted, StationConnected, StationDisconnected
from schemas.transactions import (
    MeterValueQuarantined,
    MeterValuesRecorded,
    MeterValuesReported,
    SessionChanged,
    TransactionDecided,
    TransactionReported,
)
from services.transactions.core import Policy, initial, step

T0 = dt.datetime(2026, 3, 29, 10, 0, tzinfo=dt.UTC)
R = TypeVar("R", bound=Record)


def after(minutes: float) -> dt.datetime:
    return T0 + dt.timedelta(minutes=minutes)


def sample(value: Any = "1000", **overrides: Any) -> SampledValue:
    return SampledValue(value=None if value is None else Decimal(value), **overrides)


def meter(minutes: float, *samples: SampledValue | str | int) -> MeterValue:
    values = tuple(s if isinstance(s, SampledValue) else sample(s) for s in samples)
    return MeterValue(at=after(minutes), samples=values)


def reported(message: str = "m1", **overrides: Any) -> TransactionReported:
    """A 2.x event; `overrides` may give `minutes` for the station's time."""
    at = after(overrides.pop("minutes", 0))
    fields: dict[str, Any] = {
        "id": f"id-{message}",
        "station": "S1",
        "event": "Started",
        "transaction_id": "tx-1",
        "seq_no": 0,
        "evse": 1,
        "connector": 1,
        "at": at,
        "reply_to": ReplyTo(gateway="gw-0", epoch=1, message_id=message),
        "received_at": overrides.get("at", at) + dt.timedelta(seconds=1),
    }
    return TransactionReported(**{**fields, **overrides})


def started(message: str = "m1", **overrides: Any) -> TransactionReported:
    return reported(message, **{"token": IdToken(value="CARD", type="ISO14443"), **overrides})


def updated(message: str = "m2", **overrides: Any) -> TransactionReported:
    return reported(message, **{"event": "Updated", "seq_no": 1, "minutes": 5, **overrides})


def ended(message: str = "m3", **overrides: Any) -> TransactionReported:
    return reported(message, **{"event": "Ended", "seq_no": 1, "minutes": 30, **overrides})


def start_16(message: str = "m1", **overrides: Any) -> TransactionReported:
    fields = {"transaction_id": None, "seq_no": None, "meter_wh": Decimal(1000), "token": IdToken(value="CARD")}
    return reported(message, **{**fields, **overrides})


def stop_16(message: str = "m3", **overrides: Any) -> TransactionReported:
    fields = {"event": "Ended", "seq_no": None, "evse": None, "connector": None, "minutes": 30}
    return reported(message, **{**fields, "meter_wh": Decimal(6000), **overrides})


def metered(*values: MeterValue, message: str = "mv", **overrides: Any) -> MeterValuesReported:
    fields: dict[str, Any] = {"id": f"id-{message}", "station": "S1", "evse": 1, "received_at": after(60)}
    return MeterValuesReported(**{**fields, "meter_values": values, **overrides})


class Station:
    """A station whose facts reach the core; keeps all that the core said."""

    def __init__(self, *facts: Record, answer_total_cost: bool = False) -> None:
        self.policy = Policy(answer_total_cost=answer_total_cost)
        self.state: StationTransactions = initial("S1")
        self.said: list[Record] = []
        for fact in facts:
            self.tells(fact)

    def tells(self, fact: Any) -> list[Record]:
        self.state, outputs = step(self.state, fact, self.policy)
        self.said += outputs
        return outputs

    def all(self, kind: type[R]) -> list[R]:
        return [record for record in self.said if isinstance(record, kind)]

    @property
    def sessions(self) -> dict[str, SessionChanged]:
        """The newest snapshot of each session."""
        return {change.session: change for change in self.all(SessionChanged)}

    @property
    def session(self) -> SessionChanged:
        """The newest snapshot of the only session."""
        (only,) = self.sessions.values()
        return only

    @property
    def readings(self) -> list[Reading]:
        return [reading for record in self.all(MeterValuesRecorded) for reading in record.readings]

    @property
    def registers(self) -> list[Decimal]:
        return [r.value for r in self.readings if r.measurand == ENERGY_IMPORT and not r.phase]

    @property
    def quarantined(self) -> list[str]:
        return [record.reason for record in self.all(MeterValueQuarantined)]


def answers(outputs: list[Record]) -> list[TransactionDecided | AuthorizationRequested]:
    return [record for record in outputs if isinstance(record, TransactionDecided | AuthorizationRequested)]


def number_of(station: Station) -> str:
    """The transaction id that the core gave or heard last."""
    return station.all(SessionChanged)[-1].transaction_id


def status_16(word: str, minutes: float, **overrides: Any) -> ConnectorStatusReported:
    """A 1.6 StatusNotification, at the station's time, heard a second later."""
    common = {"Available": "Available", "Reserved": "Reserved", "Unavailable": "Unavailable", "Faulted": "Faulted"}
    fields: dict[str, Any] = {"status": common.get(word, "Occupied"), "detail": word}
    return status(minutes, **{**fields, **overrides})


def status(minutes: float, **overrides: Any) -> ConnectorStatusReported:
    """A StatusNotification of EVSE 1, connector 1."""
    fields: dict[str, Any] = {
        "id": f"status-{minutes}-{overrides.get('evse', 1)}",
        "station": "S1",
        "evse": 1,
        "connector": 1,
        "status": "Available",
        "at": after(minutes),
        "received_at": after(minutes) + dt.timedelta(seconds=1),
    }
    return ConnectorStatusReported(**{**fields, **overrides})


def booted(minutes: float, **overrides: Any) -> StationBooted:
    """A boot, by our clock, on the connection of `epoch`."""
    reply_to = ReplyTo(gateway="gw-0", epoch=overrides.pop("epoch", 2), message_id="boot")
    fields: dict[str, Any] = {"id": f"boot-{minutes}", "station": "S1", "version": "1.6", "reply_to": reply_to}
    return StationBooted(**{**fields, "received_at": after(minutes), **overrides})


def connected(minutes: float, epoch: int) -> StationConnected:
    """A connection begins."""
    where: dict[str, Any] = {"station": "S1", "gateway": "gw-0", "epoch": epoch, "version": "1.6"}
    return StationConnected(id=f"connected-{epoch}", at=after(minutes), **where)


def disconnected(minutes: float, epoch: int) -> StationDisconnected:
    """A connection ends."""
    return StationDisconnected(id=f"disconnected-{epoch}", station="S1", gateway="gw-0", epoch=epoch, at=after(minutes))


def stop_settled(number: str, minutes: float, **overrides: Any) -> CommandSettled:
    """The outcome of a remote stop; refused by the station unless told otherwise."""
    fields: dict[str, Any] = {
        "id": f"settled-{minutes}",
        "command_id": "c1",
        "station": "S1",
        "outcome": "rejected",
        "stopped_transaction": number,
        "response": msgspec.Raw(b'{"status":"Rejected"}'),
        "settled_at": after(minutes),
    }
    return CommandSettled(**{**fields, **overrides})
