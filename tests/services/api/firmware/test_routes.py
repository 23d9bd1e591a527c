"""Firmware campaigns over HTTP: lists frozen, drafts, interventions, rows."""

from typing import Any

import msgspec
import pytest
from httpx import AsyncClient
from msgspec.structs import replace
from prometheus_client import REGISTRY

from schemas.campaigns import CampaignChanged, CampaignRequested, CampaignSteered, CampaignTargetsFrozen, WaveProgress
from schemas.examples import example
from schemas.sealing import Seal
from schemas.stations import StationChanged, StationProvisioned
from services.api.config import Config
from services.api.fakes import KEY, NOON, World
from services.api.firmware.rows import UpdateHistoryRow, UpdateRow
from services.api.web.metrics import count_campaigns
from tests.services.api.apps import app_of
from tests.services.api.conftest import BEARER, client_of
from tests.services.api.operators.given import keyed

FIRMWARE = {"version": "2.5.0", "location": "https://example.com/wallbox-2.5.0.bin"}
URL = "/api/v1/firmware-campaigns"


def a_fleet(world: World, stations: int = 10, **changes: Any) -> None:
    """Stations of two models at two sites; every fifth is offline."""
    for number in range(stations):
        world.bus.hold(
            StationChanged(
                **{
                    "id": "",
                    "station": f"S-{number:03d}",
                    "revision": 1,
                    "connected": number % 5 != 4,
                    "version": "1.6",
                    "vendor": "Elbtal",
                    "model": ("Wallbox 22", "Twin 22")[number % 2],
                    "firmware_version": "2.4.1",
                    "site": ("berlin-1", "hamburg-1")[number % 2],
                    "labels": {"row": "A"} if number < 3 else {},
                    "changed_at": NOON,
                }
                | changes
            )
        )


def body(**changes: Any) -> dict[str, Any]:
    return {"name": "spring", "firmware": FIRMWARE, "targets": {}} | changes


def a_campaign(world: World, status: str = "running", **changes: Any) -> CampaignChanged:
    campaign = replace(example(CampaignChanged), campaign="c1", status=status, requested_at=NOON, **changes)
    world.bus.hold(campaign)
    return campaign


async def test_a_dry_run_says_who_in_which_wave_and_who_not_and_why(client: AsyncClient, world: World) -> None:
    a_fleet(world)
    world.bus.hold(replace(world.bus.get(*_place("S-000")), firmware_version="2.5.0"))
    firmware = FIRMWARE | {"models": ["Wallbox 22"]}

    answer = await client.post(
        URL, params={"dry_run": True}, json=body(firmware=firmware, waves=[{"stations": 1}, {"percent": 50}])
    )

    draft = answer.json()
    assert answer.status_code == 200
    assert (draft["campaign"], draft["stations"], draft["wave_ends"]) == ("", 4, [1, 3, 4])
    assert [one["wave"] for one in draft["included"]] == [1, 2, 2, 3]
    assert [one["connected"] for one in draft["included"]] == [True, True, True, False]
    assert draft["excluded"][0] == {"station": "S-000", "reason": "it runs 2.5.0 already"}
    assert draft["excluded"][1]["reason"] == "the firmware is not made for the model Twin 22"
    assert draft["warnings"] == [
        "5 left out: the firmware is not made for the model Twin 22",
        "1 offline now: they catch up when they connect, within their deadline",
    ]
    assert world.bus.published == []


def _place(station: str) -> Any:
    from schemas.stations import STATION_STATES

    return STATION_STATES, station


async def test_a_campaign_freezes_its_list_in_blocks_before_it_begins(client: AsyncClient, world: World) -> None:
    a_fleet(world, 501)
    world.bus.hold(StationProvisioned(station="S-001", time_zone="America/New_York", provisioned_at=NOON))

    answer = await client.post(URL, json=body(time_zone="Europe/Berlin", waves=[{"stations": 5}]))

    *blocks, whole = world.bus.published
    assert answer.status_code == 201
    assert isinstance(whole, CampaignRequested)
    assert (whole.stations, whole.blocks, whole.wave_ends) == (501, 2, (5, 501))
    assert set(whole.zones) == {"Europe/Berlin", "America/New_York"}
    assert [(type(block), len(block.targets)) for block in blocks] == [
        (CampaignTargetsFrozen, 500),
        (CampaignTargetsFrozen, 1),
    ]
    assert answer.json()["campaign"] == whole.key
    listed = [target.station for block in blocks for target in block.targets]
    assert listed == [one["station"] for one in answer.json()["included"]]


