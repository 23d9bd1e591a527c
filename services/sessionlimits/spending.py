"""Spending: what sessions cost the credit of their tokens, record for record. PURE."""

from decimal import Decimal

from schemas.authorization import IdToken, token_key
from schemas.base import Record, derived_id
from schemas.billing import CdrIssued
from schemas.credits import TokenCharged, TokenSpent
from schemas.sessionlimits import SessionCosted
from schemas.tariffs import Price


def spent(cost: SessionCosted) -> list[Record]:
    """What a running session has cost its token by now."""
    token = key_of(cost.token)
    if not token:
        return []
    where = {"token": token, "session": cost.session, "station": cost.station}
    one = TokenSpent(id=derived_id(cost.id, "spent"), amount=cost.cost, currency=cost.currency, at=cost.at, **where)
    return [one]


def charged(cdr: CdrIssued) -> list[Record]:
    """What a bill takes off the credit of its token, taxes included where the tariff has them.

    A bill without a price takes nothing, and what the session cost while it ran is given back. Without a tariff nothing was taken.
    """
    token = key_of(cdr.token)
    if not token or not cdr.currency:
        return []
    total = Price(excl_vat=Decimal(0)) if cdr.costs is None else cdr.costs.total
    one = TokenCharged(
        id=derived_id(cdr.id, "charged"),
        token=token,
        session=cdr.session,
        station=cdr.station,
        cdr=cdr.id,
        amount=total.excl_vat if total.incl_vat is None else total.incl_vat,
        currency=cdr.currency,
        at=cdr.issued_at,
    )
    return [one]


def key_of(token: IdToken | None) -> str:
    """The key of a token; empty where a session has none."""
    return token_key(token.value) if token is not None else ""
