"""Reading lists and single items: what was fed as records comes back as the API shows it."""

import datetime as dt
from decimal import Decimal

import msgspec
import pytest

from schemas.base import Record
from schemas.campaigns import CampaignTargetsFrozen, Target
from schemas.commands import CommandCancelled
from schemas.datatransfer import DataTransferred
from schemas.deadletters import DeadLettered
from schemas.facts import FactReported
from schemas.firmware import Firmware, UpdateChanged, UpdatePolicy, UpdateState
from schemas.quantities import MeterValue, SampledValue
from schemas.stations import ConnectorState
from schemas.transactions import MeterValueQuarantined
from services.api.history.bound import bound_reads
from services.api.sessions.rows import SessionFilter
from services.api.stations.rows import FrameFilter, StationFilter
from services.api.web.paging import BadCursor, Position, cursor_of
from services.runtime.clickhouse import ClickHouse
from services.runtime.process.outage import Outage
from tests.services.feeding import feed
from tests.services.fleet import (
    NOON,
    charge,
    command_requested,
    command_settled,
    connection,
    connector_status,
    frame,
    minutes,
    readings,
    session_changed,
    station_changed,
)

RECENT = dt.datetime.now(dt.UTC).replace(microsecond=0) - dt.timedelta(hours=1)
"""Frames are kept for three days, so theirs is the only time here that is not made up."""


async def test_a_station_comes_back_as_it_was_last_told(db: ClickHouse) -> None:
    await feed(
        db,
        station_changed(connected=False, changed_at=NOON - minutes(5)),
        station_changed(labels={"power": "fast"}, heartbeat_interval_s=60, connected_at=NOON),
    )

    station = await bound_reads(db).station("DE-1")

    assert station is not None
    assert (station.connected, station.version, station.vendor, station.site) == (True, "2.0.1", "Example", "berlin")
    assert (station.labels, station.heartbeat_interval_s, station.connected_at) == ({"power": "fast"}, 60, NOON)
    assert [(c.evse, c.connector, c.status, c.at) for c in station.connectors] == [(1, 1, "Available", NOON)]
    assert station.booted_at is None


async def test_older_news_of_a_station_change_nothing(db: ClickHouse) -> None:
    await feed(db, station_changed())
    await feed(db, station_changed(connected=False, changed_at=NOON - minutes(5)))

    station = await bound_reads(db).station("DE-1")

    assert station is not None
    assert station.connected


async def test_an_unknown_station_is_none(db: ClickHouse) -> None:
    assert await bound_reads(db).station("nobody") is None


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (StationFilter(), ["DE-1", "DE-2", "FR-1"]),
        (StationFilter(connected=True), ["DE-1", "FR-1"]),
        (StationFilter(connected=False), ["DE-2"]),
        (StationFilter(version="1.6"), ["FR-1"]),
        (StationFilter(vendor="Other"), ["DE-2"]),
        (StationFilter(registration="Pending"), ["DE-2"]),
        (StationFilter(site="paris"), ["FR-1"]),
        (StationFilter(tenant="acme"), ["FR-1"]),
        (StationFilter(tenant="default"), ["DE-1", "DE-2"]),
        (StationFilter(search="sn-de"), ["DE-1", "DE-2"]),
        (StationFilter(search="'; DROP TABLE stations"), []),
        (StationFilter(connected=True, site="berlin"), ["DE-1"]),
    ],
)
async def test_stations_are_filtered(db: ClickHouse, where: StationFilter, expected: list[str]) -> None:
    await feed(
        db,
        station_changed("FR-1", version="1.6", site="paris", tenant="acme"),
        station_changed("DE-2", vendor="Other", connected=False, registration="Pending"),
        station_changed("DE-1"),
        station_changed("DE-3", removed=True, connected=False),
    )

    page = await bound_reads(db).stations(where)

    assert [station.station for station in page.items] == expected


async def test_sites_and_vendors_are_those_in_use(db: ClickHouse) -> None:
    await feed(db, station_changed("A", site="paris"), station_changed("B"), station_changed("C", site="", vendor=""))

    assert await bound_reads(db).sites() == ("berlin", "paris")
    assert await bound_reads(db).vendors() == ("Example",)


