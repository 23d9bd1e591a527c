"""Messages kept as they came: whole, vendor data too."""

import json

import msgspec
from msgspec.structs import replace

from schemas.datatransfer import DataTransferred
from schemas.examples import example
from schemas.facts import FactReported
from tests.services.metering.rowsof import row_of


def test_a_message_is_kept_with_its_payload_to_the_letter() -> None:
    payload = msgspec.Raw(b'{"status":"Downloading","requestId":1}')

    row = row_of(replace(example(FactReported), noun="firmware", payload=payload), "facts")

    assert (row["noun"], row["payload"]) == ("firmware", '{"status":"Downloading","requestId":1}')


def test_data_of_a_vendor_is_a_message_of_its_own_noun_with_members_that_nobody_knows() -> None:
    told = replace(
        example(DataTransferred),
        vendor_id="com.example",
        message_id="Started",
        data=msgspec.Raw(b'{"a":[1]}'),
        further={"customData": msgspec.Raw(b"7")},
    )

    row = row_of(told, "facts")

    assert (row["noun"], row["action"], row["version"]) == ("data-transfers", "DataTransfer", "")
    assert json.loads(str(row["payload"])) == {
        "vendorId": "com.example",
        "messageId": "Started",
        "data": {"a": [1]},
        "customData": 7,
    }
