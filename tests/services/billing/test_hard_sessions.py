"""Hard sessions, from what the station said to the cent: transactions' core and billing's core, and the bill worked out by hand.

Every session is told in the order that is written, backwards where a station may do so, and twice; and what transactions says
reaches billing with the snapshots first and with the readings first, as two topics may have it.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from schemas.authorization import IdToken
from schemas.base import Record, ReplyTo
from schemas.billing import CdrIssued
from schemas.quantities import MeterValue, SampledValue
from schemas.stations import StationProvisioned
from schemas.tariffs import Tariff
from schemas.transactions import (
    ChargingStateRecorded,
    MeterValuesRecorded,
    MeterValuesReported,
    SessionChanged,
    TransactionReported,
)
from services.transactions import core as transactions
from tests.services.billing.building import LONG_AGO, component, element, local, price, tariff
from tests.services.billing.records import STATION, Billing, assigned, provisioned

Fact = TransactionReported | MeterValuesReported

ENERGY = tariff(element(component("ENERGY", "0.50", vat=19)))
DAY_AND_NIGHT = tariff(
    element(component("ENERGY", "0.30"), start_time="22:00", end_time="06:00"), element(component("ENERGY", "0.60"))
)
BY_THE_HOUR = tariff(
    element(
        component("TIME", "3.00", 60), component("PARKING_TIME", "6.00", 300), start_time="02:00", end_time="03:00"
    ),
    element(component("TIME", "1.00", 60), component("PARKING_TIME", "2.00", 300)),
)

NOON = local("2026-06-01T12:00")


class Product:
    """Transactions and billing of one station. `bills` are the records that stand, credits settled."""

    def __init__(self, by: Tariff | None) -> None:
        known: list[Record] = [] if by is None else [provisioned(by), assigned("default")]
        here = StationProvisioned(station=STATION, time_zone="Europe/Berlin", provisioned_at=LONG_AGO)
        self.billing = Billing(here, *known)
        self._transactions = transactions.initial(STATION)

    def tell(self, facts: Sequence[Fact], *, readings_first: bool = False) -> None:
        for fact in facts:
            self._transactions, said = transactions.step(self._transactions, fact)
            snapshots = [record for record in said if isinstance(record, SessionChanged)]
            readings = [record for record in said if isinstance(record, MeterValuesRecorded | ChargingStateRecorded)]
            both: list[Record] = [*readings, *snapshots] if readings_first else [*snapshots, *readings]
            self.billing.tell(*both)
        self.billing.wait()

    def standing(self) -> list[CdrIssued]:
        credited = {cdr.credits for cdr in self.billing.cdrs() if cdr.credit}
        return [cdr for cdr in self.billing.cdrs() if not cdr.credit and cdr.id not in credited]

    def total(self) -> str:
        """What all records of the station add up to, credits included."""
        totals = [cdr.costs.total.excl_vat for cdr in self.billing.cdrs() if cdr.costs is not None]
        return str(sum(totals, Decimal(0)))


def sample(wh: Any, **overrides: Any) -> SampledValue:
    return SampledValue(value=Decimal(wh), unit="Wh", **overrides)


def meter(at: dt.datetime, wh: Any, **overrides: Any) -> MeterValue:
    return MeterValue(at=at, samples=(sample(wh, **overrides),))


def fact(event: str, seq: int, at: dt.datetime, *values: MeterValue, **overrides: Any) -> TransactionReported:
    """A 2.x TransactionEvent; told a second after it happened, unless said otherwise."""
    given: dict[str, Any] = {
        "id": f"{event}-{seq}",
        "station": STATION,
        "event": event,
        "transaction_id": "tx-1",
        "seq_no": seq,
        "evse": 1,
        "connector": 1,
        "token": IdToken(value="CARD") if event == "Started" else None,
        "meter_values": values,
        "at": at,
        "reply_to": ReplyTo(gateway="gw-0", epoch=1, message_id=f"m{seq}"),
        "received_at": at + dt.timedelta(seconds=1),
    }
    return TransactionReported(**{**given, **overrides})


def minutes(count: float) -> dt.timedelta:
    return dt.timedelta(minutes=count)


def bills(by: Tariff | None, facts: Sequence[Fact], *, any_order: bool = True) -> set[tuple[str, int, str]]:
    """Total, number of standing records and reason for none, over all ways in which the facts may come."""
    orders = [list(order) for order in permutations(facts)] if any_order and len(facts) <= 4 else [list(facts)]
    found = set()
    for order in orders:
        for readings_first in (False, True):
            for repeated in (order, [each for each in order for _ in range(2)], order + order):
                product = Product(by)
                product.tell(repeated, readings_first=readings_first)
                standing = product.standing()
                found.add((product.total(), len(standing), standing[-1].unrated if standing else "none"))
    return found


def test_a_plain_session() -> None:
    facts = [
        fact("Started", 0, NOON, meter(NOON, 1000, context="Transaction.Begin")),
        fact("Updated", 1, NOON + minutes(30), meter(NOON + minutes(30), 4000)),
        fact("Ended", 2, NOON + minutes(60), meter(NOON + minutes(60), 8000, context="Transaction.End")),
    ]

    assert bills(ENERGY, facts) == {("3.50", 1, "")}  # 7 kWh at 0.50


def test_offline_over_two_prices_told_hours_later() -> None:
    """From 21:00 to 23:00, told at 08:00: 8 kWh steadily until 22:00, 4 kWh until 23:00."""
    began, told = local("2026-06-01T21:00"), {"offline": True, "received_at": local("2026-06-02T08:00")}
    facts = [
        fact("Started", 0, began, meter(began, 0, context="Transaction.Begin"), **told),
        fact("Updated", 1, began + minutes(60), meter(began + minutes(60), 8000), **told),
        fact("Ended", 2, began + minutes(120), meter(began + minutes(120), 12000, context="Transaction.End"), **told),
    ]

    assert bills(DAY_AND_NIGHT, facts) == {("6.00", 1, "")}  # 8 at 0.60 = 4.80, 4 at 0.30 = 1.20


def test_a_reading_comes_after_the_bill_and_the_bill_follows_it() -> None:
    """Billed as if 12 kWh had flowed steadily; the reading of 22:00 that comes late says 8 and 4."""
    began = local("2026-06-01T21:00")
    product = Product(DAY_AND_NIGHT)
    product.tell(
        [
            fact("Started", 0, began, meter(began, 0, context="Transaction.Begin")),
            fact("Ended", 2, began + minutes(120), meter(began + minutes(120), 12000, context="Transaction.End")),
        ]
    )
    first = product.total()

    product.tell(
        [fact("Updated", 1, began + minutes(60), meter(began + minutes(60), 8000), received_at=began + minutes(300))]
    )

    assert first == "5.40"  # 6 at 0.60, 6 at 0.30
    assert product.total() == "6.00"
    assert [(cdr.version, cdr.credit) for cdr in product.billing.cdrs()] == [(1, False), (1, True), (2, False)]


def test_zero_energy_is_billed_its_parking_and_nothing_else() -> None:
    facts = [
        fact("Started", 0, NOON, meter(NOON, 5000, context="Transaction.Begin")),
        fact("Ended", 1, NOON + minutes(42), meter(NOON + minutes(42), 5000, context="Transaction.End")),
    ]
    by = tariff(element(component("ENERGY", "0.50"), component("TIME", "3.00"), component("PARKING_TIME", "5.00", 300)))

    assert bills(by, facts) == {("3.75", 1, "")}  # 42 minutes in steps of five: 45 at 5.00 an hour


def test_the_double_hour_of_autumn_is_billed_twice() -> None:
    """25 October 2026, 01:30 to 03:30 on the wall: three hours. 02:00 to 03:00 is dear, and comes twice."""
    began, ended = local("2026-10-25T01:30"), local("2026-10-25T03:30")
    facts = [
        fact("Started", 0, began, meter(began, 0, context="Transaction.Begin"), charging_state="Charging"),
        fact("Ended", 1, ended, meter(ended, 9000, context="Transaction.End")),
    ]

    assert ended - began == minutes(180)
    assert bills(BY_THE_HOUR, facts) == {("7.00", 1, "")}  # half an hour at 1.00, two at 3.00, half at 1.00


def test_the_hour_that_spring_skips_is_not_billed() -> None:
    """29 March 2026, 01:30 to 03:30 on the wall: one hour, and no dear hour in it."""
    began, ended = local("2026-03-29T01:30"), local("2026-03-29T03:30")
    facts = [
        fact("Started", 0, began, meter(began, 0, context="Transaction.Begin"), charging_state="Charging"),
        fact("Ended", 1, ended, meter(ended, 9000, context="Transaction.End")),
    ]

    assert bills(BY_THE_HOUR, facts) == {("1.00", 1, "")}


def test_over_midnight_in_the_double_hour_s_night_with_parking() -> None:
    """From 23:00 on the 24th: charging until 02:30 (the second one), parked until 03:10; six minutes are 6 x 10 at 6.00."""
    began = local("2026-10-24T23:00")
    full, left = local("2026-10-25T02:30", fold=1), local("2026-10-25T03:10")
    facts = [
        fact("Started", 0, began, meter(began, 0, context="Transaction.Begin"), charging_state="Charging"),
        fact("Updated", 1, full, meter(full, 20000), charging_state="SuspendedEV"),
        fact("Ended", 2, left, meter(left, 20000, context="Transaction.End")),
    ]

    # charging: three hours at 1.00, an hour and a half at 3.00: 7.50
    # parked: 30 minutes at 6.00 = 3.00, then 10 minutes at 2.00 = 0.33; 40 minutes are eight steps of five
    assert bills(BY_THE_HOUR, facts, any_order=False) == {("10.83", 1, "")}


def test_only_the_end_was_ever_told() -> None:
    """No start, no reading before the end: all that is known is an energy that nobody can price."""
    facts = [fact("Ended", 5, NOON, meter(NOON, 8000, context="Transaction.End"), offline=True)]

    assert bills(ENERGY, facts) == {("0", 1, "energy-unknown")}


def test_only_the_end_was_told_with_all_readings_in_it() -> None:
    """4 kWh until 22:00 and 6 after: the end's own readings tell the course."""
    began = local("2026-06-01T21:30")
    values = (
        meter(began, 1000, context="Transaction.Begin"),
        meter(began + minutes(30), 5000),
        meter(began + minutes(90), 11000, context="Transaction.End"),
    )
    facts = [fact("Ended", 0, began + minutes(90), *values, offline=True)]

    assert bills(DAY_AND_NIGHT, facts) == {("4.20", 1, "")}  # 4 at 0.60, 6 at 0.30


