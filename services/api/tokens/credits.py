"""Use cases of prepaid credit: what is left on a token, and money put on it. Routes and pages call them."""

import asyncio
from decimal import Decimal
from http import HTTPStatus

import msgspec

from schemas.authorization import token_key
from schemas.base import derived_id
from schemas.credits import TOKEN_CREDITS, CreditToppedUp, TokenCreditChanged
from schemas.transactionlimits import MOST_COST
from services.api.ports import Ports
from services.api.tokens.rows import TokenCredit, TopUp
from services.api.tokens.usecases import credit_of, known_token
from services.api.web.problems import Problem, invalid

LOOK_EVERY_S = 0.02
MOST_DECIMALS = 4
KEY_CHARACTERS = 255


class ToppedUp(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a top-up: the credit, and whether it has the money already."""

    credit: TokenCredit
    applied: bool


async def top_up(ports: Ports, token: str, data: TopUp, *, key: str | None = None) -> ToppedUp:
    """Put money on a token's credit, once for each `key`. Raises Problem: 404, 409 where it needs none, 422; Outage."""
    await ports.reference.caught_up()
    record = known_token(ports, token)
    if not record.prepaid:
        raise Problem(
            HTTPStatus.CONFLICT, f"{record.token} is not prepaid: say first in which currency it is (`prepaid`)."
        )
    if data.currency != record.prepaid:
        raise invalid("currency", f"the credit of this token is in {record.prepaid}")
    _check_amount(data.amount)
    if key is not None and not 1 <= len(key) <= KEY_CHARACTERS:
        raise invalid("Idempotency-Key", f"1 to {KEY_CHARACTERS} characters")
    order = CreditToppedUp(
        id=ports.new_id() if key is None else derived_id("top-up", record.token, key),
        token=record.token,
        amount=data.amount,
        currency=data.currency,
        reference=data.reference.strip(),
        ordered_by=ports.principal.name,
        ordered_at=ports.clock(),
        tenant=record.tenant,
    )
    before = _revision(ports, record.token)
    await ports.publisher.publish(order)
    return await _shown(ports, record.token, before)


def _check_amount(amount: Decimal) -> None:
    """Raises Problem for what is no amount of money."""
    if not amount.is_finite() or not 0 < abs(amount) <= MOST_COST:
        raise invalid("amount", f"not 0, from {-MOST_COST} to {MOST_COST}")
    if amount != round(amount, MOST_DECIMALS):
        raise invalid("amount", f"{MOST_DECIMALS} decimals at most")


async def _shown(ports: Ports, token: str, before: int) -> ToppedUp:
    """Wait until the credit has changed, at most `order_wait_s`; a top-up that was known changes nothing."""
    loop = asyncio.get_running_loop()
    until = loop.time() + ports.config.order_wait_s
    while True:
        applied, shown = _revision(ports, token) > before, credit_of(ports, token)
        if shown is not None and (applied or loop.time() >= until):
            return ToppedUp(credit=shown, applied=applied)
        if loop.time() >= until:
            nothing = Decimal(0)
            currency = known_token(ports, token).prepaid
            empty = TokenCredit(
                currency=currency, balance=nothing, running=nothing, left=nothing, changed_at=ports.clock()
            )
            return ToppedUp(credit=empty, applied=False)
        await asyncio.sleep(LOOK_EVERY_S)


def _revision(ports: Ports, token: str) -> int:
    record = ports.reference.get(TOKEN_CREDITS, token_key(token))
    return record.revision if isinstance(record, TokenCreditChanged) else 0
