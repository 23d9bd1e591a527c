"""Credit: what is left of a token's prepaid credit (2.1 part 2, C17). PURE.

The balance is a sum: what was put on it, less each charge detail record, which counts once by its id, so that order and repeats do not
matter. A running session takes what it costs so far beyond what was billed of it, until a newer bill replaces that.
"""

from datetime import datetime
from decimal import Decimal

from msgspec.structs import replace

from schemas.authorization import TokenState
from schemas.base import Record, derived_id
from schemas.credits import (
    CreditCause,
    CreditToppedUp,
    SessionSpending,
    TokenCharged,
    TokenCredit,
    TokenCreditChanged,
    TokenSpent,
)
from schemas.operators import DEPLOYMENT

ZERO = Decimal(0)

SESSIONS_COUNTED = 64
"""Sessions whose bills are known one by one; a bill of an older one that comes again would count again."""
BILLS_COUNTED = 24
"""Bills and credits of one session that are known by their ids."""
TOP_UPS_KNOWN = 64
ID_CHARACTERS = 12

Step = tuple[TokenState, list[Record]]


# -- what is left -----------------------------------------------------------------------------------------------------


def open_cost(spent: SessionSpending) -> Decimal:
    """What a session costs so far that is not billed."""
    if spent.running_at is None or (spent.billed_at is not None and spent.billed_at >= spent.running_at):
        return ZERO
    return max(ZERO, spent.running - spent.billed)


def most_cost(state: TokenState, session: str) -> Decimal | None:
    """What the session may cost as a whole, from its start; empty: a new one. None where the token needs no credit."""
    credit = state.credit
    if state.provisioned is None or not state.provisioned.prepaid:
        return None
    if credit is None or credit.currency != state.provisioned.prepaid:
        return ZERO
    others = sum((open_cost(each) for each in credit.spending if each.session != session), ZERO)
    billed = sum((each.billed for each in credit.spending if session and each.session == session), ZERO)
    return credit.balance - others + billed


def left_for(state: TokenState, session: str) -> Decimal | None:
    """What the session may still cost. None where the token needs no credit."""
    most = most_cost(state, session)
    if most is None or state.credit is None:
        return most
    own = next((each for each in state.credit.spending if session and each.session == session), None)
    return most if own is None else most - own.billed - open_cost(own)


# -- what changes it --------------------------------------------------------------------------------------------------


def top_up(state: TokenState, order: CreditToppedUp) -> Step:
    """Put money on the credit, or take some back, once. It may come before the token's provisioning was read."""
    credit = state.credit or TokenCredit(currency=order.currency, since=order.ordered_at)
    if order.id in credit.top_ups:
        return state, []
    counts = order.currency == credit.currency
    after = replace(credit, top_ups=(*credit.top_ups, order.id)[-TOP_UPS_KNOWN:])
    if counts:
        after = replace(after, balance=credit.balance + order.amount)
    said = _changed(
        state,
        after,
        order,
        "top-up",
        order.ordered_at,
        amount=order.amount,
        reference=order.reference,
        by=order.ordered_by,
    )
    return replace(state, credit=_counted(after)), [said]


def charge(state: TokenState, bill: TokenCharged) -> Step:
    """Take a bill off the credit, or give a credited one back, once."""
    credit, name = state.credit, bill.cdr[:ID_CHARACTERS]
    if credit is None or not _is_prepaid(state) or bill.at < credit.since:
        return state, []
    spent = _spending(credit, bill.session)
    if name in spent.cdrs:
        return state, []
    counts = bill.currency == credit.currency
    billed_at = bill.at if spent.billed_at is None else max(spent.billed_at, bill.at)
    spent = replace(spent, billed_at=billed_at, cdrs=(*spent.cdrs, name)[-BILLS_COUNTED:])
    if counts:
        spent = replace(spent, billed=spent.billed + bill.amount)
        credit = replace(credit, balance=credit.balance - bill.amount)
    after = _with_spending(credit, spent)
    said = _changed(state, after, bill, "bill", bill.at, amount=-bill.amount, session=bill.session, cdr=bill.cdr)
    return replace(state, credit=_counted(after)), [said]


def spend(state: TokenState, cost: TokenSpent) -> Step:
    """Note what a running session costs so far; the newest word counts."""
    credit = state.credit
    if credit is None or not _is_prepaid(state) or cost.currency != credit.currency or cost.at < credit.since:
        return state, []
    spent = _spending(credit, cost.session)
    if spent.running_at is not None and cost.at <= spent.running_at:
        return state, []
    before = open_cost(spent)
    spent = replace(spent, running=cost.amount, running_at=cost.at)
    after = _with_spending(credit, spent)
    if open_cost(spent) == before:
        return replace(state, credit=after), []
    said = _changed(state, after, cost, "running", cost.at, session=cost.session)
    return replace(state, credit=_counted(after)), [said]


def provision(state: TokenState, currency: str, at: datetime) -> Step:
    """The token needs credit in this currency from now on; credit in another one is void."""
    credit = state.credit
    if not currency or (credit is not None and credit.currency == currency):
        return state, []
    if credit is None:
        return replace(state, credit=TokenCredit(currency=currency, since=at)), []
    fresh = TokenCredit(currency=currency, since=at, top_ups=credit.top_ups, revision=credit.revision)
    said = TokenCreditChanged(
        id=derived_id(state.token, "credit", credit.revision + 1),
        token=state.token,
        revision=credit.revision + 1,
        currency=currency,
        balance=ZERO,
        cause="currency",
        amount=-credit.balance,
        amount_currency=credit.currency,
        changed_at=at,
        tenant=_tenant(state),
    )
    return replace(state, credit=_counted(fresh)), [said]


def _tenant(state: TokenState) -> str:
    """Whose the credit is: the token's owner's."""
    return DEPLOYMENT if state.provisioned is None else state.provisioned.tenant


def _is_prepaid(state: TokenState) -> bool:
    return state.provisioned is not None and bool(state.provisioned.prepaid)


def _spending(credit: TokenCredit, session: str) -> SessionSpending:
    return next((each for each in credit.spending if each.session == session), SessionSpending(session=session))


def _with_spending(credit: TokenCredit, spent: SessionSpending) -> TokenCredit:
    """The session's spending last; the one that nothing was heard of for longest is dropped, those with open costs last of all."""
    others = [each for each in credit.spending if each.session != spent.session]
    if len(others) >= SESSIONS_COUNTED:
        closed = next((each for each in others if not open_cost(each)), others[0])
        others.remove(closed)
    return replace(credit, spending=(*others, spent))


def _counted(credit: TokenCredit) -> TokenCredit:
    return replace(credit, revision=credit.revision + 1)


def _changed(
    state: TokenState,
    after: TokenCredit,
    cause: CreditToppedUp | TokenCharged | TokenSpent,
    why: CreditCause,
    at: datetime,
    *,
    amount: Decimal = ZERO,
    session: str = "",
    cdr: str = "",
    reference: str = "",
    by: str = "",
) -> TokenCreditChanged:
    return TokenCreditChanged(
        id=derived_id(cause.id, "credit"),
        token=cause.token,
        revision=after.revision + 1,
        currency=after.currency,
        balance=after.balance,
        running=sum((open_cost(each) for each in after.spending), ZERO),
        cause=why,
        amount=amount,
        amount_currency=cause.currency if amount else "",
        left_out=bool(amount) and cause.currency != after.currency,
        session=session,
        station="" if isinstance(cause, CreditToppedUp) else cause.station,
        cdr=cdr,
        reference=reference,
        by=by,
        changed_at=at,
        tenant=_tenant(state),
    )
