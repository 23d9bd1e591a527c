"""What is parking: the station's word at its own time, else the meter's. Each bill is worked out by hand beside it.

Unless it says otherwise the tariff is 1.00 an hour of charging and 6.00 an hour of parking.
"""

from decimal import Decimal
from itertools import permutations

import pytest

from schemas.base import Record
from schemas.billing import CdrIssued
from schemas.quantities import ENERGY_EXPORT, POWER_IMPORT, Reading
from schemas.tariffs import Tariff
from schemas.transactions import MeterValuesRecorded
from tests.services.billing.building import component, element, tariff
from tests.services.billing.records import after, charging, ended, metered, rated, reading

BY_TIME = tariff(element(component("TIME", "1.00"), component("PARKING_TIME", "6.00")))
DEARER = tariff(element(component("TIME", "2.00"), component("PARKING_TIME", "6.00")))
START_WH = 100_000

Register = list[tuple[float, float]]
"""Minutes, and Wh since the start."""


def power(minutes: float, watts: float) -> Reading:
    return reading(minutes, watts, measurand=POWER_IMPORT, unit="W")


def session_of(minutes: float, stop_wh: float, register: Register, *states: tuple[float, str]) -> list[Record]:
    """A session of these readings and words, with its end."""
    readings = [metered(reading(at, START_WH + wh)) for at, wh in [(0, 0.0), *register, (minutes, stop_wh)]]
    told = [charging(at, state) for at, state in states]
    return [*readings, *told, ended(minutes, START_WH, START_WH + round(stop_wh, 4))]


def bill(by: Tariff, facts: list[Record], *more: Record) -> CdrIssued:
    billing = rated(by=by)
    billing.tell(*facts, *more)
    while billing.wait():
        pass
    return billing.cdrs()[-1]


def total(by: Tariff, facts: list[Record], *more: Record) -> str:
    costs = bill(by, facts, *more).costs
    assert costs is not None
    return str(costs.total.excl_vat)


