"""Builders: one record each with one thing different, and a station whose records reach the core."""

from decimal import Decimal
from typing import Any

from schemas.authorization import IdToken
from schemas.base import Due, Record, ReplyTo
from schemas.commands import CommandRequested, CommandSettled
from schemas.payments import Address, PaymentChanged, SettlementRecorded, SettlementReported, VatNumberAsked
from schemas.states.payments import StationPayments
from schemas.transactions import RemoteStart, SessionChanged
from services.payments.core import due, initial, step
from services.payments.deciding import Receipts
from tests.services.moments import at

STATION, PSP = "DE-BER-0001", "psp-0815"
REPLY_TO = ReplyTo(gateway="gw-0", epoch=1, message_id="m1")
RECEIPTS = "https://receipts.example/{station}/{payment}?of={transaction}"
COMPANY = Address(name="ACME", address1="Road 1", city="Berlin", country="Germany")


def settled(status: str = "Settled", *, seconds: float = 100, **changes: Any) -> SettlementReported:
    given: dict[str, Any] = {
        "id": f"settlement-{status}-{seconds}",
        "station": STATION,
        "psp_ref": PSP,
        "transaction_id": "tx-1",
        "status": status,
        "amount": Decimal("12.30"),
        "settled_at": at(seconds),
        "reply_to": REPLY_TO,
        "received_at": at(seconds + 1),
    }
    return SettlementReported(**given | changes)


def recorded(status: Any = "Settled", *, seconds: float = 200, **changes: Any) -> SettlementRecorded:
    given: dict[str, Any] = {
        "id": f"recorded-{status}-{seconds}",
        "station": STATION,
        "psp_ref": PSP,
        "status": status,
        "amount": Decimal("12.30"),
        "settled_at": at(seconds),
        "recorded_by": "operator",
        "received_at": at(seconds + 1),
    }
    return SettlementRecorded(**given | changes)


def session(status: Any = "active", *, seconds: float = 10, token: str = PSP, **changes: Any) -> SessionChanged:
    given: dict[str, Any] = {
        "id": f"session-{seconds}",
        "session": "s1",
        "station": STATION,
        "revision": 1,
        "transaction_id": "tx-1",
        "evse": 2,
        "token": IdToken(value=token, type="DirectPayment"),
        "status": status,
        "started_at": at(5),
        "changed_at": at(seconds),
    }
    return SessionChanged(**given | changes)


def requested(
    command_id: str = "c1", *, seconds: float = 1, psp_ref: str = PSP, kind: str = "DirectPayment"
) -> CommandRequested:
    return CommandRequested(
        id=command_id,
        station=STATION,
        command=RemoteStart(token=psp_ref, token_type=kind, evse=2),
        requested_at=at(seconds),
        expires_at=at(seconds + 60),
        requested_by="operator",
    )


def outcome(command_id: str = "c1", word: Any = "rejected", *, seconds: float = 2, **changes: Any) -> CommandSettled:
    given: dict[str, Any] = {
        "id": f"settled-{command_id}",
        "command_id": command_id,
        "station": STATION,
        "command": "RemoteStart",
        "outcome": word,
        "settled_at": at(seconds),
    }
    return CommandSettled(**given | changes)


def vat(number: str = "DE 123.456", evse: int | None = 2) -> VatNumberAsked:
    return VatNumberAsked(
        id="vat-1", station=STATION, vat_number=number, evse=evse, reply_to=REPLY_TO, received_at=at(1)
    )


class Station:
    """A station whose records reach the core, in the order given; keeps all that the core said."""

    def __init__(self, *records: Record, receipts: str = "") -> None:
        self.state: StationPayments = initial(STATION)
        self.receipts = receipts
        self.said: list[PaymentChanged] = []
        for record in records:
            self.reads(record)

    def reads(self, record: Record) -> list[Record]:
        self.state, outputs = step(
            self.state, record, receipts=Receipts(self.receipts), companies={"DE123456": COMPANY}
        )
        self.said += [output for output in outputs if isinstance(output, PaymentChanged)]
        return outputs

    def comes_to(self, seconds: float) -> None:
        """Time passes: each `Due` comes at its time."""
        while (moment := due(self.state)) is not None and moment <= at(seconds):
            self.reads(Due(key=STATION, at=moment, sent_at=moment))

    @property
    def payments(self) -> dict[str, PaymentChanged]:
        """The newest snapshot of each payment."""
        return {change.payment: change for change in self.said}

    @property
    def one(self) -> PaymentChanged:
        (only,) = self.payments.values()
        return only