async def test_stations_are_paged_by_id(db: ClickHouse) -> None:
    await feed(db, *(station_changed(f"S-{number:02}") for number in range(7)))

    first = await bound_reads(db).stations(limit=3)
    second = await bound_reads(db).stations(cursor=first.next_cursor, limit=3)
    third = await bound_reads(db).stations(cursor=second.next_cursor, limit=3)

    assert [s.station for page in (first, second, third) for s in page.items] == [f"S-{n:02}" for n in range(7)]
    assert third.next_cursor is None


async def test_a_session_comes_back_exactly(db: ClickHouse) -> None:
    told = session_changed(energy_wh=Decimal("3500.1234"), soc_percent=None, anomalies=("start-missing",), offline=True)
    await feed(db, told)

    session = await bound_reads(db).session("s-1")

    assert session is not None
    assert (session.energy_wh, session.soc_percent, session.power_w) == (Decimal("3500.1234"), None, Decimal(7000))
    assert (session.token, session.token_type, session.anomalies) == ("04A2b3", "ISO14443", ("start-missing",))
    assert (session.started_at, session.ended_at, session.offline) == (told.started_at, None, True)
    assert session.started_at.tzinfo is not None


async def test_a_session_without_token_has_none(db: ClickHouse) -> None:
    await feed(db, session_changed(token=None))

    session = await bound_reads(db).session("s-1")

    assert session is not None
    assert (session.token, session.token_type) == (None, "")


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (SessionFilter(), ["s-3", "s-2", "s-1"]),
        (SessionFilter(station="DE-2"), ["s-3"]),
        (SessionFilter(active=True), ["s-3", "s-1"]),
        (SessionFilter(active=False), ["s-2"]),
        (SessionFilter(since=NOON + minutes(1)), ["s-3", "s-2"]),
        (SessionFilter(until=NOON + minutes(1)), ["s-1"]),
        (SessionFilter(token="04a2B3"), ["s-2", "s-1"]),
        (SessionFilter(search="TX-S-2"), ["s-2"]),
    ],
)
async def test_sessions_are_filtered_and_newest_first(
    db: ClickHouse, where: SessionFilter, expected: list[str]
) -> None:
    await feed(
        db,
        session_changed("s-1", started_at=NOON),
        session_changed("s-2", started_at=NOON + minutes(1), status="ended"),
        session_changed("s-3", started_at=NOON + minutes(2), station="DE-2", token=None),
    )

    page = await bound_reads(db).sessions(where)

    assert [session.session for session in page.items] == expected


