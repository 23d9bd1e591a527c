"""Use cases of tokens: list, find, provision, remove. Routes and pages call them."""

import base64
import heapq
from http import HTTPStatus
from typing import Any

import msgspec

from schemas.authorization import REF_TOKENS, TokenProvisioned, TokenRemoved, token_key
from schemas.base import Record
from schemas.credits import TOKEN_CREDITS, TokenCreditChanged
from schemas.transactionlimits import TransactionLimit
from services.api.ports import Ports
from services.api.tokens.checks import check_token
from services.api.tokens.rows import ProvisionToken, Token, TokenCredit, TokenLimits
from services.api.web.changing import WHATEVER, Condition, changed
from services.api.web.paging import BadCursor, Page
from services.api.web.parameters import in_utc
from services.api.web.policy import owner
from services.api.web.problems import Problem, invalid, not_found

LONGEST_TOKEN = 255  # OCPP 2.1 IdTokenType; 36 in 2.0.1, 20 in 1.6


def _cursor(token: str) -> str:
    return base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")


def _behind(cursor: str) -> str:
    """The token that the next page begins behind. Raises BadCursor."""
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except ValueError as error:
        raise BadCursor(f"{cursor!r} is no cursor: take `next_cursor` of the page before") from error


def _matches(record: TokenProvisioned, wanted: str) -> bool:
    return any(wanted in text.casefold() for text in (record.token, record.label, record.group))


async def token_page(ports: Ports, *, search: str | None, cursor: str | None, limit: int) -> Page[Token]:
    """A page of tokens in order; `search`: part of token, label or group, any case. Raises BadCursor."""
    behind = _behind(cursor) if cursor is not None else ""
    wanted = (search or "").casefold()
    matching = (
        record
        for key, record in ports.reference.all(REF_TOKENS).items()
        if key > behind and isinstance(record, TokenProvisioned) and _matches(record, wanted)
    )
    found = heapq.nsmallest(limit + 1, matching, key=lambda record: record.token)
    page, more = found[:limit], len(found) > limit
    return Page(
        items=tuple(token_row(ports, record) for record in page),
        next_cursor=_cursor(page[-1].token) if more else None,
    )


async def save_token(
    ports: Ports, token: str, data: ProvisionToken, *, given: Condition = WHATEVER, dry_run: bool = False
) -> TokenProvisioned:
    """Have the operator's word on a token stand; `dry_run`: only check it. Raises Problem, Outage."""
    key = token_key(token)
    if not 1 <= len(key) <= LONGEST_TOKEN or not key.isprintable():
        raise invalid("token", f"1 to {LONGEST_TOKEN} printable characters")
    check_token(data)
    same = {name: getattr(data, name) for name in _SAME}
    record = TokenProvisioned(
        token=key,
        tenant=owner(ports.principal, data.tenant, None),
        expires_at=in_utc("expires_at", data.expires_at),
        limits=TransactionLimit(**{name: getattr(data.limits, name) for name in TokenLimits.__struct_fields__}),
        provisioned_at=ports.clock(),
        provisioned_by=ports.principal.name,
        **same,
    )

    async def made(before: Record | None) -> TokenProvisioned:
        _require_no_credit_in_another_currency(ports, record)
        known = before.tenant if isinstance(before, TokenProvisioned) else None
        return msgspec.structs.replace(record, tenant=owner(ports.principal, data.tenant, known))

    return await changed(ports, REF_TOKENS, key, made, given=given, dry_run=dry_run)


_SAME = tuple(name for name in ProvisionToken.__struct_fields__ if name not in ("expires_at", "limits", "tenant"))
"""Members that are the same in the body and in the record."""


def _require_no_credit_in_another_currency(ports: Ports, record: TokenProvisioned) -> None:
    """Raises Problem: 409, for credit in one currency is not turned into credit in another."""
    credit = credit_of(ports, record.token)
    if credit is None or not credit.balance or record.prepaid in ("", credit.currency):
        return
    sentence = f"{record.token} has a balance of {credit.balance} {credit.currency}: settle it first, by a top-up of {-credit.balance}."
    raise Problem(HTTPStatus.CONFLICT, sentence)


async def remove_token(ports: Ports, token: str, *, given: Condition = WHATEVER) -> None:
    """Forget a token. Raises Problem, Outage."""

    async def made(_: Record | None) -> TokenRemoved:
        before = known_token(ports, token)
        return TokenRemoved(
            token=before.token, removed_at=ports.clock(), removed_by=ports.principal.name, tenant=before.tenant
        )

    await changed(ports, REF_TOKENS, known_token(ports, token).token, made, given=given)


def known_token(ports: Ports, token: str) -> TokenProvisioned:
    """What is provisioned of a token. Raises Problem: 404.

    An eMAID that was provisioned before all its spellings were one token is found as it was written then, so that it can be removed.
    """
    for key in (token_key(token), token.strip().upper()):
        record = ports.reference.get(REF_TOKENS, key)
        if isinstance(record, TokenProvisioned):
            return record
    raise not_found(f"No token {token!r} is provisioned.")


def token_row(ports: Ports, record: TokenProvisioned) -> Token:
    """The record as the API gives it, with what is left of its credit."""
    made: dict[str, Any] = {"limits": limits_of(record), "credit": credit_of(ports, record.token)}
    same = {name: getattr(record, name) for name in Token.__struct_fields__ if name not in made}
    return Token(**same, **made)


def limits_of(record: TokenProvisioned) -> TokenLimits:
    """The limits of a token's sessions as the API gives them."""
    return TokenLimits(**{name: getattr(record.limits, name) for name in TokenLimits.__struct_fields__})


def credit_of(ports: Ports, token: str) -> TokenCredit | None:
    """What is left of a token's credit; None where nothing was ever put on it."""
    record = ports.reference.get(TOKEN_CREDITS, token_key(token))
    if not isinstance(record, TokenCreditChanged):
        return None
    return TokenCredit(
        currency=record.currency,
        balance=record.balance,
        running=record.running,
        left=record.balance - record.running,
        changed_at=record.changed_at,
    )
