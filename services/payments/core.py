"""Payments: what is known of each is kept as it came, the newest of each kind, and what it is follows from that. PURE.

A payment is known by its reference, which is the token of its session (C18.FR.06, C24.FR.01). In whatever order starts, sessions and
settlements are read, the end is the same. Every settlement is answered, also a repeated one.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

import msgspec
from msgspec.structs import replace

from schemas.base import Due, Poison, Record, ReplyTo
from schemas.commands import CommandCancelled, CommandRequested, CommandSettled
from schemas.facts import FactReported
from schemas.payments import (
    DIRECT_PAYMENT,
    ENDED,
    LONGEST_REFERENCE,
    PaymentChanged,
    PaymentStatus,
    SettlementRecorded,
    SettlementReported,
    VatNumberAsked,
    payment_of,
)
from schemas.states.payments import Asked, AuthorizedAmount, Payment, StationPayments, Used
from schemas.transactions import RemoteStart, SessionChanged
from services.following.remembering import ANY_TIME
from services.following.snapshots import revised
from services.payments.deciding import (
    NO_RECEIPTS,
    Companies,
    Receipts,
    Settlement,
    receipt_of,
    settlement_decided,
    vat_decided,
)

Step = tuple[StationPayments, list[Record]]

KEPT_MOST = 200
"""Payments of one station that are followed; the newest stay. ClickHouse has them all."""
REFUSALS_MOST = 20
FORGOTTEN_AFTER = timedelta(days=1)
"""So long after its end a payment is followed: its session may be reported late. One that is owed is followed until it is crowded out."""

START = str(RemoteStart.__struct_config__.tag)

STATUSES: dict[str, PaymentStatus] = {
    "settled": "settled",
    "canceled": "cancelled",
    "cancelled": "cancelled",
    "rejected": "rejected",
    "failed": "failed",
}
"""What becomes of a payment by the station's word (PaymentStatusEnumType), without case; a word that is none of these is a failure."""

NO_COMPANIES: Companies = {}
NOWHERE = ReplyTo(gateway="", epoch=0, message_id="")


def initial(key: str) -> StationPayments:
    """A station without payments."""
    return StationPayments(station=key)


def due(state: StationPayments) -> datetime | None:
    """When the next payment that has ended is forgotten."""
    return min((at for one in state.payments if (at := _forgotten_at(one)) is not None), default=None)


def step(  # noqa: PLR0911 a flat match over the records
    state: StationPayments, record: Record, *, receipts: Receipts = NO_RECEIPTS, companies: Companies = NO_COMPANIES
) -> Step:
    """Remember what a record says, publish the payment that it changes, and answer what is asked."""
    match record:
        case SettlementReported():
            after, said = _with(state, record.psp_ref, record.received_at, lambda one: _settle(one, record), receipts)
            return after, [*said, settlement_decided(record, receipts)]
        case SettlementRecorded():
            return _with(state, record.psp_ref, record.received_at, lambda one: _settle_outside(one, record), receipts)
        case VatNumberAsked():
            return state, [vat_decided(record, companies)]
        case SessionChanged():
            return _session(state, record, receipts)
        case CommandRequested(command=RemoteStart(token_type="DirectPayment")):
            return _requested(state, record, receipts)
        case CommandSettled() if record.command == START:
            return _refused(state, record, receipts)
        case Due():
            kept = tuple(one for one in state.payments if (at := _forgotten_at(one)) is None or at > record.at)
            return (state if len(kept) == len(state.payments) else replace(state, payments=kept)), []
        case CommandRequested() | CommandCancelled() | CommandSettled() | FactReported():
            return state, []
    raise Poison(f"payments has no use for a {type(record).__name__}")


def comparable(state: StationPayments) -> StationPayments:
    """The state without what the order of reading between its topics decides: how often, and when, something was published."""
    plain = (
        replace(one, touched_at=ANY_TIME, said=one.said and replace(one.said, id="", revision=0, changed_at=ANY_TIME))
        for one in state.payments
    )
    payments = tuple(sorted(plain, key=lambda one: one.psp_ref.casefold()))
    return replace(state, payments=payments, refusals=tuple(sorted(state.refusals, key=msgspec.json.encode)))


