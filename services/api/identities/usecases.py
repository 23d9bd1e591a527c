"""Use cases: who stands behind a pseudonym, the export of what is known of a person, and erasure."""

from collections.abc import AsyncIterator, Awaitable, Callable
from http import HTTPStatus
from typing import Any

import msgspec

from schemas.authorization import REF_TOKENS, TokenProvisioned
from schemas.identities import REF_IDENTITIES, IdentityKept, is_pseudonym
from services.api.batteries.rows import SwapFilter
from services.api.cdrs.rows import CdrFilter
from services.api.identities.rows import Erased, Exported, Identity
from services.api.ports import Ports
from services.api.reservations.rows import ReservationFilter
from services.api.sessionlimits.rows import SessionLimitFilter
from services.api.sessions.rows import SessionFilter
from services.api.tokens.rows import CreditFilter, DecisionFilter
from services.api.tokens.usecases import remove_token, token_row
from services.api.web.problems import Problem, not_found

PAGE = 200
OFF = "Persons have no pseudonyms here: the setting identities_key_file is empty (deploy/OPERATIONS.md, personal data)."


async def identities(ports: Ports, named: str) -> tuple[str, ...]:
    """The pseudonyms of a person, the one in use first. Raises Problem: 404, and 409 where there is no vault."""
    vault = ports.identities.vault
    if not vault.is_on:
        raise Problem(HTTPStatus.CONFLICT, OFF)
    await ports.reference.caught_up()
    found = vault.identities_of(named, "token") or vault.identities_of(named, "customer")
    if not found:
        raise not_found(
            f"Nobody is kept as {named!r}. A token that nobody provisioned has a pseudonym for a month, which no one can be read from."
        )
    known_as = vault.reveal(found[0]) or ""
    every = {*vault.identities_of(known_as, "token"), *vault.identities_of(known_as, "customer")}
    return (*found, *sorted(every - set(found)))


async def identity(ports: Ports, named: str) -> Identity:
    """Who a person is. Raises Problem."""
    found = (await identities(ports, named))[0]
    record = ports.reference.get(REF_IDENTITIES, found)
    return Identity(
        identity=found,
        known_as=ports.identities.vault.reveal(found) or "",
        provisioned=_token(ports, found) is not None,
        kept_at=record.kept_at if isinstance(record, IdentityKept) else None,
    )


async def erase(ports: Ports, named: str) -> Erased:
    """Erase a person: remove the token, then the only key that its pseudonyms can be read by. Raises Problem, Outage."""
    found = await identities(ports, named)
    removed = False
    for each in found:
        if _token(ports, each) is not None:
            await remove_token(ports, each)
            removed = True
    await ports.identities.erase(found, ports.principal.name, ports.publisher)
    return Erased(identities=list(found), token_removed=removed)


async def export(ports: Ports, named: str) -> AsyncIterator[bytes]:
    """What is known of a person, a line each. Raises Problem, before the first line."""
    found = await identities(ports, named)
    who = await identity(ports, named)
    return _lines(ports, found, who)


async def _lines(ports: Ports, found: tuple[str, ...], who: Identity) -> AsyncIterator[bytes]:
    yield _line("identity", who)
    for each in found:
        token = _token(ports, each)
        if token is not None:
            yield _line("token", token_row(ports, token))
        for kind, read in _reads(ports, each):
            async for row in _rows(read):
                yield _line(kind, row)


def _reads(ports: Ports, token: str) -> tuple[tuple[str, Callable[[str | None], Awaitable[Any]]], ...]:
    reads = ports.reads
    return (
        (
            "credit-change",
            lambda at: reads.credit_changes(CreditFilter(token=token, running=True), cursor=at, limit=PAGE),
        ),
        ("authorization", lambda at: reads.decisions(DecisionFilter(token=token), cursor=at, limit=PAGE)),
        ("session", lambda at: reads.sessions(SessionFilter(token=token), cursor=at, limit=PAGE)),
        ("cdr", lambda at: reads.cdrs(CdrFilter(token=token), cursor=at, limit=PAGE)),
        ("reservation", lambda at: reads.reservations(ReservationFilter(token=token), cursor=at, limit=PAGE)),
        ("session-limit", lambda at: reads.session_limits(SessionLimitFilter(token=token), cursor=at, limit=PAGE)),
        ("battery-swap", lambda at: reads.battery_swaps(SwapFilter(token=token), cursor=at, limit=PAGE)),
    )


async def _rows(read: Callable[[str | None], Awaitable[Any]]) -> AsyncIterator[Any]:
    cursor: str | None = None
    while True:
        page = await read(cursor)
        for row in page.items:
            yield row
        cursor = page.next_cursor
        if not cursor:
            return


def _line(kind: str, content: Any) -> bytes:
    return msgspec.json.encode(Exported(kind=kind, content=content)) + b"\n"


def _token(ports: Ports, identity: str) -> TokenProvisioned | None:
    record = ports.reference.get(REF_TOKENS, identity)
    return record if isinstance(record, TokenProvisioned) and is_pseudonym(identity) else None
