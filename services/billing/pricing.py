"""Pricing: prices and costs on the displays of 1.6 stations, as California asks for them: at the start, while it runs, at the end. PURE.

It stands around the core, whose bills are the same with it or without. A station that knows no such messages (2.x, or a 1.6 station that
says so) is left in peace for some days.
"""

from datetime import timedelta
from decimal import Decimal

from msgspec.structs import replace

from schemas.base import Record, Timestamp, derived_id
from schemas.billing import BilledSession, CdrIssued, StationBilling
from schemas.commands import CommandRequested, CommandSettled
from schemas.pricemessages import ShowFinalCost, ShowRunningCost, ShowUserPrice
from schemas.tariffs import Dimension, Tariff
from schemas.tarifftranslation import described
from schemas.transactions import SessionChanged
from services.billing.elements import Instant, book_of, in_force
from services.billing.issuing import Site, cost_for_driver, measured_until, running_cost
from services.billing.localtime import micros
from services.billing.lookup import site_of, tariff_for, version_of
from services.billing.running import (
    COST_PRIORITY,
    COST_REFUSED_FOR,
    COST_TIMEOUT_S,
    EVERY_SITE,
    TEXT_MOST,
    Surroundings,
)
from services.billing.sessions import is_running, put_session
from services.billing.times import believable_times
from services.billing.uses import HOUR_US, UNITS_PER_WH

Step = tuple[StationBilling, list[Record]]
PriceMessage = ShowUserPrice | ShowRunningCost | ShowFinalCost

EVERY = timedelta(minutes=1)
"""How often the running cost is sent where the settings do not say (cost_update_s)."""
WITHIN = timedelta(seconds=30)
"""A message that waits for longer says nothing new."""
FINAL_WITHIN = timedelta(minutes=5)
"""Nobody stands at the station any more to whom an older end would be news."""
LONGEST_TOKEN, LONGEST_NUMBER = 20, 36
DIGITS = Decimal("0.0001")


def with_prices(state: StationBilling, event: Record, outputs: list[Record], around: Surroundings) -> Step:
    """The state and the outputs of a step with the price messages that are due after it."""
    if isinstance(event, CommandSettled):
        return _refused(state, event), outputs
    sites = around.policy.price_sites
    if not sites:
        return state, outputs
    site = site_of(around.references, state.station, around.policy.default_zone)
    if not (EVERY_SITE in sites or site.name in sites):
        return state, outputs
    more: list[Record] = []
    if isinstance(event, SessionChanged) and not _is_refused(state, event.changed_at):
        state, more = _running(state, event, site, around)
    for issued in outputs:
        if isinstance(issued, CdrIssued) and not _is_refused(state, issued.issued_at):
            state, final = _final(state, issued, around)
            more += final
    return state, [*outputs, *more]


def _running(state: StationBilling, event: SessionChanged, site: Site, around: Surroundings) -> Step:
    """The driver's price once, and the running cost every so often."""
    session = next((each for each in state.sessions if each.session == event.session), None)
    if session is None or session.snapshot is None or not is_running(session):
        return state, []
    believable = believable_times(session)
    tariff = tariff_for(around.references, believable.snapshot, site)
    if tariff is None:
        return state, []
    messages: list[PriceMessage] = []
    if not session.price_told and (message := _user_price(event, tariff)) is not None:
        messages.append(message)
    told_at = session.running_told_at
    if told_at is None or event.changed_at - told_at >= (around.policy.cost_every or EVERY):
        cost = running_cost(believable, tariff, site)
        if cost is not None and (shown := _running_cost(believable.snapshot, cost, tariff, site)) is not None:
            messages.append(shown)
    if not messages:
        return state, []
    return _sent(state, session, event, messages)


