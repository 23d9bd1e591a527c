"""Any order, any repetition: what a session comes to must not depend on how its facts arrive."""

import datetime as dt
from collections import Counter
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.authorization import IdToken, TokenSessionEnded, TokenSessionStarted
from schemas.codec import encode
from schemas.quantities import ENERGY_IMPORT
from schemas.transactions import (
    ChargingStateRecorded,
    MeterValueQuarantined,
    MeterValuesRecorded,
    MeterValuesReported,
    SessionChanged,
    TransactionReported,
)
from services.transactions.settling import comparable
from tests.services.readingorders import merged
from tests.services.transactions.records import (
    T0,
    Station,
    answers,
    ended,
    meter,
    metered,
    number_of,
    reported,
    sample,
    start_16,
    started,
    status_16,
    stop_16,
    updated,
)
from tests.services.transactions.ways import NAMED, WAYS

UNTIMED = settings(deadline=None)

STEPS = st.lists(st.tuples(st.integers(1, 30), st.integers(0, 5000)), min_size=0, max_size=12)
"""Minutes and watt-hours from one reading to the next: a register that only rises, no faster than chargers charge."""


BEGINS = st.sampled_from([0, 1, 910_000])
FROM_ZERO = st.just(0)


@st.composite
def rising(draw, begin_wh=BEGINS):
    """Readings of one session: (minute, register), the first at minute 0."""
    minute, register = 0, draw(begin_wh)
    readings = [(minute, register)]
    for minutes, energy in draw(STEPS):
        minute, register = minute + minutes, register + energy
        readings.append((minute, register))
    return readings


def events_2x(readings):
    """A session of which every reading comes in an event of its own; begin and end are told as such."""
    (_, begin), *between = readings
    last_minute, last = readings[-1]
    return [
        started(meter_values=(meter(0, sample(begin, context="Transaction.Begin")),)),
        *(
            updated(f"u{i}", seq_no=i + 1, minutes=minute, meter_values=(meter(minute, sample(register)),))
            for i, (minute, register) in enumerate(between)
        ),
        ended(
            seq_no=99,
            minutes=last_minute + 1,
            meter_values=(meter(last_minute + 1, sample(last, context="Transaction.End")),),
        ),
    ]


@st.composite
def shuffled(draw, facts):
    """All facts in any order, any of them repeated under new message ids."""
    again = draw(st.lists(st.sampled_from(facts), max_size=8))
    return draw(st.permutations([*facts, *(replace(f, id=f"{f.id}-again-{i}") for i, f in enumerate(again))]))


def essence(station):
    """What is promised to be the same: everything of the session but its id, its revision and its time of change."""
    return [
        replace(change, id="", session="", revision=0, changed_at=change.started_at)
        for change in station.sessions.values()
    ]


def reading_set(station):
    return {(r.at, r.measurand, r.value, r.context, r.phase) for r in station.readings}


@UNTIMED
@given(st.data(), rising())
def test_a_session_is_the_same_whatever_the_order_and_repetition_of_its_events(data, readings):
    facts = events_2x(readings)
    in_order, wild = Station(*facts), Station(*data.draw(shuffled(facts)))

    assert essence(wild) == essence(in_order)
    assert reading_set(wild) == reading_set(in_order)
    assert wild.session.energy_wh == readings[-1][1] - readings[0][1]


@UNTIMED
@given(st.data(), rising())
def test_a_1_6_session_is_the_same_whatever_the_order_of_its_meter_values_and_stop(data, readings):
    (_, begin), *between = readings
    last_minute, last = readings[-1]
    start = start_16(meter_wh=Decimal(begin))
    number = number_of(Station(start))
    rest = [
        *(metered(meter(m, sample(wh)), message=f"mv{i}", transaction_id=number) for i, (m, wh) in enumerate(between)),
        stop_16(transaction_id=number, minutes=last_minute + 1, meter_wh=Decimal(last)),
    ]

    wild = Station(start, *data.draw(shuffled([start, *rest])))

    assert essence(wild) == essence(Station(start, *rest))
    assert wild.session.energy_wh == last - begin


