"""Tariff texts: adds to answers of 2.x what the driver is to be shown of the tariff (I01, I06, I08).

Each function wraps the spelling of an answer and leaves that alone where the decision says nothing of a tariff.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

import msgspec

from gateway.ocpp.spelling.alike import members
from schemas.tarifftranslation import LANGUAGE

Decide = Callable[[Any, dt.datetime], bytes]

TEXT_MOST = 512
"""Characters of a message in 2.0.1 (MessageContentType); 2.1 takes more."""

_Members = dict[str, msgspec.Raw]


def with_tariff_text(decide: Decide) -> Decide:
    """An AuthorizeResponse with the tariff in words, for stations without tariff structures (I01); a message of the token stays."""

    def decided(decision: Any, at: dt.datetime) -> bytes:
        payload = decide(decision, at)
        return _with_message(payload, decision.tariff_text) if decision.tariff_text else payload

    return decided


def with_tariff(decide: Decide) -> Decide:
    """A 2.1 AuthorizeResponse with the driver's own tariff (I08); in words where there is no structure of it."""

    def decided(decision: Any, at: dt.datetime) -> bytes:
        payload = decide(decision, at)
        if decision.tariff is None:
            return _with_message(payload, decision.tariff_text) if decision.tariff_text else payload
        whole = msgspec.json.decode(payload, type=_Members)
        return msgspec.json.encode({**whole, "tariff": members(decision.tariff)})

    return decided


def with_updated_text(decide: Decide) -> Decide:
    """A TransactionEventResponse with the tariff in words, where the driver was not shown it yet (I06)."""

    def decided(decision: Any, at: dt.datetime) -> bytes:
        payload, text = decide(decision, at), getattr(decision, "text", "")
        if not text:
            return payload
        whole = msgspec.json.decode(payload, type=_Members)
        return msgspec.json.encode({**whole, "updatedPersonalMessage": _content(text)})

    return decided


def _with_message(payload: bytes, text: str) -> bytes:
    whole = msgspec.json.decode(payload, type=_Members)
    info = msgspec.json.decode(whole["idTokenInfo"], type=_Members)
    if "personalMessage" in info:
        return payload
    return msgspec.json.encode({**whole, "idTokenInfo": {**info, "personalMessage": _content(text)}})


def _content(text: str) -> dict[str, str]:
    return {"format": "UTF8", "language": LANGUAGE, "content": text[:TEXT_MOST]}
