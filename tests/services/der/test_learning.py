"""What requests, answers and reports say of controls: which are meant, and what a report covers."""

from tests.services.der.records import Station, a_setting, cleared, control, read, reported, settled, turned
from tests.services.moments import at

SET = (a_setting(), settled(), a_setting("s2", number="b", default=False), settled("s2"))


def statuses(*records: object) -> dict[str, str]:
    return {name: one.status for name, one in Station(*records).controls.items()}  # type: ignore[arg-type]


def test_a_whole_report_without_it_says_that_it_is_gone() -> None:
    station = Station(*SET, read(), settled("g1", seconds=61), reported(control("a")))

    assert (station.controls["a"].status, station.controls["b"].status) == ("accepted", "gone")
    assert station.controls["b"].ended_at == at(62)


def test_a_report_covers_what_was_asked_for_and_is_whole_with_its_last_part() -> None:
    scheduled = (read(is_default=False), settled("g1", seconds=61))
    assert statuses(*SET, *scheduled, reported()) == {"a": "accepted", "b": "gone"}
    assert statuses(*SET, read(control_type="VoltVar"), settled("g1", seconds=61), reported()) == {
        "a": "accepted",
        "b": "accepted",
    }
    first, second = reported(control("b", is_default=False), last=False), reported(control("a"), seconds=63)
    assert set(statuses(*SET, read(), settled("g1", seconds=61), first).values()) == {"accepted"}
    assert set(statuses(*SET, read(), settled("g1", seconds=61), first, second).values()) == {"accepted"}


def test_a_station_that_has_none_has_none_of_these() -> None:
    none = settled("g1", seconds=61, detail="NotFound")

    assert set(statuses(*SET, read(), none).values()) == {"gone"}


def test_a_clear_is_about_default_or_scheduled_ones_of_a_type_or_of_an_id() -> None:
    done = settled("c1", seconds=61)

    assert statuses(*SET, cleared(), done) == {"a": "cleared", "b": "accepted"}
    assert statuses(*SET, cleared(is_default=False), done) == {"a": "accepted", "b": "cleared"}
    assert statuses(*SET, cleared(control_type="VoltVar"), done) == {"a": "accepted", "b": "accepted"}
    assert statuses(*SET, cleared(control_id="a"), done) == {"a": "cleared", "b": "accepted"}


def test_the_content_is_that_of_the_last_request_that_the_station_took() -> None:
    station = Station(a_setting(), settled(), a_setting("s2", priority=7, seconds=5))
    assert station.one.control.settings.priority == 1

    station.reads(settled("s2", "rejected", seconds=6))
    assert (station.one.status, station.one.control.settings.priority) == ("accepted", 1)
    for record in (a_setting("s3", priority=8, seconds=7), settled("s3", seconds=8)):
        station.reads(record)
    assert station.one.control.settings.priority == 8


def test_a_control_that_was_never_asked_for_or_reported_is_not_followed_by_its_start() -> None:
    assert Station(turned("unknown")).said == []