def test_an_odometer_behind_a_begin_of_zero_is_not_charged_to_the_driver() -> None:
    facts = [
        fact("Started", 0, NOON, meter(NOON, 0, context="Transaction.Begin")),
        fact("Updated", 1, NOON + minutes(1), meter(NOON + minutes(1), 910_000)),
        fact("Ended", 2, NOON + minutes(31), meter(NOON + minutes(31), 915_000, context="Transaction.End")),
    ]

    assert bills(ENERGY, facts, any_order=False) == {("2.50", 1, "")}  # 5 kWh


def test_a_register_that_starts_again_is_billed_before_and_after() -> None:
    """3 kWh before 22:00; the register falls to 0 then, and counts 2 kWh more until 23:00."""
    began = local("2026-06-01T21:00")
    facts = [
        fact("Started", 0, began, meter(began, 50_000, context="Transaction.Begin")),
        fact("Updated", 1, began + minutes(60), meter(began + minutes(60), 53_000)),
        fact("Updated", 2, began + minutes(61), meter(began + minutes(61), 0)),
        fact("Ended", 3, began + minutes(121), meter(began + minutes(121), 2_000, context="Transaction.End")),
    ]

    assert bills(DAY_AND_NIGHT, facts, any_order=False) == {("2.40", 1, "")}  # 3 at 0.60, 2 at 0.30