def _sent(state: StationBilling, session: BilledSession, event: SessionChanged, messages: list[PriceMessage]) -> Step:
    requests = [_request(event.id, event.station, each, event.changed_at, WITHIN) for each in messages]
    for message in messages:
        if isinstance(message, ShowUserPrice):
            session = replace(session, price_told=True)
        else:
            session = replace(session, running_told_at=event.changed_at)
    state = put_session(state, session)
    return replace(state, price_command=requests[-1].id), [*requests]


def _user_price(event: SessionChanged, tariff: Tariff) -> ShowUserPrice | None:
    token = event.token
    if token is None or not 0 < len(token.value) <= LONGEST_TOKEN:
        return None
    return ShowUserPrice(token=token.value, text=described(tariff, TEXT_MOST))


def _running_cost(snapshot: SessionChanged, cost: Decimal, tariff: Tariff, site: Site) -> ShowRunningCost | None:
    if snapshot.meter_stop_wh is None or not 0 < len(snapshot.transaction_id) <= LONGEST_NUMBER:
        return None
    return ShowRunningCost(
        transaction_id=snapshot.transaction_id,
        at=measured_until(snapshot),
        meter_wh=snapshot.meter_stop_wh,
        cost=cost,
        state="Charging" if snapshot.charging_state in ("", "Charging") else "Idle",
        kwh_price=price_now(tariff, "ENERGY", snapshot, site),
        hour_price=price_now(tariff, "TIME", snapshot, site),
        flat_fee=price_now(tariff, "FLAT", snapshot, site),
        idle_hour_price=price_now(tariff, "PARKING_TIME", snapshot, site),
    )


def price_now(tariff: Tariff, dimension: Dimension, snapshot: SessionChanged, site: Site) -> Decimal | None:
    """The price of a unit of a dimension by the session's newest reading, VAT included; None where it is free."""
    at, power = measured_until(snapshot), snapshot.power_w or Decimal(0)
    now = Instant(
        us=micros(at),
        duration_us=micros(at) - micros(snapshot.started_at),
        energy=int((snapshot.energy_wh or Decimal(0)) * UNITS_PER_WH),
        rise=int(power * UNITS_PER_WH),
        span_us=HOUR_US,
    )
    chosen = in_force(book_of(tariff).elements, dimension, now, site.zone)
    if chosen is None:
        return None
    return (chosen.component.price * (100 + (chosen.component.vat or 0)) / 100).quantize(DIGITS).normalize()


def _final(state: StationBilling, cdr: CdrIssued, around: Surroundings) -> Step:
    """The cost in the end: of the first bill of a session whose driver may still be there."""
    number = cdr.transaction_id
    is_first = cdr.version == 1 and not cdr.credit and not cdr.estimated and cdr.costs is not None
    if not is_first or not 0 < len(number) <= LONGEST_NUMBER or cdr.issued_at - cdr.ended_at > FINAL_WITHIN:
        return state, []
    assert cdr.costs is not None
    tariff = version_of(around.references, cdr.tariff, cdr.tariff_version)
    message = ShowFinalCost(
        transaction_id=number,
        cost=cost_for_driver(cdr.costs),
        text=described(tariff, TEXT_MOST) if tariff is not None else "",
    )
    request = _request(cdr.id, cdr.station, message, cdr.issued_at, FINAL_WITHIN)
    return replace(state, price_command=request.id), [request]


def _request(cause: str, station: str, message: PriceMessage, at: Timestamp, within: timedelta) -> CommandRequested:
    return CommandRequested(
        id=derived_id(cause, type(message).__name__),
        station=station,
        command=message,
        requested_at=at,
        expires_at=at + within,
        priority=COST_PRIORITY,
        when_offline="fail",
        timeout_s=COST_TIMEOUT_S,
        requested_by="billing",
    )


def _refused(state: StationBilling, event: CommandSettled) -> StationBilling:
    if event.command_id != state.price_command or event.outcome != "unsupported":
        return state
    return replace(state, price_refused_at=event.settled_at)


def _is_refused(state: StationBilling, now: Timestamp) -> bool:
    return state.price_refused_at is not None and now - state.price_refused_at < COST_REFUSED_FOR
