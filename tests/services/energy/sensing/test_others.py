"""What others allow an EVSE now, in A for each phase."""

from decimal import Decimal

from schemas.states.sitesensing import SensedLimit
from services.energy.sensing.others import LIMITS_MOST, allowed_a, kept, next_change
from services.energy.sensing.places import Spot
from tests.services.energy.sensing.records import limited
from tests.services.moments import at

SPOT = Spot("depot", 1, 3, Decimal(230))


def limit(
    seconds: float = 0, *periods: tuple[int, float], evse: int = 0, source: str = "EMS", **changes
) -> SensedLimit:
    told = limited(seconds, *(periods or ((0, 16),)), **changes)
    return SensedLimit(source=source, evse=evse, schedules=told.schedules, at=told.received_at)


def test_what_holds_for_the_whole_station_is_shared_by_its_evses() -> None:
    assert allowed_a([limit(0, (0, 32))], SPOT, at(1), evses=2) == 16
    assert allowed_a([limit(0, (0, 32), evse=1)], SPOT, at(1), evses=2) == 32
    assert allowed_a([limit(0, (0, 32), evse=2)], SPOT, at(1), evses=2) is None


def test_watts_are_amperes_by_the_phases() -> None:
    assert allowed_a([limit(0, (0, 11_040), unit="W")], SPOT, at(1), evses=1) == 16
    assert allowed_a([limit(0, (0, 3_680), unit="W", evse=1)], SPOT._replace(phases=1), at(1), evses=1) == 16


def test_the_least_of_all_counts_while_its_schedule_runs() -> None:
    both = [limit(0, (0, 10), (60, 20), lasts=100), limit(5, (0, 12), source="Other", evse=1)]

    assert [allowed_a(both, SPOT, at(second), evses=1) for second in (-1, 1, 59, 60, 99, 100)] == [
        *(None, 10, 10, 12, 12, 12)
    ]
    assert next_change(both, at(1)) == at(5)
    assert next_change(both, at(5)) == at(60)
    assert next_change(both, at(100)) is None


def test_of_one_source_the_newest_counts_in_whatever_order_and_no_more_are_kept_than_so_many() -> None:
    old, new = limit(1, (0, 10)), limit(2)

    assert kept(kept((), old), new) == kept(kept((), new), old) == (new,)
    many: tuple[SensedLimit, ...] = ()
    for number in range(LIMITS_MOST + 5):
        many = kept(many, limit(number, source=f"S{number}"))
    assert len(many) == LIMITS_MOST
    assert many[-1].source == f"S{LIMITS_MOST + 4}"