# -- what is remembered -----------------------------------------------------------------------------------------------


def _settle(one: Payment, record: SettlementReported) -> Payment:
    """The latest settlement counts: a failed one may have been tried again (C22)."""
    known = one.settlement
    if known is not None and _order(known) >= _order(record):
        return one
    plain = replace(record, id="", reply_to=NOWHERE, received_at=record.settled_at, deviations=(), further={})
    return replace(one, settlement=plain)


def _settle_outside(one: Payment, record: SettlementRecorded) -> Payment:
    """What was settled outside, beside what the station said."""
    if one.outside is not None and _order(one.outside) >= _order(record):
        return one
    return replace(one, outside=replace(record, id="", received_at=record.settled_at))


def _newest(one: Payment) -> Settlement | None:
    """The settlement that counts: the newer one of the station's and of that outside."""
    told = [each for each in (one.settlement, one.outside) if each is not None]
    return max(told, key=_order, default=None)


def _order(record: Settlement) -> tuple[datetime, str, str]:
    return record.settled_at, record.status, str(record.amount)


def _session(state: StationPayments, session: SessionChanged, receipts: Receipts) -> Step:
    token = session.token
    if token is None or token.type != DIRECT_PAYMENT or not 0 < len(token.value) <= LONGEST_REFERENCE:
        return state, []
    used = Used(
        session=session.session,
        transaction_id=session.transaction_id,
        evse=session.evse,
        started_at=session.started_at,
        **_amounts(session),
    )

    def noted(one: Payment) -> Payment:
        known = one.used
        if known is not None and (known.started_at, known.session) > (used.started_at, used.session):
            return one
        now = used if known is None or known.session != used.session else _with_amounts(used, known)
        return one if known == now else replace(one, used=now)

    return _with(state, token.value, session.changed_at, noted, receipts)


def _amounts(session: SessionChanged) -> dict[str, AuthorizedAmount]:
    """What the session may cost: by what its terminal said it keeps to (C18, C23), else by what it is limited to (C24, C25)."""
    kept = session.station_limit.max_cost
    amount = session.limit.max_cost if kept is None else kept
    if amount is None:
        return {}
    authorized = AuthorizedAmount(amount=amount, at=session.changed_at)
    return {"first": authorized, "last": authorized}


def _with_amounts(used: Used, known: Used) -> Used:
    """The oldest and the newest amount of both; one that only stays as it was keeps its time, so that nothing is saved for it."""
    if used.last is None or known.first is None or known.last is None:
        return used if used.last is not None else replace(used, first=known.first, last=known.last)
    stays = used.last.amount == known.last.amount and used.last.at >= known.last.at
    newest = known.last if stays else max(known.last, used.last, key=_as_of)
    return replace(used, first=min(known.first, used.last, key=_as_of), last=newest)


def _as_of(authorized: AuthorizedAmount) -> datetime:
    return authorized.at


def _requested(state: StationPayments, request: CommandRequested, receipts: Receipts) -> Step:
    assert isinstance(request.command, RemoteStart)
    refused = next((each.refused for each in state.refusals if each.command_id == request.id), "")
    asked = Asked(
        command_id=request.id,
        evse=request.command.evse,
        requested_by=request.requested_by,
        at=request.requested_at,
        refused=refused,
    )

    def noted(one: Payment) -> Payment:
        known = one.asked
        if known is not None and (known.at, known.command_id) >= (asked.at, asked.command_id):
            return one
        return replace(one, asked=asked)

    return _with(state, request.command.token, request.requested_at, noted, receipts)


def _refused(state: StationPayments, outcome: CommandSettled, receipts: Receipts) -> Step:
    """A start that the station did not take; one whose request was not read yet is remembered until it is."""
    if outcome.outcome == "accepted":
        return state, []
    word = outcome.detail or outcome.error_code or outcome.outcome.replace("_", " ")
    for one in state.payments:
        if one.asked is not None and one.asked.command_id == outcome.command_id:
            return _with(state, one.psp_ref, outcome.settled_at, _refusing(replace(one.asked, refused=word)), receipts)
    if any(each.command_id == outcome.command_id for each in state.refusals):
        return state, []
    refusal = Asked(command_id=outcome.command_id, at=outcome.settled_at, refused=word)
    return replace(state, refusals=(*state.refusals, refusal)[-REFUSALS_MOST:]), []


