"""The product against an auditor who shares no code with it: generated sessions and tariffs, equal to the cent."""

import datetime as dt
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from schemas.base import Record
from schemas.billing import CdrIssued
from schemas.tariffs import Price, Tariff, TariffElement
from tests.examples import examples
from tests.services.billing.building import LONG_AGO
from tests.services.billing.oracle import DAYS, Piece, audited
from tests.services.billing.records import Billing, assigned, charging, ended, metered, provisioned, reading, station

ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC")
BEGINNINGS = [
    dt.datetime(2026, 3, 28, 22, 17, tzinfo=dt.UTC),  # Berlin skips an hour within the next day
    dt.datetime(2026, 10, 24, 21, 3, tzinfo=dt.UTC),  # Berlin repeats one
    dt.datetime(2026, 12, 31, 20, 45, tzinfo=dt.UTC),
    dt.datetime(2026, 6, 1, 9, 30, tzinfo=dt.UTC),
]
WORDS = {"charging": "Charging", "parking": "SuspendedEV", "withheld": "SuspendedEVSE"}
START_WH = 123_456

PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
"""What fails is told as it was found: sessions are long, and finding the smallest takes minutes."""

prices = st.integers(0, 99_999).map(lambda price: str(Decimal(price).scaleb(-4)))
times = st.integers(0, 95).map(lambda quarter: f"{quarter // 4:02d}:{quarter % 4 * 15:02d}")