@pytest.mark.parametrize(
    ("targets", "stations"),
    [
        ({"model": "Twin 22"}, 5),
        ({"site": "berlin-1", "labels": {"row": "A"}}, 2),
        ({"firmware_version": "2.4.1", "vendor": "Elbtal"}, 10),
        ({"stations": ["S-001", "S-001", "S-007"]}, 2),
        ({"vendor": "Nobody"}, 0),
    ],
)
async def test_a_filter_means_all_of_its_members(
    client: AsyncClient, world: World, targets: dict[str, Any], stations: int
) -> None:
    a_fleet(world)

    answer = await client.post(URL, params={"dry_run": True}, json=body(targets=targets))

    assert answer.json()["stations"] == stations


async def test_an_unsigned_installation_cannot_be_timed_where_the_version_has_no_room_for_it(
    client: AsyncClient, world: World
) -> None:
    a_fleet(world, 1)
    a = body(policy={"install_at": "2026-06-02T03:00:00Z"})

    unsigned = (await client.post(URL, params={"dry_run": True}, json=a)).json()
    signed = a | {"firmware": FIRMWARE | {"signing_certificate": "PEM", "signature": "c2ln"}}

    assert unsigned["excluded"][0]["reason"] == "OCPP 1.6 can only time the installation of signed firmware"
    assert (await client.post(URL, params={"dry_run": True}, json=signed)).json()["stations"] == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"firmware": {"version": "1"}}, "firmware.location"),
        ({"waves": [{}]}, "waves[0]"),
        ({"waves": [{"stations": 1, "percent": 5}]}, "waves[0]"),
        ({"waves": [{"percent": 101}]}, "waves[0].percent"),
        ({"windows": [{"start_time": "25:00", "end_time": "05:00"}]}, "windows[0].start_time"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"policy": {"attempts": 0}}, "policy.attempts"),
        ({"gate": {"success_share": 2}}, "gate.success_share"),
        ({"targets": {"stations": ["nobody"]}}, "targets"),
        ({"firmware": FIRMWARE | {"signature": "c2ln"}}, "firmware"),
        ({"targets": {"colour": "red"}}, "targets.colour"),
    ],
)
async def test_a_bad_member_is_named(client: AsyncClient, world: World, changes: dict[str, Any], field: str) -> None:
    a_fleet(world, 3)

    answer = await client.post(URL, json=body(**changes))

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert world.bus.published == []


async def test_a_request_repeated_with_its_key_is_the_same_campaign(client: AsyncClient, world: World) -> None:
    a_fleet(world, 3)
    headers = {"Idempotency-Key": "spring-2026"}

    first, again = [(await client.post(URL, json=body(), headers=headers)).json() for _ in range(2)]
    other = (await client.post(URL, json=body())).json()

    assert first["campaign"] == again["campaign"] != other["campaign"]


async def test_a_tenants_campaign_has_its_own_stations_and_a_key_of_its_own(client: AsyncClient, world: World) -> None:
    a_fleet(world, 4)
    for number in (0, 1):
        world.bus.hold(StationProvisioned(station=f"S-00{number}", tenant="acme", provisioned_at=NOON))
    headers = {"Idempotency-Key": "spring-2026"}
    own = await keyed(world, "operator", scope={"tenants": ["acme"]})

    mine = (await own.post(URL, json=body(), headers=headers)).json()
    common = (await client.post(URL, json=body(), headers=headers)).json()

    assert mine["campaign"] != common["campaign"]
    frozen = [each for each in world.bus.published if isinstance(each, CampaignTargetsFrozen)]
    assert [({one.station for one in each.targets} <= {"S-000", "S-001"}, each.tenant) for each in frozen] == [
        *((True, "acme"), (False, ""))
    ]
    world.bus.hold(replace(a_campaign(world, "running"), campaign="theirs"))
    assert (await own.get(f"{URL}/theirs")).status_code == 404
    assert (await own.post(f"{URL}/theirs/cancel")).status_code == 404


async def test_stations_that_another_campaign_is_not_over_with_are_left_out_and_told(
    client: AsyncClient, world: World
) -> None:
    a_fleet(world, 3)
    a_campaign(world, "paused", name="winter")
    world.reads.held = {"S-000": "c1", "S-001": "c1", "S-002": "over"}

    tried = (await client.post(URL, params={"dry_run": True}, json=body())).json()
    begun = (await client.post(URL, json=body())).json()
    refused = await client.post("/api/v1/stations/S-000/firmware", json={"firmware": FIRMWARE})

    reason = "the campaign winter (c1) is not over with it"
    for draft in (tried, begun):
        assert [one["station"] for one in draft["included"]] == ["S-002"]
        assert draft["excluded"] == [{"station": name, "reason": reason} for name in ("S-000", "S-001")]
        assert f"2 left out: {reason}" in draft["warnings"]
    assert refused.status_code == 422
    assert reason in refused.text


