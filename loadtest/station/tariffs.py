"""The tariffs of a simulated station: its default ones, and what each transaction has cost by its own so far (2.1, I07 to I12)."""

from collections.abc import Mapping

from msgspec.structs import replace

from loadtest.ocpp.costs21 import Book
from loadtest.ocpp.messages import AnyFact, Ended, Payload, Started, Transaction


class Tariffs:
    """By EVSE: the default tariff, and the tariff and the book of what runs there."""

    def __init__(self, of_factory: Payload | None, evses: int) -> None:
        self.kept: Mapping[int, Payload] = {} if of_factory is None else dict.fromkeys(range(1, evses + 1), of_factory)
        self._chosen: dict[int, Payload] = {}
        self._books: dict[int, Book] = {}

    def change(self, evse: int, tariff: Payload) -> None:
        """What runs at an EVSE goes on by another tariff."""
        self._chosen[evse] = tariff

    def priced(self, fact: AnyFact, transaction: Transaction) -> AnyFact:
        """The fact with what the station says of tariff and cost; a transaction keeps the tariff with which it began."""
        evse = transaction.evse
        if isinstance(fact, Started):
            self._books[evse] = Book()
            self._chosen.pop(evse, None)
            if evse in self.kept:
                self._chosen[evse] = self.kept[evse]
        book = self._books.setdefault(evse, Book())
        known = len(book.stretches)
        book.note(fact, self._chosen.get(evse))
        if len(book.stretches) > known:
            fact = replace(fact, tariff_id=str(book.stretches[-1].tariff["tariffId"]))
        return replace(fact, cost_details=book.details()) if isinstance(fact, Ended) else fact
