"""How fast sessions are billed: `python -m tests.benchmarks.billing [rate|service|delay]`. Prints figures, asserts nothing about time.

rate: how many sessions a second one core rates, `rate` alone and the core of the service with all steps. service and delay: a worker
of billing, and the whole product, on a real Kafka that is started for it (see `billing_service`).
"""

import argparse
import asyncio
import datetime as dt
import time
from collections.abc import Callable
from decimal import Decimal

import msgspec

from schemas.base import Due, derived_id
from schemas.billing import SessionUsage
from schemas.tariffs import Tariff
from schemas.transactions import MeterValuesRecorded, SessionChanged
from services.billing.core import due, step
from services.billing.course import SessionTotals, course_of
from services.billing.rating import rate
from services.billing.sessions import MAX_OVER
from tests.services.billing.building import BERLIN, component, element, sample, tariff
from tests.services.billing.records import T0, Billing, assigned, ended, metered, provisioned, reading, session, station

SECONDS_EACH = 3.0

FLAT_ENERGY = tariff(element(component("ENERGY", "0.50", vat=19)))
FULL = tariff(
    element(component("FLAT", "0.50", vat=19)),
    element(component("ENERGY", "0.39", vat=19), start_time="22:00", end_time="06:00"),
    element(component("ENERGY", "0.59", vat=19), component("TIME", "0.60", 60, 19), day_of_week=["SATURDAY", "SUNDAY"]),
    element(component("ENERGY", "0.69", vat=19), component("PARKING_TIME", "6.00", 300, 19), min_duration=7200),
    element(component("ENERGY", "0.49", vat=19), max_power="11"),
    element(component("ENERGY", "0.55", vat=19)),
)


def per_second(work: Callable[[int], None]) -> float:
    """How often `work` is done in a second."""
    done, began = 0, time.perf_counter()
    while time.perf_counter() - began < SECONDS_EACH:
        for _ in range(20):
            work(done)
            done += 1
    return done / (time.perf_counter() - began)


def rating(by: Tariff, readings: int) -> Callable[[int], None]:
    """Rates a session of three hours over 22:00, read so often, its course made anew each time."""
    began, span = dt.datetime(2026, 6, 1, 18, 30, tzinfo=dt.UTC), dt.timedelta(hours=3)
    samples = tuple(sample(began + span * n / readings, Decimal(n * 33_000 // readings)) for n in range(readings + 1))
    usage = SessionUsage(register=samples, rank=0)
    charged = SessionTotals(began, began + span, Decimal(0), Decimal(33_000), Decimal(33_000))

    def work(_: int) -> None:
        rate(course_of(charged, usage), by, BERLIN)

    return work


def core(readings: int) -> Callable[[int], None]:
    """One session through the core: a snapshot and a reading each time, and the end with its record."""
    billing = Billing(provisioned(FULL), assigned("default"), station())

    def work(number: int) -> None:
        name = f"s{number}"
        state = billing.state
        facts: list[SessionChanged | MeterValuesRecorded] = [session(session=name)]
        for n in range(1, readings):
            wh = 1000 + 10_000 * n // readings
            facts.append(metered(reading(60 * n / readings, wh), session=name))
            facts.append(session(session=name, minutes=60 * n / readings))
        facts += [metered(reading(60, 11_000), session=name), ended(session=name)]
        for fact in facts:
            state, _ = step(state, fact, references=billing.references, policy=billing.policy)
        while (at := due(state)) is not None:
            state, _ = step(state, Due(key=state.station, at=at), references=billing.references, policy=billing.policy)
        billing.state = state

    return work


def state_bytes(readings: int) -> int:
    """How large the state of a station is that has billed as many such sessions as are remembered."""
    billing = Billing(provisioned(FULL), assigned("default"), station())
    for number in range(MAX_OVER):
        name = derived_id("session", number)
        at = [60 * n / readings for n in range(readings + 1)]
        billing.tell(session(session=name), *(metered(reading(m, int(1000 + 170 * m)), session=name) for m in at))
        billing.tell(ended(session=name, stop=11_200))
    return len(msgspec.json.encode(billing.state))


def rates() -> None:
    """Print each figure of one core as it is measured."""
    print(f"one core, sessions that start like {T0:%H:%M}; rated sessions a second:")
    for name, by in (("one price per kWh", FLAT_ENERGY), ("six elements, all kinds of restrictions", FULL)):
        for readings in (2, 36, 180):
            print(f"  rate: {name}, {readings} readings: {per_second(rating(by, readings)):,.0f}")
    for readings in (2, 7, 36):
        print(f"  core: a whole session of {readings} readings, all steps: {per_second(core(readings)):,.0f}")
        print(f"  a station's state with {MAX_OVER} such sessions: {state_bytes(readings):,} bytes")


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.billing", description=__doc__)
    parser.add_argument("what", nargs="?", choices=("rate", "service", "delay"), default="rate")
    parser.add_argument("--sessions", type=int, default=20_000, help="service: so many ended sessions wait")
    parser.add_argument("--rate", type=float, default=50, help="delay: so many sessions begin a second")
    parser.add_argument("--seconds", type=int, default=30, help="delay: for so long")
    asked = parser.parse_args()
    if asked.what == "rate":
        rates()
        return
    from tests.benchmarks import billing_service

    if asked.what == "service":
        asyncio.run(billing_service.service(asked.sessions))
    else:
        asyncio.run(billing_service.delay(asked.rate, asked.seconds))


if __name__ == "__main__":
    main()