async def test_a_campaign_that_is_asked_for_again_does_not_stand_in_its_own_way(
    client: AsyncClient, world: World
) -> None:
    a_fleet(world, 3)
    headers = {"Idempotency-Key": "spring-2026"}
    first = (await client.post(URL, json=body(), headers=headers)).json()
    world.bus.hold(replace(example(CampaignChanged), campaign=first["campaign"], status="running"))
    world.reads.held = {"S-000": first["campaign"]}

    again = (await client.post(URL, json=body(), headers=headers)).json()

    assert again["stations"] == 3


async def test_a_firmware_that_does_not_fit_a_model_is_warned_of(client: AsyncClient, world: World) -> None:
    a_fleet(world, 4)

    narrow = await client.post(URL, params={"dry_run": True}, json=body(firmware=FIRMWARE | {"models": ["Wallbox 22"]}))
    wide = await client.post(URL, params={"dry_run": True}, json=body())

    assert narrow.json()["warnings"] == ["2 left out: the firmware is not made for the model Twin 22"]
    assert wide.json()["warnings"] == ["one firmware for 2 models: Elbtal Twin 22, Elbtal Wallbox 22"]


async def test_what_stations_of_some_versions_cannot_be_told_is_warned_of(client: AsyncClient, world: World) -> None:
    a_fleet(world, 1)
    firmware = FIRMWARE | {"location": "https://example.com/" + "a" * 600, "models": ["Wallbox 22"]}
    late = {"start_at": "2026-04-01T00:00:00Z", "policy": {"install_at": "2026-04-09T00:00:00Z"}}
    signed = {"signature": "c2ln", "signing_certificate": "PEM"}

    answer = await client.post(URL, params={"dry_run": True}, json=body(firmware=firmware | signed, **late))

    at_the_time, too_long = sorted(answer.json()["warnings"], key=len)
    assert at_the_time == "the time of installation is later than the deadline of stations that begin at once"
    assert too_long.startswith("the location has 620 characters")


async def test_one_station_is_a_campaign_of_one(client: AsyncClient, world: World) -> None:
    a_fleet(world, 3)

    answer = await client.post("/api/v1/stations/S-001/firmware", json={"firmware": FIRMWARE})
    missing = await client.post("/api/v1/stations/nobody/firmware", json={"firmware": FIRMWARE})

    assert answer.status_code == 201
    assert [one["station"] for one in answer.json()["included"]] == ["S-001"]
    assert missing.status_code == 404


@pytest.mark.parametrize(
    ("status", "action", "code"),
    [
        ("running", "pause", 202),
        ("halted", "resume", 202),
        ("running", "cancel", 202),
        ("finished", "retry", 202),
        ("running", "resume", 409),
        ("finished", "pause", 409),
        ("cancelled", "cancel", 409),
        ("running", "explode", 404),
    ],
)
async def test_a_campaign_is_steered_where_it_means_something(
    client: AsyncClient, world: World, status: str, action: str, code: int
) -> None:
    a_campaign(world, status, counts={"installation-failed": 1})

    answer = await client.post(f"{URL}/c1/{action}")

    assert answer.status_code == code, answer.text
    assert len(world.bus.published) == (code == 202)
    if code == 202:
        (record,) = world.bus.published
        assert isinstance(record, CampaignSteered)
        assert (record.key, record.action, answer.json()["id"]) == ("c1", action, record.id)


async def test_nothing_is_retried_where_nothing_has_failed(client: AsyncClient, world: World) -> None:
    a_campaign(world, "finished", counts={"succeeded": 7})

    assert (await client.post(f"{URL}/c1/retry")).status_code == 409


async def test_more_time_and_other_limits_are_given(client: AsyncClient, world: World) -> None:
    a_campaign(world)

    given = await client.post(
        f"{URL}/c1/extend", json={"deadline_s": 9000, "max_at_once": 5, "max_at_once_per_site": 1}
    )
    nothing = await client.post(f"{URL}/c1/extend", json={})

    (record,) = world.bus.published
    assert isinstance(record, CampaignSteered)
    assert (record.deadline_s, record.max_at_once, record.max_at_once_per_site) == (9000, 5, 1)
    assert record.max_failures is None
    assert (given.status_code, nothing.status_code) == (202, 422)