async def test_sessions_that_start_in_one_moment_are_paged_without_loss_or_repeat(db: ClickHouse) -> None:
    await feed(db, *(session_changed(f"s-{number}", started_at=NOON) for number in range(5)))

    seen: list[str] = []
    cursor = None
    while True:
        page = await bound_reads(db).sessions(cursor=cursor, limit=2)
        seen += [session.session for session in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert seen == ["s-4", "s-3", "s-2", "s-1", "s-0"]


async def test_a_page_that_begins_between_keeps_its_place_when_newer_sessions_come(db: ClickHouse) -> None:
    await feed(db, *(session_changed(f"s-{number}", started_at=NOON + minutes(number)) for number in range(4)))
    first = await bound_reads(db).sessions(limit=2)
    await feed(db, session_changed("s-9", started_at=NOON + minutes(9)))

    second = await bound_reads(db).sessions(cursor=first.next_cursor, limit=2)

    assert [session.session for session in second.items] == ["s-1", "s-0"]


@pytest.mark.parametrize("cursor", ["", "x", "bm90IGpzb24", "WzEsMl0", cursor_of(Position(2**63 - 1, "x"))[:-4]])
async def test_a_cursor_that_is_none_of_ours_is_refused(db: ClickHouse, cursor: str) -> None:
    with pytest.raises(BadCursor):
        await bound_reads(db).sessions(cursor=cursor)


async def test_a_limit_beyond_bounds_is_brought_into_them(db: ClickHouse) -> None:
    await feed(db, *(session_changed(f"s-{number}") for number in range(3)))

    assert len((await bound_reads(db).sessions(limit=0)).items) == 1
    assert len((await bound_reads(db).sessions(limit=10_000)).items) == 3


async def test_meter_values_of_a_session_come_oldest_first_and_paged(db: ClickHouse) -> None:
    await feed(db, *charge("s-1", NOON, minutes_long=2, power_w=6000), readings("s-2", NOON, power_w=1))

    first = await bound_reads(db).meter_values("s-1", limit=4)
    rest = await bound_reads(db).meter_values("s-1", cursor=first.next_cursor)

    values = [*first.items, *rest.items]
    assert [value.measurand for value in values[:3]] == ["Energy.Active.Import.Register", "Power.Active.Import", "SoC"]
    assert [value.at for value in values] == [NOON + minutes(n) for n in range(3) for _ in range(3)]
    assert (values[3].value, values[3].unit, values[3].phase) == (Decimal("1100.0000"), "Wh", "")
    assert rest.next_cursor is None


async def test_meter_values_of_one_measurand(db: ClickHouse) -> None:
    await feed(db, *charge("s-1", NOON, minutes_long=2, power_w=6000))

    page = await bound_reads(db).meter_values("s-1", measurand="SoC")

    assert [value.value for value in page.items] == [Decimal(20), Decimal("20.5"), Decimal(21)]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (FrameFilter(), [4, 3, 2, 1]),
        (FrameFilter(direction="out"), [3]),
        (FrameFilter(action="Authorize"), [2]),
        (FrameFilter(text="TOKEN-7"), [2]),
        (FrameFilter(before=RECENT + minutes(2)), [2, 1]),
    ],
)
async def test_frames_of_a_station_are_filtered_and_newest_first(
    db: ClickHouse, where: FrameFilter, expected: list[int]
) -> None:
    await feed(
        db,
        frame(1, RECENT),
        frame(2, RECENT + minutes(1), action="Authorize", text='[2,"2","Authorize",{"idTag":"token-7"}]'),
        frame(3, RECENT + minutes(2), direction="out", kind="result", action="Heartbeat"),
        frame(4, RECENT + minutes(2)),
        frame(5, RECENT, station="DE-2"),
    )

    page = await bound_reads(db).frames("DE-1", where)

    assert [each.sequence for each in page.items] == expected


async def test_frames_of_one_moment_are_paged_in_the_order_of_the_connection(db: ClickHouse) -> None:
    await feed(db, *(frame(number, RECENT) for number in range(1, 12)))

    first = await bound_reads(db).frames("DE-1", limit=4)
    second = await bound_reads(db).frames("DE-1", cursor=first.next_cursor, limit=4)

    assert [each.sequence for each in (*first.items, *second.items)] == [11, 10, 9, 8, 7, 6, 5, 4]


async def test_a_command_is_pending_until_it_is_settled(db: ClickHouse) -> None:
    await feed(db, command_requested("c-1"))
    pending = await bound_reads(db).command("c-1")
    await feed(db, command_settled("c-1"))
    settled = await bound_reads(db).command("c-1")

    assert pending is not None
    assert (pending.outcome, pending.response, pending.settled_at) == ("pending", None, None)
    assert settled is not None
    assert (settled.command, settled.arguments) == ("Reset", {"type": "Immediate"})
    assert (settled.outcome, settled.response) == ("accepted", {"status": "Accepted"})
    assert (settled.requested_by, settled.requested_at) == ("ops", NOON)


async def test_an_outcome_that_comes_before_its_request_is_kept(db: ClickHouse) -> None:
    await feed(db, command_settled("c-1"))
    early = await bound_reads(db).command("c-1")
    await feed(db, command_requested("c-1"))
    whole = await bound_reads(db).command("c-1")

    assert early is not None
    assert (early.outcome, early.command, early.requested_at) == ("accepted", "", None)
    assert whole is not None
    assert (whole.outcome, whole.command, whole.requested_at) == ("accepted", "Reset", NOON)


