"""The wiring of `payments`: settlements are followed and answered in the worker that is shared."""

import base64
import json

import pytest

from schemas.hosting import HostState
from schemas.payments import PaymentChanged, SettlementDecided
from schemas.settings import BadSetting
from services.nouns import WORKER_OF, ServicesSettings, service_of
from services.payments.app import companies_in, receipts_of
from services.payments.settings import PaymentSettings
from tests.services.payments.records import RECEIPTS, STATION, session, settled


def test_a_payment_is_followed_and_answered_with_the_configured_receipt() -> None:
    worker = service_of(WORKER_OF["payments"], ServicesSettings(receipt_url=RECEIPTS))
    (part,) = (part for part in worker.parts if part.name == "payments")
    state, said = HostState(key=STATION), []
    for record in (session(), settled()):
        state, outputs = part.step(state, record)
        said += outputs

    assert [each.status for each in said if isinstance(each, PaymentChanged)] == ["authorized", "settled"]
    (answer,) = (each for each in said if isinstance(each, SettlementDecided))
    assert answer.receipt_url.startswith("https://receipts.example/")


def test_an_address_that_is_none_stops_the_start() -> None:
    with pytest.raises(BadSetting, match="receipt_url"):
        service_of(WORKER_OF["payments"], ServicesSettings(receipt_url="receipts/{payment}"))


ACME = {"name": "ACME", "address1": "Road 1", "city": "Berlin", "country": "Germany"}


KEY = base64.b64encode(b"k" * 64).decode()


def test_receipts_are_ours_where_there_is_a_public_address_and_a_key() -> None:
    ours = receipts_of(PaymentSettings(api_public_url="https://csms.example/", secrets_key=KEY))
    theirs = receipts_of(PaymentSettings(api_public_url="https://csms.example", secrets_key=KEY, receipt_url=RECEIPTS))

    assert ours.template == "https://csms.example/receipts/{token}"
    assert theirs.template == RECEIPTS
    assert receipts_of(PaymentSettings(api_public_url="https://csms.example")).template == ""
    assert receipts_of(PaymentSettings(secrets_key=KEY)).template == ""


def test_companies_are_known_by_their_numbers(tmp_path) -> None:
    path = tmp_path / "companies.json"
    path.write_text(json.dumps({"DE 123": ACME}))

    assert companies_in(str(path))["DE123"].name == "ACME"
    assert companies_in("") == {}


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"DE1": {"name": "ACME"}})])
def test_a_file_that_cannot_be_used_stops_the_start(tmp_path, content) -> None:
    path = tmp_path / "companies.json"
    path.write_text(content)

    with pytest.raises(BadSetting, match="vat_companies_file"):
        companies_in(str(path))


def test_a_file_that_is_not_there_stops_the_start() -> None:
    with pytest.raises(BadSetting, match="cannot be read"):
        companies_in("/nowhere/companies.json")
