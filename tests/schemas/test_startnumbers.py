"""The transaction id of a start without one is derived from its content."""

import datetime as dt
from decimal import Decimal
from typing import Any

from schemas.authorization import IdToken
from schemas.base import ReplyTo
from schemas.startnumbers import LARGEST_NUMBER, token_key_of, transaction_number
from schemas.transactions import TransactionReported

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def start(**members: Any) -> TransactionReported:
    usual: dict[str, Any] = {
        "id": "f", "station": "A", "event": "Started", "evse": 1, "connector": 1, "token": IdToken(value="card"),
        "meter_wh": Decimal(100), "at": NOON, "received_at": NOON,
        "reply_to": ReplyTo(gateway="gw-0", epoch=1, message_id="m"),
    }  # fmt: skip
    return TransactionReported(**usual | members)


def test_a_repeated_start_has_the_same_number() -> None:
    number = transaction_number(start())

    assert number == transaction_number(start(id="other", received_at=NOON + dt.timedelta(hours=1)))
    assert 1 <= int(number) <= LARGEST_NUMBER


def test_another_start_has_another_number() -> None:
    assert len({transaction_number(start(**one)) for one in ({}, {"evse": 2}, {"meter_wh": Decimal(101)})}) == 3


def test_without_a_time_of_the_station_our_own_tells_starts_apart() -> None:
    one, other = (start(at_source="gateway", received_at=NOON + dt.timedelta(minutes=n)) for n in (0, 1))

    assert transaction_number(one) != transaction_number(other)


def test_the_key_of_a_token_ignores_its_case() -> None:
    assert token_key_of(start()) == "CARD"
    assert token_key_of(start(token=None)) == ""