async def test_a_wish_to_cancel_shows_on_the_command(db: ClickHouse) -> None:
    cancelled = CommandCancelled(id="x", station="DE-1", command_id="c-1", requested_at=NOON + minutes(1))
    await feed(db, command_requested("c-1"), cancelled)

    command = await bound_reads(db).command("c-1")

    assert command is not None
    assert (command.cancel_requested_at, command.outcome) == (NOON + minutes(1), "pending")


async def test_commands_are_listed_newest_first_by_station(db: ClickHouse) -> None:
    await feed(
        db,
        command_requested("c-1"),
        command_requested("c-2", NOON + minutes(1)),
        command_requested("c-3", NOON + minutes(2), "DE-2"),
        command_settled("c-1"),
    )

    everywhere = await bound_reads(db).commands(limit=2)
    behind = await bound_reads(db).commands(cursor=everywhere.next_cursor)
    there = await bound_reads(db).commands("DE-1")

    assert [command.command_id for command in (*everywhere.items, *behind.items)] == ["c-3", "c-2", "c-1"]
    assert [(command.command_id, command.outcome) for command in there.items] == [
        ("c-2", "pending"),
        ("c-1", "accepted"),
    ]


async def test_station_events_tell_connections_and_boots(db: ClickHouse) -> None:
    await feed(db, *connection(NOON), *connection(NOON, station="DE-2"))

    events = (await bound_reads(db).station_events("DE-1")).items

    assert [event.event for event in events] == ["disconnected", "booted", "connected"]
    assert events[0].detail == {"gateway": "gw-0", "epoch": 1, "code": 1006}
    assert len((await bound_reads(db).station_events()).items) == 6


async def test_connector_status_history_is_newest_first(db: ClickHouse) -> None:
    await feed(
        db,
        connector_status(NOON),
        connector_status(NOON + minutes(1), "Occupied", detail="Charging"),
        connector_status(NOON + minutes(2), "Faulted", evse=2, error_code="GroundFailure"),
    )

    both = (await bound_reads(db).connector_status_history("DE-1")).items
    first = (await bound_reads(db).connector_status_history("DE-1", evse=1)).items

    assert [(each.evse, each.status) for each in both] == [(2, "Faulted"), (1, "Occupied"), (1, "Available")]
    assert [each.detail for each in first] == ["Charging", ""]


async def test_facts_and_vendor_data_are_kept_as_they_came(db: ClickHouse) -> None:
    fact = FactReported(
        id="f-1",
        station="DE-1",
        noun="firmware",
        version="1.6",
        action="FirmwareStatusNotification",
        payload=msgspec.Raw(b'{"status":"Installed"}'),
        received_at=NOON,
    )
    data = DataTransferred(
        id="d-1", station="DE-1", vendor_id="acme", data=msgspec.Raw(b'"hello"'), received_at=NOON + minutes(1)
    )
    await feed(db, fact, data)

    both = (await bound_reads(db).facts(station="DE-1")).items
    firmware = (await bound_reads(db).facts(noun="firmware")).items

    assert [each.payload for each in both] == [
        {"vendorId": "acme", "messageId": "", "data": "hello"},
        {"status": "Installed"},
    ]
    assert [each.action for each in firmware] == ["FirmwareStatusNotification"]


async def test_quarantined_values_are_whole_whatever_their_clock(db: ClickHouse) -> None:
    value = MeterValue(
        at=dt.datetime(1, 1, 1, tzinfo=dt.UTC), samples=(SampledValue(value=Decimal("1e30"), unit="kWh"),)
    )
    await feed(
        db,
        MeterValueQuarantined(id="q-1", station="DE-1", reason="impossible", meter_value=value, received_at=NOON),
    )

    (kept,) = (await bound_reads(db).quarantine()).items

    assert (kept.reason, kept.received_at) == ("impossible", NOON)
    assert msgspec.convert(kept.meter_value, MeterValue) == value