def test_power_that_the_station_withholds_is_nobody_s_parking() -> None:
    facts = [
        fact("Started", 0, NOON, meter(NOON, 0, context="Transaction.Begin"), charging_state="Charging"),
        fact("Updated", 1, NOON + minutes(30), meter(NOON + minutes(30), 5000), charging_state="SuspendedEVSE"),
        fact("Updated", 2, NOON + minutes(60), meter(NOON + minutes(60), 5000), charging_state="SuspendedEV"),
        fact("Ended", 3, NOON + minutes(90), meter(NOON + minutes(90), 5000, context="Transaction.End")),
    ]
    by = tariff(element(component("TIME", "2.00"), component("PARKING_TIME", "10.00")))

    assert bills(by, facts, any_order=False) == {
        ("6.00", 1, "")
    }  # half an hour at 2.00 and at 10.00, half an hour free


def test_a_1_6_session_that_idles_is_parked_by_its_register() -> None:
    """StartTransaction, MeterValues, StopTransaction; no charging state: the register stands still for 40 minutes."""
    start = fact(
        "Started", 0, NOON, transaction_id=None, seq_no=None, meter_wh=Decimal(1000), token=IdToken(value="CARD")
    )
    product = Product(tariff(element(component("TIME", "3.00"), component("PARKING_TIME", "6.00"))))
    product.tell([start])
    number = product._transactions.sessions[0].transaction_id
    values = MeterValuesReported(
        id="mv",
        station=STATION,
        evse=1,
        transaction_id=number,
        meter_values=tuple(meter(NOON + minutes(at), wh) for at, wh in ((10, 3000), (20, 5000), (40, 5000))),
        received_at=NOON + minutes(41),
    )
    stop = fact("Ended", 0, NOON + minutes(60), transaction_id=number, seq_no=None, meter_wh=Decimal(5000))

    product.tell([values, stop, values, stop])

    assert product.total() == "5.00"  # 20 minutes at 3.00, 40 at 6.00
    assert len(product.standing()) == 1