def counted(watts: float, minutes: int, every: int, step_wh: int) -> Register:
    """A register that counts in such steps, read so often, while power flows."""
    return [(at, watts * at / 60 // step_wh * step_wh) for at in range(every, minutes, every)]


# -- registers that count whole kWh ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("watts", "minutes", "every", "right"),
    [
        (3700, 120, 5, "2.00"),  # a step every 16 minutes
        (3700, 120, 1, "2.00"),
        (1400, 300, 5, "5.00"),  # 6 A: a step every 43 minutes
        (2300, 180, 15, "3.00"),  # read more seldom than it steps in places
        (7400, 60, 2, "1.00"),
        (11_000, 90, 10, "1.50"),  # two steps at a time
        (22_000, 30, 5, "0.50"),
    ],
)
def test_a_register_of_whole_kwh_does_not_idle_between_its_steps(
    watts: int, minutes: int, every: int, right: str
) -> None:
    stop = watts * minutes / 60 // 1000 * 1000

    assert total(BY_TIME, session_of(minutes, stop, counted(watts, minutes, every, 1000))) == right


@pytest.mark.parametrize(("watts", "every"), [(1000, 5), (800, 1), (1400, 5), (3700, 5), (1000, 4)])
def test_a_register_of_tenths_of_a_kwh_does_not_idle_between_its_steps(watts: int, every: int) -> None:
    """A scooter or a car at few amperes: two hours are 2.00."""
    register = counted(watts, 120, every, 100)

    assert total(BY_TIME, session_of(120, watts * 2 // 100 * 100, register)) == "2.00"


def test_a_register_of_tenths_of_a_kwh_that_stands_still_for_ten_minutes_at_full_power_is_parked() -> None:
    """7.2 kWh in an hour, then ten minutes: 1.00 + 1.00."""
    assert total(BY_TIME, session_of(70, 7200, [(at, 1200.0 * (at // 10)) for at in range(10, 61, 10)])) == "2.00"


def test_a_register_of_whole_kwh_between_exact_readings_of_start_and_stop_does_not_idle() -> None:
    """meterStart and meterStop in Wh, MeterValues in whole kWh: 7.4 kWh in two hours."""
    readings = [metered(reading(at, (100_634 + 3700 * at / 60) // 1000 * 1000)) for at in range(5, 120, 5)]
    facts = [metered(reading(0, 100_634)), *readings, metered(reading(120, 108_034)), ended(120, 100_634, 108_034)]

    assert total(BY_TIME, facts) == "2.00"


def test_a_register_of_whole_kwh_that_misses_several_steps_is_parked() -> None:
    """11 kWh in the first hour, a step every 5.5 minutes; then none for an hour: 1 x 1.00 + 1 x 6.00."""
    register = [(at, 1000.0 * (at // 5)) for at in range(5, 61, 5)]
    register += [(at, 12_000.0) for at in range(65, 120, 5)]

    assert total(BY_TIME, session_of(120, 12_000, register)) == "7.00"


def test_a_register_of_whole_kwh_that_stood_still_from_the_start_is_parked_once_a_kwh_is_overdue() -> None:
    """Nothing for an hour and a half, then 12 kWh in an hour: 1.5 x 6.00 + 1 x 1.00."""
    register = [(at, 0.0) for at in range(10, 91, 10)] + [(90.0 + at, 200.0 * at) for at in range(5, 60, 5)]

    assert total(BY_TIME, session_of(150, 12_000, register)) == "10.00"


def test_power_says_that_a_register_of_whole_kwh_stands_still_for_good() -> None:
    """A step every 16 minutes; at an hour the meter says 0 W, for 25 minutes until the end: 1.00 + 25/60 x 6.00 = 3.50."""
    facts = session_of(85, 3000, counted(3700, 60, 5, 1000) + [(at, 3000.0) for at in range(60, 85, 5)])
    watts = [metered(power(at, 3700 if at < 60 else 0), id=f"p{at}") for at in range(5, 85, 5)]

    assert total(BY_TIME, [*watts, *facts]) == "3.50"


def test_power_that_flows_all_the_while_is_charging_whatever_the_register_does() -> None:
    """A register that is brought up to date every half hour, power read every five minutes: 2 x 1.00."""
    facts = session_of(120, 14_800, [(at, 7400 * (at // 30) / 2) for at in range(5, 120, 5)])
    watts = [metered(power(at, 7400), id=f"p{at}") for at in range(0, 121, 5)]

    assert total(BY_TIME, [*watts, *facts]) == "2.00"


def test_a_last_word_of_power_does_not_hold_for_hours() -> None:
    """11 kW were read until the hour; then only the register was, and stood still for three: 1.00 + 3 x 6.00."""
    facts = session_of(240, 11_001, [(at, min(11_001, 183.35 * at)) for at in range(5, 240, 5)])
    watts = [metered(power(at, 11_000), id=f"p{at}") for at in range(0, 60, 5)]

    assert total(BY_TIME, [*watts, *facts]) == "19.00"


# -- meters that creep -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("watts", "step_wh", "every"), [(10, 1, 15), (4, 1, 15), (60, 10, 5), (90, 1, 1), (2, 10, 60), (50, 100, 30)]
)
def test_a_meter_that_creeps_is_parking_where_the_station_says_nothing(watts: int, step_wh: int, every: int) -> None:
    """7.3 kWh in the first hour; then eight hours below 100 W: 1.00 + 8 x 6.00."""
    crept = [(60.0 + at, 7300.0 + wh) for at, wh in counted(watts, 480, every, step_wh)]
    register = [(at, 122.5 * at // step_wh * step_wh) for at in range(10, 60, 10)] + [(60.0, 7300.0), *crept]

    assert total(BY_TIME, session_of(540, crept[-1][1], register)) == "49.00"


def test_a_creeping_meter_is_parking_where_the_station_says_suspended_ev() -> None:
    """An hour of charging, eight of SuspendedEV with 5 W: 1.00 + 8 x 6.00."""
    register = [(at, 122.5 * at) for at in range(10, 61, 10)] + [
        (60.0 + at, 7350 + at / 12) for at in range(15, 480, 15)
    ]
    facts = session_of(540, 7390, register, (0, "Charging"), (60, "SuspendedEV"))

    assert total(BY_TIME, facts) == "49.00"


def test_a_vehicle_that_takes_up_charging_again_after_hours_does_not_creep() -> None:
    """7 kWh in an hour, three hours standing, then 250 Wh in a reading of five minutes: 83 W on average, and no step of a register.

    1.00 + 3 x 6.00 + 5/60 x 1.00.
    """
    register = [(at, 117.0 * at) for at in range(5, 61, 5)] + [(at, 7020.0) for at in range(65, 241, 5)]

    assert total(BY_TIME, session_of(245, 7270, register)) == "19.08"


def test_a_trickle_that_a_vehicle_takes_is_charging() -> None:
    """300 W for four hours: 4 x 1.00."""
    assert total(BY_TIME, session_of(240, 1200, [(at, 5.0 * at) for at in range(15, 240, 15)])) == "4.00"


def test_a_session_with_a_start_and_a_stop_alone_is_charging_at_its_average() -> None:
    """10 kWh in eight hours, nothing read between: 8 x 1.00."""
    assert total(BY_TIME, session_of(480, 10_000, [])) == "8.00"


def test_a_short_lull_is_no_parking() -> None:
    """Four minutes without a Wh in an hour at 11 kW: 1.00."""
    register = [(at, 183.0 * min(at, 30) + 183.0 * max(0, at - 34)) for at in range(1, 60)]

    assert total(BY_TIME, session_of(60, 183 * 56, register)) == "1.00"


# -- the station's word ------------------------------------------------------------------------------------------------


def test_what_the_operator_s_limit_withholds_is_no_parking() -> None:
    """Two hours at 2.00, then half an hour of SuspendedEVSE."""
    register = [(at, 61.0 * at) for at in range(15, 121, 15)]
    facts = session_of(150, 7320, register, (0, "Charging"), (120, "SuspendedEVSE"))

    assert total(DEARER, facts) == "4.00"


def test_what_the_operator_s_limit_withholds_is_parking_where_the_tariff_says_so() -> None:
    """The same, and 0.5 x 6.00."""
    says_so = tariff(
        element(component("TIME", "2.00")), element(component("PARKING_TIME", "6.00"), suspended_evse="parking")
    )
    register = [(at, 61.0 * at) for at in range(15, 121, 15)]
    facts = session_of(150, 7320, register, (0, "Charging"), (120, "SuspendedEVSE"))

    cdr = bill(says_so, facts)

    assert str(cdr.costs.total.excl_vat if cdr.costs else None) == "7.00"
    assert (cdr.charging_s, cdr.parking_s, cdr.periods[-1].use) == (7200, 1800, "withheld")


def test_a_tariff_may_price_withheld_time_otherwise_than_parking() -> None:
    """An hour of charging, half an hour withheld at 3.00, half an hour parked at 6.00: 1.00 + 1.50 + 3.00."""
    two_prices = tariff(
        element(component("TIME", "1.00"), component("PARKING_TIME", "6.00")),
        element(component("PARKING_TIME", "3.00"), suspended_evse="parking"),
    )
    facts = session_of(120, 7000, [(60, 7000.0)], (0, "Charging"), (60, "SuspendedEVSE"), (90, "SuspendedEV"))

    assert total(two_prices, facts) == "5.50"


@pytest.mark.parametrize(
    ("states", "right"),
    [
        ([(0, "Charging")], "2.00"),  # the register stands still for an hour: the station knows better
        ([(0, "Charging"), (60, "SuspendedEV")], "7.00"),  # 1.00 + 6.00
        ([(0, "Charging"), (60, "SuspendedEV"), (90, "Charging")], "4.50"),  # 1.00 + 3.00 + 0.50
        ([(0, "SuspendedEVSE"), (30, "Charging"), (60, "SuspendedEV")], "6.50"),  # nothing + 0.50 + 6.00
        ([(0, "EVConnected"), (15, "Charging"), (60, "SuspendedEV")], "8.25"),  # 1.50 + 0.75 + 6.00
        ([(0, "Charging"), (60, "SuspendedEV"), (75, "SuspendedEVSE")], "2.50"),  # 1.00 + 1.50 + nothing
        ([(-5, "Charging"), (60, "SuspendedEV")], "7.00"),  # it charged before the start was told
        ([(-5, "EVConnected"), (60, "SuspendedEV")], "7.00"),  # 1.6 Preparing: a car without a session
        ([(0, "EVConnected")], "7.00"),  # only that a car is there: the register decides
        ([(0, "EVConnected"), (119, "EVConnected")], "7.00"),  # 1.6 Preparing and Finishing, and nothing between
        ([(30, "Faulted")], "7.00"),  # no word about charging: the register decides, 1.00 + 6.00
    ],
)
def test_the_station_s_words_decide_each_from_its_own_time_on(states: list[tuple[float, str]], right: str) -> None:
    """Two hours, all energy in the first, the register read every ten minutes."""
    register = [(at, 122.0 * min(at, 60)) for at in range(10, 120, 10)]

    assert total(BY_TIME, session_of(120, 7320, register, *states)) == right


def test_a_word_that_comes_late_bills_the_session_anew() -> None:
    billing = rated(by=BY_TIME)
    register = [(at, 122.0 * at) for at in range(10, 120, 10)]
    billing.tell(*session_of(120, 14_640, register))
    billing.tell(charging(90, "SuspendedEV", received_at=after(600)))

    assert len(billing.cdrs()) == 1
    billing.wait()

    totals = [str(cdr.costs.total.excl_vat) for cdr in billing.cdrs() if cdr.costs]
    assert totals == ["2.00", "-2.00", "4.50"]  # 1.5 x 1.00 + 0.5 x 6.00
    assert billing.cdrs()[-1].issued_at < after(601)


def test_a_late_word_that_is_known_bills_nothing() -> None:
    billing = rated(by=BY_TIME)
    billing.tell(*session_of(120, 14_640, [], (0, "Charging"), (90, "SuspendedEV")))
    billing.wait()

    billing.tell(charging(90, "SuspendedEV", received_at=after(600)), charging(100, "SuspendedEV"))

    assert billing.wait() == []
    assert len(billing.cdrs()) == 1


WORDS = (charging(0, "Charging"), charging(60, "SuspendedEVSE"), charging(80, "SuspendedEV"))


@pytest.mark.parametrize("order", list(permutations(WORDS)))
def test_the_order_in_which_words_arrive_does_not_matter(order: tuple[Record, ...]) -> None:
    """An hour at 1.00, 20 minutes withheld, 40 minutes at 6.00."""
    assert total(BY_TIME, [*order, *session_of(120, 7000, [(60, 7000.0)])]) == "5.00"


def test_words_of_no_session_leave_no_trace() -> None:
    billing = rated()
    before = billing.state

    billing.tell(charging(5, "Charging", session=""))

    assert billing.state is before


def test_more_words_than_are_remembered_make_the_record_approximate() -> None:
    words = [(n / 2, ("Charging", "SuspendedEV")[n % 2]) for n in range(240)]

    assert bill(BY_TIME, session_of(120, 7000, [], *words)).approximate


def test_a_station_that_never_says_a_word_is_billed_by_its_register() -> None:
    """20 minutes of charging, 40 without a Wh: 0.33 + 4.00."""
    assert total(BY_TIME, session_of(60, 4000, [(10, 2000.0), (20, 4000.0), (40, 4000.0)])) == "4.33"


def test_readings_of_a_session_carry_no_use() -> None:
    """Two hours in which nobody read anything: what stands between start and stop is charging."""
    assert isinstance(session_of(120, 14_640, [])[0], MeterValuesRecorded)
    assert total(BY_TIME, session_of(120, 14_640, [])) == "2.00"


# -- vehicles that give energy back ------------------------------------------------------------------------------------


def giving_back(minutes: float, wh: float) -> MeterValuesRecorded:
    return metered(reading(minutes, wh, measurand=ENERGY_EXPORT), id=f"export-{minutes}")


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_vehicle_that_gives_energy_back_does_not_park(order: tuple[int, ...]) -> None:
    """It charges for an hour, gives back for an hour and rests for an hour: 2 hours at 1.00, one at 6.00."""
    taken = session_of(180, 10_000, [(60, 10_000), (120, 10_000)])[:-1]
    given_back = [giving_back(0, 0), giving_back(60, 0), giving_back(120, 8_000), giving_back(180, 8_000)]
    export = {"export_start_wh": Decimal(0), "export_stop_wh": Decimal(8_000), "exported_wh": Decimal(8_000)}
    parts = (taken, given_back, [ended(180, START_WH, START_WH + 10_000, **export)])

    assert total(BY_TIME, [fact for place in order for fact in parts[place]]) == "8.00"


def test_power_of_the_energy_taken_does_not_make_giving_back_parking() -> None:
    """A register of whole kWh, and 0 W taken while the vehicle gives back."""
    taken = session_of(60, 0, [])[:-1]
    powers = [metered(power(minute, 0), id=f"power-{minute}") for minute in (0, 20, 40, 60)]
    export = {"export_start_wh": Decimal(0), "export_stop_wh": Decimal(6_000), "exported_wh": Decimal(6_000)}
    given_back = [giving_back(0, 0), giving_back(60, 6_000)]

    assert total(BY_TIME, [*taken, *powers, *given_back, ended(60, START_WH, START_WH, **export)]) == "1.00"