@st.composite
def restrictions(draw: st.DrawFn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if draw(st.booleans()):
        start, end = draw(times), draw(times)
        found |= {"start_time": start, "end_time": end} if start != end else {}
    if draw(st.integers(0, 3)) == 0:
        found["day_of_week"] = draw(st.lists(st.sampled_from(DAYS), min_size=1, max_size=4, unique=True))
    if draw(st.integers(0, 3)) == 0:
        found[draw(st.sampled_from(["start_date", "end_date"]))] = draw(
            st.sampled_from(["2026-03-29", "2026-06-02", "2026-10-25", "2027-01-01"])
        )
    for name, values in (("kwh", st.integers(1, 30).map(str)), ("duration", st.integers(1, 500).map(lambda m: 60 * m))):
        if draw(st.integers(0, 2)) == 0:
            found[f"{draw(st.sampled_from(['min', 'max']))}_{name}"] = draw(values)
    if draw(st.integers(0, 4)) == 0:
        found[draw(st.sampled_from(["min_power", "max_power"]))] = draw(st.sampled_from(["3.7", "11", "0.5"]))
    if draw(st.integers(0, 3)) == 0:
        found["suspended_evse"] = "parking"
    return found


@st.composite
def tariffs(draw: st.DrawFn) -> dict[str, Any]:
    """A tariff in OCPI's JSON."""
    elements = []
    for limits in [*draw(st.lists(restrictions(), max_size=4)), {}]:
        kinds = draw(st.lists(st.sampled_from(["FLAT", "ENERGY", "TIME", "PARKING_TIME"]), min_size=1, unique=True))
        vat = draw(st.sampled_from([{}, {"vat": "7"}, {"vat": "19"}, {"vat": "5.2"}]))
        components = [
            {"type": kind, "price": draw(prices), "step_size": draw(st.sampled_from([1, 1, 60, 300, 900])), **vat}
            for kind in kinds
        ]
        elements.append({"price_components": components} | ({"restrictions": limits} if limits else {}))
    limits = draw(st.sampled_from([{}, {"min_price": "2.50"}, {"max_price": "9.99"}]))
    return {"elements": elements} | {name: {"excl_vat": each, "incl_vat": each} for name, each in limits.items()}


def as_record(tariff: dict[str, Any]) -> Tariff:
    limits = {name: msgspec.convert(tariff[name], Price) for name in ("min_price", "max_price") if name in tariff}
    elements = msgspec.convert(tariff["elements"], tuple[TariffElement, ...], strict=False)
    return Tariff(tariff="t", version=1, currency="EUR", provisioned_at=LONG_AGO, elements=elements, **limits)


def cdr_of(by: dict[str, Any], zone: str, facts: list[Record]) -> CdrIssued:
    billing = Billing(provisioned(as_record(by)), assigned("default"), station(time_zone=zone))
    billing.tell(*facts)
    while billing.wait():
        pass
    return billing.cdrs()[-1]


def facts_of(began: dt.datetime, register: list[tuple[int, Any]], words: list[tuple[int, str]]) -> list[Record]:
    """A session's records: the register by minutes since its begin, what its station said, its end."""
    offset = (began - dt.datetime(2026, 6, 1, 10, tzinfo=dt.UTC)) / dt.timedelta(minutes=1)
    readings = [metered(reading(offset + at, START_WH + wh)) for at, wh in register]
    told = [charging(offset + at, word) for at, word in words]
    minutes, wh = register[-1]
    return [*readings, *told, ended(offset + minutes, START_WH, START_WH + wh, started_at=began)]


def agree(cdr: CdrIssued, began: dt.datetime, pieces: list[Piece], by: dict[str, Any], zone: str) -> None:
    verdict = audited(began, pieces, by, ZoneInfo(zone))
    assert cdr.costs is not None
    total = cdr.costs.total
    assert Fraction(total.excl_vat) == verdict.excl
    assert (None if total.incl_vat is None else Fraction(total.incl_vat)) == verdict.incl
    for shown, exact in ((cdr.charging_s, verdict.charging_s), (cdr.parking_s, verdict.parking_s)):
        assert abs(Fraction(shown) - exact) < Fraction(1, 1_000_000)  # times are shown to the microsecond


TOLD = st.lists(
    st.tuples(st.integers(1, 200), st.integers(0, 9_000), st.sampled_from(["charging", "parking", "withheld"])),
    min_size=1,
    max_size=7,
)
"""Minutes, Wh, and what the station says; energy comes whatever it says."""


@given(st.sampled_from(BEGINNINGS), TOLD, tariffs(), st.sampled_from(ZONES))
@settings(deadline=None, max_examples=examples(150), phases=PHASES)
def test_what_stations_say_is_billed_to_the_cent(
    began: dt.datetime, told: list[tuple[int, int, str]], by: dict[str, Any], zone: str
) -> None:
    register, words, at, wh = [(0, 0)], [], 0, 0
    for minutes, more, use in told:
        words.append((at, WORDS[use]))
        at, wh = at + minutes, wh + more
        register.append((at, wh))
    pieces = [Piece(minutes, Fraction(more), use) for minutes, more, use in told]

    agree(cdr_of(by, zone, facts_of(began, register, words)), began, pieces, by, zone)


UNTOLD = st.lists(
    st.tuples(st.integers(2, 24), st.integers(24, 350), st.integers(2, 60), st.sampled_from([0, 1, 3, 7]))
)
"""Of pairs of charging and standing: fives of minutes, Wh a minute; fives of minutes, Wh in five minutes."""


@given(st.sampled_from(BEGINNINGS), UNTOLD.filter(bool), tariffs(), st.sampled_from(ZONES))
@settings(deadline=None, max_examples=examples(80), phases=PHASES)
def test_without_a_word_of_the_station_its_meter_is_billed_to_the_cent(
    began: dt.datetime, stretches: list[tuple[int, int, int, int]], by: dict[str, Any], zone: str
) -> None:
    """Read every five minutes in Wh: 1.4 kW or more is charging, a meter that stands or creeps is parking."""
    register, pieces, at, wh = [(0, 0)], [], 0, 0
    for fives, a_minute, standing, creeping in stretches:
        for count, rise, use in ((fives, 5 * a_minute, "charging"), (standing, creeping, "parking")):
            for _ in range(count):
                at, wh = at + 5, wh + rise
                register.append((at, wh))
                pieces.append(Piece(5, Fraction(rise), use))

    agree(cdr_of(by, zone, facts_of(began, register, [])), began, pieces, by, zone)


@given(
    st.sampled_from(BEGINNINGS),
    st.integers(1400, 22_000),
    st.integers(1, 12),
    st.integers(2, 40),
    st.sampled_from(ZONES),
    prices,
    prices,
)
@settings(deadline=None, max_examples=examples(80), phases=PHASES)
def test_a_register_of_whole_kwh_is_billed_as_charging_however_often_it_is_read(
    began: dt.datetime, watts: int, every: int, reads: int, zone: str, an_hour: str, parked: str
) -> None:
    """Steady power, a register of whole kWh, no word of the station: all of it is charging, once it shows two steps."""
    minutes = every * reads
    counted = [(at, watts * at // 60 // 1000 * 1000 - START_WH % 1000) for at in range(every, minutes + 1, every)]
    if len({wh for _, wh in counted[:-1]}) < 2:
        return
    register = [(0, 0), *counted]
    by = {"elements": [{"price_components": [{"type": "TIME", "price": an_hour, "step_size": 1}]},
                       {"price_components": [{"type": "PARKING_TIME", "price": parked, "step_size": 1}]}]}  # fmt: skip

    cdr = cdr_of(by, zone, facts_of(began, register, []))

    agree(cdr, began, [Piece(minutes, Fraction(register[-1][1]), "charging")], by, zone)
