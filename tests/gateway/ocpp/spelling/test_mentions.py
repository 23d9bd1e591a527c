"""The transaction that a frame names is found without knowing its message."""

import pytest

from gateway.ocpp.spelling.mentions import transaction_in


@pytest.mark.parametrize(
    ("text", "transaction"),
    [
        ('[2,"1","StopTransaction",{"transactionId":-17,"meterStop":1}]', "-17"),
        ('[3,"1",{"transactionId" : 7}]', "7"),
        ('[2,"1","TransactionEvent",{"transactionInfo":{"transactionId":"tx-1"}}]', "tx-1"),
        (r'[2,"1","TransactionEvent",{"transactionInfo":{"transactionId":"a\"\u00fc"}}]', 'a"ü'),
        (r'[2,"1","DataTransfer",{"data":"{\"transactionId\":5}"}]', ""),
        ('[2,"1","Heartbeat",{}]', ""),
        ('[2,"1","StopTransaction",{"transactionId":null}]', ""),
        (r'[2,"1","CostUpdated",{"transactionId":"\ud800"}]', ""),
        ('[2,"1","StopTransaction",{"transactionId"', ""),
    ],
)
def test_the_first_transaction_is_found_by_its_member(text: str, transaction: str) -> None:
    assert transaction_in(text) == transaction
