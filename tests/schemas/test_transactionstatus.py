"""A question for the status of a transaction: which one, and what a station may answer."""

import msgspec

from schemas.transactions import RemoteStop
from schemas.transactionstatus import GetTransactionStatus, TransactionStatusSaid


def test_a_command_names_the_transaction_that_it_ends_or_asks_for() -> None:
    stop, query = RemoteStop(transaction_id="7"), GetTransactionStatus(transaction_id="7")

    assert (stop.stops, stop.queries) == ("7", "")
    assert (query.stops, query.queries) == ("", "7")


def test_a_station_may_leave_open_whether_a_transaction_goes_on() -> None:
    said = msgspec.json.decode(b'{"messagesInQueue":true,"vendor":1}', type=TransactionStatusSaid)

    assert (said.ongoing, said.waits) == (None, True)