async def test_campaigns_are_listed_newest_first_a_page_at_a_time(client: AsyncClient, world: World) -> None:
    for number in range(3):
        campaign = replace(a_campaign(world), campaign=f"c{number}", status="running")
        world.bus.hold(campaign)

    first = (await client.get(URL, params={"limit": 2})).json()
    second = (await client.get(URL, params={"limit": 2, "cursor": first["next_cursor"]})).json()

    assert [one["campaign"] for one in (*first["items"], *second["items"])] == ["c2", "c1", "c0"]
    assert second["next_cursor"] is None
    assert (await client.get(URL, params={"status": "halted"})).json()["items"] == []


async def test_a_campaign_shows_its_waves_and_its_stations_theirs(client: AsyncClient, world: World) -> None:
    waves = (WaveProgress(first=0, end=2, counts={"succeeded": 2}), WaveProgress(first=2, end=9, counts={"sent": 7}))
    a_campaign(world, waves=waves, counts={"succeeded": 2, "sent": 7})
    row = {
        "campaign": "c1",
        "station": "S-001",
        "state": "sent",
        "attempt": 1,
        "detail": "",
        "request_id": 7,
        "from_version": "2.4.1",
        "to_version": "2.5.0",
        "command_id": "x",
        "ordered_at": NOON,
        "changed_at": NOON,
    }
    world.reads.update_rows = (UpdateRow(**row, number=1, wave=0), UpdateRow(**row, number=2, wave=0))
    world.reads.update_history_rows = (
        UpdateHistoryRow(id="h", revision=1, state="sent", attempt=1, detail="", changed_at=NOON),
    )

    campaign = (await client.get(f"{URL}/c1")).json()
    stations = (await client.get(f"{URL}/c1/stations", params={"state": "sent"})).json()
    history = (await client.get(f"{URL}/c1/stations/S-001")).json()

    assert campaign["counts"] == {"succeeded": 2, "sent": 7}
    assert [one["wave"] for one in stations["items"]] == [0, 1]
    assert world.reads.asked["firmware_updates"][:2] == ("c1", "sent")
    assert [one["state"] for one in history["items"]] == ["sent"]
    assert (await client.get(f"{URL}/nobody")).status_code == 404
    assert (await client.get(f"{URL}/nobody/stations")).status_code == 404


def test_campaigns_and_the_stations_of_those_that_are_not_over_are_gauged() -> None:
    running = replace(example(CampaignChanged), status="running", counts={"sent": 3, "pending": 4})
    halted = replace(running, campaign="c2", status="halted", counts={"sent": 1})
    over = replace(running, campaign="c3", status="finished", counts={"succeeded": 9})

    count_campaigns([running, halted, over])

    def gauged(name: str, **labels: str) -> float | None:
        return REGISTRY.get_sample_value(f"voltbus_api_firmware_{name}", labels)

    assert [gauged("campaigns", status=status) for status in ("running", "halted", "finished")] == [1, 1, 1]
    assert [gauged("stations", state=state) for state in ("sent", "pending", "succeeded")] == [4, 4, None]


async def test_a_password_in_a_location_is_sealed_on_its_way_and_shown_nowhere() -> None:
    world = World(Config(key=KEY, seal=Seal(bytes(64))))
    a_fleet(world)
    client = client_of(app_of(world.ports()))
    client.headers.update(BEARER)
    location = "ftp://user:canary-7f3a9@example.com/wallbox.bin"

    answer = await client.post(URL, json=body(firmware=FIRMWARE | {"location": location}))
    (asked,) = (record for record in world.bus.published if isinstance(record, CampaignRequested))
    a_campaign(world, firmware=asked.firmware)
    plain = replace(asked.firmware, location=location)
    shown = [(await client.get(f"{URL}/c1")).json(), (await client.get(URL)).json()]
    a_campaign(world, firmware=plain)
    shown.append((await client.get(f"{URL}/c1")).json())

    assert answer.status_code == 201
    assert "canary" not in msgspec.json.encode(world.bus.published).decode() + answer.text + str(shown)
    assert world.config.seal.open(asked.firmware.location) == location
    assert shown[0]["firmware"]["location"] == "***"
    assert shown[2]["firmware"]["location"] == "ftp://user:***@example.com/wallbox.bin"


async def test_without_a_key_for_secrets_a_location_with_a_password_is_refused(
    client: AsyncClient, world: World
) -> None:
    a_fleet(world)

    answer = await client.post(URL, json=body(firmware=FIRMWARE | {"location": "ftp://user:secret@example.com/a.bin"}))

    assert answer.status_code == 409
    assert world.bus.published == []
