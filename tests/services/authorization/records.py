"""Builders: one record each, every member with a default, one override to tell what a test is about."""

from decimal import Decimal
from typing import Any

from schemas.authorization import (
    AuthorizationRequested,
    IdToken,
    TokenProvisioned,
    TokenRemoved,
    TokenSessionEnded,
    TokenSessionStarted,
)
from schemas.base import ReplyTo
from schemas.credits import CreditToppedUp, TokenCharged, TokenSpent
from tests.services.moments import at

TOKEN = "04A2B3C4D5"
TRANSACTION = {"session": "s1", "transaction_id": "77"}


def asked(*, seconds: float = 10, value: str = TOKEN, **changes: Any) -> AuthorizationRequested:
    return AuthorizationRequested(
        **{
            "id": f"asked-{seconds}-{changes.get('session', '')}",
            "token": TOKEN,
            "id_token": IdToken(value=value, type="ISO14443"),
            "station": "DE-BER-0001",
            "reply_to": ReplyTo(gateway="gw-0", epoch=1, message_id="m1"),
            "received_at": at(seconds),
        }
        | changes
    )


def provisioned(*, seconds: float = 0, **changes: Any) -> TokenProvisioned:
    return TokenProvisioned(**{"token": TOKEN, "provisioned_at": at(seconds)} | changes)


def removed(*, seconds: float = 5) -> TokenRemoved:
    return TokenRemoved(token=TOKEN, removed_at=at(seconds))


def started(session: str, *, seconds: float = 1, token: str = TOKEN) -> TokenSessionStarted:
    return TokenSessionStarted(id=f"started-{session}", token=token, session=session, station="X", at=at(seconds))


def ended(session: str, *, seconds: float = 2) -> TokenSessionEnded:
    return TokenSessionEnded(id=f"ended-{session}", token=TOKEN, session=session, station="X", at=at(seconds))


def topped_up(amount: str = "20", *, seconds: float = 1, **changes: Any) -> CreditToppedUp:
    return CreditToppedUp(
        **{
            "id": f"top-up-{seconds}-{amount}",
            "token": TOKEN,
            "amount": Decimal(amount),
            "currency": "EUR",
            "ordered_at": at(seconds),
        }
        | changes
    )


def charged(amount: str, *, session: str = "s1", cdr: str = "", seconds: float = 5, **changes: Any) -> TokenCharged:
    cdr = cdr or f"{session}-{amount}-{seconds}"
    return TokenCharged(
        **{
            "id": f"charged-{cdr}",
            "token": TOKEN,
            "session": session,
            "station": "X",
            "cdr": cdr,
            "amount": Decimal(amount),
            "currency": "EUR",
            "at": at(seconds),
        }
        | changes
    )


def spent(amount: str, *, session: str = "s1", seconds: float = 3, **changes: Any) -> TokenSpent:
    return TokenSpent(
        **{
            "id": f"spent-{session}-{seconds}",
            "token": TOKEN,
            "session": session,
            "station": "X",
            "amount": Decimal(amount),
            "currency": "EUR",
            "at": at(seconds),
        }
        | changes
    )