async def test_dead_letters_are_listed(db: ClickHouse) -> None:
    letter = DeadLettered(
        id="l-1",
        service="transactions",
        topic="csms.sessions",
        partition=3,
        offset=7,
        key="DE-1",
        value="{",
        reason="truncated",
        at=NOON,
    )
    await feed(db, letter)

    (kept,) = (await bound_reads(db).dead_letters()).items

    assert (kept.topic, kept.partition, kept.offset, kept.reason) == ("csms.sessions", 3, 7, "truncated")


async def test_everything_told_twice_reads_as_told_once(db: ClickHouse) -> None:
    told: list[Record] = [
        station_changed(),
        station_changed("DE-2", connectors=(ConnectorState(evse=1, connector=1, status="Faulted", at=NOON),)),
        *charge("s-1", NOON - minutes(90), minutes_long=30, power_w=6000),
        session_changed("s-2"),
        readings("s-2", NOON - minutes(1), energy_wh=4400, power_w=7000),
        *connection(NOON),
        connector_status(NOON),
        frame(1, RECENT),
        command_requested("c-1"),
        command_settled("c-1"),
    ]

    await feed(db, *told)
    once = await everything(db)
    await feed(db, *told)
    twice = await everything(db)
    await feed(db, *reversed(told))
    backwards = await everything(db)

    assert twice == once
    assert backwards == once


async def everything(db: ClickHouse) -> list[object]:
    """Whatever the API can show."""
    span = {"until": NOON}
    return [
        await bound_reads(db).fleet_overview(NOON),
        await bound_reads(db).fleet_power(NOON - minutes(120), **span),
        await bound_reads(db).fleet_power(NOON - minutes(120), step_s=900, **span),
        await bound_reads(db).energy_by_hour(NOON - minutes(240), **span),
        await bound_reads(db).station_power("DE-1", NOON - minutes(120), **span),
        await bound_reads(db).session_series("s-1"),
        await bound_reads(db).stations(),
        await bound_reads(db).sessions(),
        await bound_reads(db).meter_values("s-1", limit=500),
        await bound_reads(db).station_events(),
        await bound_reads(db).connector_status_history("DE-1"),
        await bound_reads(db).frames("DE-1"),
        await bound_reads(db).commands(),
    ]


async def test_reading_before_the_tables_are_there_is_an_outage(empty_db: ClickHouse) -> None:
    with pytest.raises(Outage):
        await bound_reads(empty_db).stations()


async def test_updates_of_a_campaign_come_in_the_order_of_its_list_with_their_newest_state(db: ClickHouse) -> None:
    frozen = CampaignTargetsFrozen(
        id="c1/0",
        key="c1/0",
        campaign="c1",
        block=0,
        firmware=Firmware(version="2.5.0", location="https://example.com/a"),
        policy=UpdatePolicy(),
        targets=tuple(Target(f"S-{n}", 0, 0) for n in range(3)),
        frozen_at=NOON,
    )

    def changed(revision: int, state: UpdateState) -> UpdateChanged:
        return UpdateChanged(
            id=f"u{revision}",
            campaign="c1",
            station="S-1",
            number=1,
            revision=revision,
            state=state,
            attempt=1,
            changed_at=NOON,
        )

    sent, done = changed(1, UpdateState.SENT), changed(2, UpdateState.SUCCEEDED)
    await feed(db, done, sent, frozen, sent)

    first = await bound_reads(db).firmware_updates("c1", limit=2)
    rest = await bound_reads(db).firmware_updates("c1", cursor=first.next_cursor, limit=2)
    history = await bound_reads(db).firmware_history("c1", "S-1")

    assert [(row.station, row.state) for row in (*first.items, *rest.items)] == [
        ("S-0", "pending"),
        ("S-1", "succeeded"),
        ("S-2", "pending"),
    ]
    assert [row.revision for row in history.items] == [1, 2]
    assert [row.station for row in (await bound_reads(db).firmware_updates("c1", state="pending")).items] == [
        "S-0",
        "S-2",
    ]
    assert await bound_reads(db).stations_in_campaigns(("c1", "c2")) == {"S-0": "c1", "S-2": "c1"}
    assert await bound_reads(db).stations_in_campaigns(("c2",)) == {}
