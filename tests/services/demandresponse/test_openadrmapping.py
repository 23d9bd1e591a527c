"""OpenADR events as events here: limits, levels, intervals, targets, priorities, and what is not acted on."""

import datetime as dt
from typing import Any

import msgspec

from services.demandresponse.openadrmapping import Mapped, mapped, report_for
from services.demandresponse.openadrwire import VtnEvent
from tests.services.demandresponse.vtn import an_event

NOW = dt.datetime(2026, 6, 1, 11, 0, tzinfo=dt.UTC)
SIMPLE = (100, 75, 50, 0)


def made(now: dt.datetime = NOW, **override: Any) -> Mapped:
    event = msgspec.convert(an_event(**override), VtnEvent, strict=False)
    return mapped(event, "Peak Saver", now, SIMPLE)


def payload(type_: str, *values: Any) -> dict[str, Any]:
    return {"intervals": [{"id": 0, "payloads": [{"type": type_, "values": list(values)}]}]}


def test_each_interval_is_an_event_after_the_one_before() -> None:
    first, second = made().wanted

    assert first.event != second.event
    assert first.body == {
        "title": "Evening peak",
        "programme": "Peak Saver",
        "from_at": "2026-06-01T12:00:00+00:00",
        "to_at": "2026-06-01T12:15:00+00:00",
        "priority": 7,
        "source": "openadr",
        "source_id": "evt-1",
        "limit_w": "50500.000",
        "per": "site",
        "sites": ["berlin-1"],
    }
    assert (second.body["from_at"], second.body["limit_w"]) == ("2026-06-01T12:15:00+00:00", "20000.000")


def test_intervals_that_are_over_are_none() -> None:
    assert len(made(NOW + dt.timedelta(minutes=80)).wanted) == 1
    assert made(NOW + dt.timedelta(hours=3)).wanted == ()


def test_levels_are_percentages_and_level_0_is_no_event() -> None:
    assert made(**payload("SIMPLE", 2)).wanted[0].body["percent"] == "50"
    assert made(**payload("SIMPLE", 0)) == Mapped()
    assert made(**payload("SIMPLE", 4)).ignored == ("SIMPLE",)


def test_what_is_not_acted_on_is_named() -> None:
    assert made(**payload("CHARGE_STATE_SETPOINT", 80)) == Mapped(ignored=("CHARGE_STATE_SETPOINT",))
    assert made(**payload("IMPORT_CAPACITY_LIMIT", -1)).ignored == ("IMPORT_CAPACITY_LIMIT",)
    assert made(**payload("IMPORT_CAPACITY_LIMIT", "much")).wanted == ()
    assert made(intervalPeriod={"start": "2026-06-01T12:00:00Z", "duration": "a while"}).wanted == ()


def test_units_are_those_of_the_descriptor() -> None:
    watts = made(payloadDescriptors=[{"payloadType": "IMPORT_CAPACITY_LIMIT", "units": "W"}])
    assert watts.wanted[0].body["limit_w"] == "50.500"
    assert made(payloadDescriptors=[{"payloadType": "IMPORT_CAPACITY_LIMIT", "units": "GPH"}]).wanted == ()


def test_targets_are_sites_and_labels_and_none_are_everything() -> None:
    body = made(targets=["berlin-1", "grid=west"]).wanted[0].body
    assert (body["sites"], body["labels"]) == (["berlin-1"], {"grid": "west"})
    assert not {"sites", "labels"} & set(made(targets=None).wanted[0].body)


def test_a_start_in_the_year_1_is_when_the_event_was_made() -> None:
    body = made(intervalPeriod={"start": "0001-01-01T00:00:00Z", "duration": "PT3H"}).wanted[0].body

    assert (body["from_at"], body["to_at"]) == ("2026-06-01T10:00:00+00:00", "2026-06-01T13:00:00+00:00")


def test_a_randomized_start_is_within_its_time_and_the_same_each_time() -> None:
    period = {"start": "2026-06-01T12:00:00Z", "duration": "PT1H", "randomizeStart": "PT10M"}
    starts = [made(intervalPeriod=period).wanted[0].body["from_at"] for _ in range(2)]

    assert starts[0] == starts[1]
    late = dt.datetime.fromisoformat(starts[0]) - dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
    assert dt.timedelta() < late < dt.timedelta(minutes=10)


def test_an_event_without_end_is_ordered_a_part_after_the_other() -> None:
    period = {"start": "2026-06-01T12:00:00Z", "duration": "P9999Y"}
    first = made(intervalPeriod=period, **payload("SIMPLE", 1)).wanted[0]
    later = made(NOW + dt.timedelta(days=40), intervalPeriod=period, **payload("SIMPLE", 1)).wanted[0]

    assert (first.body["to_at"], later.body["from_at"]) == ("2026-07-01T12:00:00+00:00",) * 2
    assert first.event != later.event


def test_a_report_has_metered_and_baseline_power_by_minute_of_all_sites() -> None:
    rows = [
        {"minute": "2026-06-01T12:00:00Z", "metered_w": 1_500.0, "baseline_w": 4_000.0},
        {"minute": "2026-06-01T12:00:00Z", "metered_w": 500.0, "baseline_w": 1_000.0},
    ]
    report = msgspec.to_builtins(report_for("evt-1", [{"minutes": rows}], "voltbus"))

    assert (report["objectType"], report["eventID"], report["clientName"]) == ("REPORT", "evt-1", "voltbus")
    (resource,) = report["resources"]
    assert (resource["resourceName"], resource["intervalPeriod"]["duration"]) == ("AGGREGATED_REPORT", "PT1M")
    assert {each["type"]: each["values"] for each in resource["intervals"][0]["payloads"]} == {
        "DEMAND": (2.0,),
        "BASELINE": (5.0,),
    }
