"""Which commands ask for an answer in parts, by which number."""

import msgspec
import pytest

from schemas.reports import ASKED_BY
from services.reports.asking import asked_in, brings
from tests.services.reports.records import asked, raw


@pytest.mark.parametrize(("action", "message"), ASKED_BY.items())
def test_a_raw_command_asks_by_the_number_in_its_payload(action: str, message: str) -> None:
    request = raw("c1", action, msgspec.Raw(b'{"report":true,"requestId":41}'))
    found = asked_in(request)

    assert found is not None
    assert (found.message, found.request_id, found.command_id) == (message, 41, "c1")
    assert brings(request.command) == message


@pytest.mark.parametrize("payload", [b"{}", b'{"requestId":"1"}', b"[]", b"{", b'{"requestId":1.5}'])
def test_a_payload_without_a_number_is_refused_by_the_gateway_and_asks_for_nothing(payload: bytes) -> None:
    assert asked_in(raw("c1", "GetReport", msgspec.Raw(payload))) is None


def test_any_other_action_asks_for_nothing() -> None:
    assert asked_in(raw("c1", "Reset", msgspec.Raw(b'{"requestId":1}'))) is None
    assert brings(asked().command) == "NotifyReport"
