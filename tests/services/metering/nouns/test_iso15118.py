"""Requests for ISO 15118 in ClickHouse: the certificates are a text of JSON."""

import json

from schemas.iso15118 import Iso15118Answered
from services.metering.nouns.iso15118 import NOUN
from tests.services.api.iso15118.given import a_contract, answered


def test_certificates_are_a_text_of_json() -> None:
    (table,) = NOUN.tables
    records = [answered(), a_contract(remaining=2), a_contract(remaining=None)]
    columns = dict(zip(table.columns, table.fills[Iso15118Answered](records), strict=True))

    assert json.loads(columns["found"][0])[0]["name"]["serial_number"] == "1f"
    assert list(columns["found"])[1:] == ["[]"] * 2
    assert list(columns["remaining"]) == [None, 2, None]