def _refusing(asked: Asked) -> Callable[[Payment], Payment]:
    return lambda kept: replace(kept, asked=asked)


def _with(
    state: StationPayments, psp_ref: str, at: datetime, change: Callable[[Payment], Payment], receipts: Receipts
) -> Step:
    """The state with what changes of a payment, and the payment as a whole where it is another one then."""
    key = psp_ref.casefold()
    before = next((one for one in state.payments if one.psp_ref.casefold() == key), None)
    one = change(before or Payment(psp_ref=psp_ref, touched_at=at))
    if one == before:
        return state, []
    one = replace(one, touched_at=max(one.touched_at, at), psp_ref=_spelled(one))
    one, said = _said(state.station, one, at, receipts)
    others = tuple(each for each in state.payments if each is not before)
    return replace(state, payments=(*others, one)[-KEPT_MOST:]), said


def _spelled(one: Payment) -> str:
    """The reference as the newest settlement spells it, else as it came first."""
    newest = _newest(one)
    return one.psp_ref if newest is None else newest.psp_ref


# -- what is published ------------------------------------------------------------------------------------------------


def _said(station: str, one: Payment, at: datetime, receipts: Receipts) -> tuple[Payment, list[Record]]:
    now = _whole(station, one, receipts)
    fresh = revised(one.said, now, at, now.payment, "payment-changed")
    return (one, []) if fresh is None else (replace(one, said=fresh), [fresh])


def _whole(station: str, one: Payment, receipts: Receipts) -> PaymentChanged:
    status, detail = _standing(one)
    settlement, used, asked = _newest(one), one.used, one.asked
    reported = one.settlement
    moments = (
        used.started_at if used else None,
        asked.at if asked else None,
        settlement.settled_at if settlement else None,
    )
    ours = "" if settlement is None else receipt_of(settlement, receipts)
    return PaymentChanged(
        id="",
        payment=payment_of(station, one.psp_ref),
        station=station,
        revision=0,
        psp_ref=one.psp_ref,
        status=status,
        detail=detail,
        evse=used.evse if used else asked.evse if asked else None,
        session=used.session if used else "",
        transaction_id=(used and used.transaction_id) or (reported and reported.transaction_id) or "",
        command_id=asked.command_id if asked else "",
        requested_by=asked.requested_by if asked else "",
        started_at=min(at for at in moments if at is not None),
        amount=settlement.amount if settlement else None,
        settled_at=settlement.settled_at if settlement else None,
        receipt_id=payment_of(station, one.psp_ref) if ours else settlement.receipt_id if settlement else "",
        receipt_url=ours or (settlement.receipt_url if settlement else ""),
        receipt_by_us=bool(ours),
        vat_number=reported.vat_number if reported else "",
        vat_company=reported.vat_company if reported else None,
        changed_at=ANY_TIME,
        authorized_amount=used.last.amount if used and used.last else None,
        first_authorized_amount=used.first.amount if used and used.first else None,
        settled_by=one.outside.recorded_by if one.outside is not None and settlement is one.outside else "",
    )


def _standing(one: Payment) -> tuple[PaymentStatus, str]:
    """What a payment is by all that is known of it, and the station's word for it."""
    if (settlement := _newest(one)) is not None:
        word = settlement.status
        status = STATUSES.get(word.casefold(), "failed")
        return status, settlement.info or ("" if word.casefold() in STATUSES else word)
    if one.used is not None:
        return "authorized", ""
    if one.asked is not None and one.asked.refused:
        return "not-started", one.asked.refused
    return "requested", ""


def _forgotten_at(one: Payment) -> datetime | None:
    return one.touched_at + FORGOTTEN_AFTER if _standing(one)[0] in ENDED else None