@UNTIMED
@given(st.data(), st.sampled_from([dt.timedelta(hours=-1), dt.timedelta(0), dt.timedelta(minutes=3)]))
def test_a_session_is_the_same_in_whatever_order_the_topics_of_its_station_are_read(data, off):
    """Its statuses have no time of their own, and the station's clock is `off`."""

    def heard(seconds):
        return {"received_at": T0 + dt.timedelta(seconds=seconds)}

    start = start_16(at=T0 + off, **heard(1))
    number = number_of(Station(start))
    stop = stop_16(transaction_id=number, at=T0 + off + dt.timedelta(minutes=30), meter_wh=Decimal(9000), **heard(1801))
    words = [
        status_16(word, 0, id=f"word-{word}-{seconds}", at_source="gateway", at=T0, **heard(seconds))
        for word, seconds in [("Charging", 5), ("SuspendedEV", 900), ("Charging", 1200), ("Available", 1805)]
    ]
    values = [
        replace(metered(meter(0, sample(wh)), message=f"mv{wh}", transaction_id=number), **heard(60 * minute + 1))
        for wh, minute in [(3000, 10), (6000, 20)]
    ]
    values = [
        replace(fact, meter_values=(replace(fact.meter_values[0], at=T0 + off + dt.timedelta(minutes=minute)),))
        for fact, minute in zip(values, (10, 20), strict=True)
    ]

    in_order = Station(start, words[0], values[0], words[1], values[1], words[2], stop, words[3])
    mixed = Station(*merged(data.draw, ([start, *values, stop], words)))

    assert essence(mixed) == essence(in_order)
    assert {(said.state, said.at) for said in mixed.all(ChargingStateRecorded)} == {
        (said.state, said.at) for said in in_order.all(ChargingStateRecorded)
    }
    assert comparable(mixed.state) == comparable(in_order.state)


def in_every_order(facts, others):
    """All ways to read two topics, each in its order."""
    total = len(facts) + len(others)
    for places in combinations(range(total), len(facts)):
        first, second = iter(facts), iter(others)
        yield [next(first) if place in places else next(second) for place in range(total)]


@pytest.mark.parametrize("way", WAYS)
def test_evidence_ends_a_session_in_whatever_order_the_topics_of_its_station_are_read(way):
    start = start_16()
    number = number_of(Station(start))
    facts = [start, metered(meter(10, sample(3500)), transaction_id=number)]

    for order in in_every_order(facts, WAYS[way](number)):
        first = next(s for s in Station(*order).sessions.values() if s.transaction_id == number)
        assert (first.status, first.energy_wh, NAMED[way] in first.anomalies) == ("presumed-ended", 2500, True), order


@UNTIMED
@given(st.data(), rising())
def test_feeding_everything_again_changes_nothing_and_answers_everything(data, readings):
    facts = data.draw(shuffled(events_2x(readings)))
    station = Station(*facts)
    before = station.state

    for fact in facts:
        outputs = station.tells(replace(fact, id=f"{fact.id}-once-more"))
        assert len(answers(outputs)) == len(outputs) == 1

    assert station.state == before


# -- whatever stations may say ----------------------------------------------------------------------------------------

ODD_TIMES = [
    {"at": dt.datetime(year, month, day, tzinfo=dt.UTC), "received_at": T0}
    for year, month, day in ((1, 1, 1), (1970, 1, 1), (2026, 3, 28), (2026, 3, 30), (9999, 12, 31))
]
NUMBERS = st.sampled_from(["a", "A", "1", "-1", "0", ""])
TOKENS = st.sampled_from([None, IdToken(value="CARD"), IdToken(value="card", type="Local"), IdToken(value="")])
MEASURANDS = st.sampled_from(
    [ENERGY_IMPORT, ENERGY_IMPORT, "Energy.Active.Import.Interval", "SoC", "Power.Active.Import"]
)
SAMPLES = st.builds(
    sample,
    st.one_of(st.none(), st.sampled_from(["0", "1000", "99999999", "-3", "NaN", "1e30"]), st.integers(0, 50_000)),
    measurand=MEASURANDS,
    context=st.sampled_from(["Sample.Periodic", "Sample.Clock", "Transaction.Begin", "Transaction.End"]),
    phase=st.sampled_from(["", "", "L1", "L2", "L1-N"]),
    unit=st.sampled_from(["", "", "kWh", "Wh", "W", "x"]),
)
METER_VALUES = st.lists(
    st.builds(lambda m, s: meter(m, *s), st.integers(-99, 999), st.lists(SAMPLES, max_size=4)), max_size=3
)


