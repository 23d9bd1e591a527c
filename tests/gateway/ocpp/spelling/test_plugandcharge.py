"""Messages of 2.0.1 inside DataTransfer of 1.6."""

from types import SimpleNamespace
from typing import Any

import pytest

from gateway.ocpp.spelling.plugandcharge import VENDOR, Inner, inside, wrapped


def wire(**given: Any) -> Any:
    return SimpleNamespace(**{"vendorId": VENDOR, "messageId": "GetCertificateStatus", "data": "{}"} | given)


def test_the_message_id_names_the_action_and_data_is_its_payload() -> None:
    assert inside(wire(data='{"a":1}')) == Inner("GetCertificateStatus", b'{"a":1}')
    assert inside(wire(data={"a": 1}, vendorId=VENDOR.upper())) == Inner("GetCertificateStatus", b'{"a":1}')


@pytest.mark.parametrize("other", [{"vendorId": "Others"}, {"messageId": "Reset"}, {"messageId": None}])
def test_other_transfers_have_none_inside(other: dict[str, Any]) -> None:
    assert inside(wire(**other)) is None


def test_an_answer_is_a_text_inside_data() -> None:
    assert wrapped(b'{"status":"Failed"}') == b'{"status":"Accepted","data":"{\\"status\\":\\"Failed\\"}"}'
