"""Vehicles: those at a simulated station that tell their needs by ISO 15118, one at each EVSE at most."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from loadtest.ocpp.messages import AnyFact, Authorized, Message, Transaction
from loadtest.ocpp.needs2x import Car, needs, tells


class Bay(Protocol):
    """What is asked of an EVSE."""

    def car(self) -> Car: ...


class Vehicles:
    """The transactions whose EVs have told their needs: one in so many, 0 for none."""

    def __init__(self, *, one_in: int) -> None:
        self._one_in = one_in
        self._telling: dict[int, str] = {}

    @property
    def telling(self) -> frozenset[str]:
        """Transactions whose EVs say how they mean to charge once they have a profile."""
        return frozenset(self._telling.values())

    def told(self, fact: AnyFact, transaction: Transaction, bays: Sequence[Bay], at: datetime) -> Message | None:
        """What an EV needs, once its driver is let in; not while nobody hears it."""
        number = transaction.transaction_id
        if not isinstance(fact, Authorized) or fact.offline or number is None or not tells(number, self._one_in):
            return None
        self._telling[transaction.evse] = number
        return needs(bays[transaction.evse - 1].car(), transaction, at)