def test_a_session_nobody_has_a_tariff_for_is_listed_without_a_price() -> None:
    facts = [
        fact("Started", 0, NOON, meter(NOON, 1000, context="Transaction.Begin")),
        fact("Ended", 1, NOON + minutes(60), meter(NOON + minutes(60), 8000, context="Transaction.End")),
    ]

    assert bills(None, facts) == {("0", 1, "no-tariff")}


@pytest.mark.parametrize(("start", "stop", "total"), [(1000, 1000, "1.00"), (1000, 1001, "1.00"), (1000, 4001, "1.50")])
def test_a_minimum_is_charged_to_whoever_charged_less(start: int, stop: int, total: str) -> None:
    by = tariff(element(component("ENERGY", "0.50")), min_price=price("1.00"))
    facts = [
        fact("Started", 0, NOON, meter(NOON, start, context="Transaction.Begin")),
        fact("Ended", 1, NOON + minutes(60), meter(NOON + minutes(60), stop, context="Transaction.End")),
    ]

    assert bills(by, facts) == {(total, 1, "")}


@pytest.mark.parametrize("later", [1, 13, 40])
def test_a_stop_that_comes_after_many_later_sessions_makes_session_and_bill_agree(later: int) -> None:
    """The first session is presumed over after its only reading, at 2 kWh; its stop, at 7 kWh, comes last of all."""
    product = Product(ENERGY)
    product.tell(
        [
            fact("Started", 0, NOON, meter(NOON, 1000, context="Transaction.Begin")),
            fact("Updated", 1, NOON + minutes(10), meter(NOON + minutes(10), 3000)),
        ]
    )
    for number in range(later):
        at = NOON + minutes(60 + 60 * number)
        other = {"transaction_id": f"tx-later-{number}"}
        product.tell(
            [
                fact("Started", 0, at, meter(at, 10_000, context="Transaction.Begin"), **other),
                fact("Ended", 1, at + minutes(30), meter(at + minutes(30), 11_000, context="Transaction.End"), **other),
            ]
        )
    product.billing.wait()
    before = product.total()
    end = NOON + minutes(50)
    late = NOON + minutes(60 * later + 600)
    stop = fact("Ended", 2, end, meter(end, 8000, context="Transaction.End"), received_at=late)
    product.tell([stop, stop])

    (first,) = [cdr for cdr in product.standing() if cdr.transaction_id == "tx-1"]
    assert (before, product.total()) == (f"{1 + later * 0.5:.2f}", f"{3.5 + later * 0.5:.2f}")
    assert (first.energy_wh, first.ended_at, first.estimated) == (7000, end, False)


def test_a_register_that_rolls_over_is_billed_over_two_prices() -> None:
    """A counter of six digits in Wh: 600 Wh until 22:00, 400 + 100 over its end until 22:30, 600 until 23:00."""
    began = local("2026-06-01T21:30")
    values = ((0, 999_000), (30, 999_600), (60, 100), (90, 700))
    facts = [
        fact("Started", 0, began, meter(began, 999_000, context="Transaction.Begin")),
        *(
            fact("Updated", n, began + minutes(at), meter(began + minutes(at), wh))
            for n, (at, wh) in enumerate(values[1:3], 1)
        ),
        fact("Ended", 3, began + minutes(90), meter(began + minutes(90), 700, context="Transaction.End")),
    ]
    product = Product(DAY_AND_NIGHT)
    product.tell(facts)
    (cdr,) = product.standing()

    assert (cdr.energy_wh, product.total()) == (1700, "0.69")  # 0.6 at 0.60, 1.1 at 0.30