@st.composite
def wild_facts(draw):
    facts = []
    for i in range(draw(st.integers(1, 25))):
        values = tuple(draw(METER_VALUES))
        place = {"evse": draw(st.sampled_from([None, 0, 1, 2])), "minutes": draw(st.integers(0, 500))}
        match draw(st.sampled_from(["2.x", "start", "stop", "meter"])):
            case "2.x":
                place |= draw(st.sampled_from([{}, {}, {}, *ODD_TIMES]))
                event = draw(st.sampled_from(["Started", "Updated", "Ended"]))
                more = {"seq_no": draw(st.integers(0, 2)), "token": draw(TOKENS), "transaction_id": draw(NUMBERS)}
                facts.append(reported(f"m{i}", event=event, meter_values=values, **more, **place))
            case "start":
                wh = Decimal(draw(st.integers(-1, 20_000)))
                facts.append(start_16(f"m{i}", meter_wh=wh, token=draw(TOKENS), **place))
            case "stop":
                wh = Decimal(draw(st.integers(-1, 20_000)))
                facts.append(stop_16(f"m{i}", transaction_id=draw(NUMBERS), meter_wh=wh, meter_values=values))
            case "meter":
                number = draw(st.one_of(st.none(), NUMBERS))
                facts.append(metered(*values, message=f"m{i}", evse=place["evse"] or 0, transaction_id=number))
    return facts


@UNTIMED
@given(wild_facts())
def test_whatever_a_station_says_no_energy_is_negative_and_each_fact_is_answered_once(facts):
    station = Station()
    for fact in facts:
        said = answers(station.tells(fact))
        assert [a.reply_to for a in said] == ([fact.reply_to] if isinstance(fact, TransactionReported) else [])

    assert all(c.energy_wh is None or c.energy_wh >= 0 for c in station.all(SessionChanged))


@UNTIMED
@given(wild_facts())
def test_whatever_a_station_says_a_repeat_at_once_says_nothing_new(facts):
    station = Station()
    for fact in facts:
        station.tells(fact)
        before, known = station.state, {record.id for record in station.said}
        outputs = station.tells(replace(fact, id=f"{fact.id}-again"))

        assert station.state == before
        kept = [o for o in outputs if isinstance(o, MeterValuesRecorded | MeterValueQuarantined)]
        assert {o.id for o in kept} <= known
        assert len(outputs) == len(kept) + isinstance(fact, TransactionReported)


def heard(fact):
    """How often each sample was told, by moment and measurand."""
    return Counter((value.at, s.measurand) for value in fact.meter_values for s in value.samples)


@UNTIMED
@given(wild_facts())
def test_whatever_a_station_says_every_sample_is_recorded_or_quarantined(facts):
    station, seen = Station(), set()
    for fact in facts:
        content = encode(replace(fact, id="", received_at=facts[0].received_at, **_sameness(fact)))
        outputs = station.tells(fact)
        if content in seen:
            continue
        seen.add(content)
        kept: Counter = Counter()
        for record in outputs:
            if isinstance(record, MeterValuesRecorded):
                kept += Counter((r.at, r.measurand) for r in record.readings)
            elif isinstance(record, MeterValueQuarantined):
                kept += heard(replace(metered(), meter_values=(record.meter_value,)))
        assert heard(fact) <= kept


def _sameness(fact):
    return {} if isinstance(fact, MeterValuesReported) else {"reply_to": reported().reply_to}


@UNTIMED
@given(wild_facts())
def test_whatever_a_station_says_a_token_runs_where_its_active_sessions_are(facts):
    station = Station(*facts)

    runs = Counter((r.session, r.token) for r in station.all(TokenSessionStarted))
    runs.subtract((r.session, r.token) for r in station.all(TokenSessionEnded))
    active = {s.session for s in station.sessions.values() if s.status == "active" and s.token is not None}
    assert {session for (session, _), count in runs.items() if count} == active
    assert set(runs.values()) <= {0, 1}


@UNTIMED
@given(st.lists(rising(begin_wh=FROM_ZERO), min_size=1, max_size=4), st.integers(0, 900_000), st.data())
def test_the_sessions_of_one_register_never_add_up_to_more_than_its_difference(sessions, register, data):
    facts, minute, first = [], 0, register
    for number, readings in enumerate(sessions):
        told = [(minute + m, register + wh) for m, wh in readings]
        values = [
            updated(f"u{number}-{m}", transaction_id=f"t{number}", minutes=m, meter_values=(meter(m, sample(wh)),))
            for m, wh in told
        ]
        facts += [*values, ended(f"e{number}", transaction_id=f"t{number}", minutes=told[-1][0])]
        minute, register = told[-1][0] + 10, told[-1][1]

    station = Station(*data.draw(st.permutations(facts)))

    total = sum(s.energy_wh or 0 for s in station.sessions.values())
    assert total <= register - first
