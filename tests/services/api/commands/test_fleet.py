"""Commands to many stations: each asked once, each told apart, all waited for at once."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested, ItemOutcome, RawCall
from schemas.stations import StationProvisioned, StationRemoved
from services.api.commands.fleet import AT_ONCE
from services.api.commands.fleetbodies import COMMAND_EXAMPLES, MOST_STATIONS, RAW_EXAMPLES
from services.api.commands.parsing import CANONICAL
from services.api.commands.views import requested, with_outcome
from services.api.config import Config
from services.api.fakes import KEY, World
from services.api.stations.views import details_of, station_of
from tests.services.api.apps import app_of
from tests.services.api.builders import NOON, a_state, an_outcome
from tests.services.api.conftest import BEARER, client_of

COMMANDS = "/api/v1/commands"
PROFILES = "/api/v1/ocpp/Reset"
VERSIONS = ("1.6", "2.0.1", "2.1")
STATIONS = ["A", "B", "C"]
RESET = {"stations": STATIONS, "command": "Reset", "wait_s": 0}
PAYLOADS: dict[str, Any] = {"1.6": {"type": "Soft"}, "2.0.1": {"type": "OnIdle"}, "2.1": {"type": "Immediate"}}
ORDER = {"Idempotency-Key": "order-66"}


def know_the_stations(world: World) -> None:
    """A speaks 1.6, B 2.0.1, C 2.1."""
    for station, version in zip(STATIONS, VERSIONS, strict=True):
        world.bus.hold(a_state(station=station, version=version))


@pytest.fixture(autouse=True)
def three_known_stations(world: World) -> None:
    know_the_stations(world)


def asked(world: World) -> dict[str, CommandRequested]:
    """What was published, by station."""
    assert all(isinstance(record, CommandRequested) for record in world.bus.published)
    return {record.station: record for record in world.bus.published}  # type: ignore[attr-defined]


def into_the_history(world: World) -> None:
    """ClickHouse has what was published."""
    world.reads.command_rows = {request.id: requested(request) for request in asked(world).values()}


def outcomes(answer: Any) -> dict[str, str]:
    return {item["station"]: item["outcome"] for item in answer.json()["items"]}


async def until_published(world: World, count: int) -> None:
    while len(world.bus.published) < count:
        await asyncio.sleep(0)


async def test_each_station_gets_a_command_of_its_own_and_its_outcome_is_told(
    client: AsyncClient, world: World
) -> None:
    world.bus.settles = an_outcome()

    answer = await client.post(
        COMMANDS,
        json={
            **RESET,
            "arguments": {"type": "OnIdle"},
            "ttl_s": 90,
            "timeout_s": 20,
            "wait_s": 10,
            "priority": 2,
            "when_offline": "fail",
        },
    )

    assert answer.status_code == 200, answer.text
    assert answer.json()["counts"] == {"accepted": 3}
    requests = asked(world)
    assert [(item["station"], item["command_id"]) for item in answer.json()["items"]] == [
        (station, requests[station].id) for station in STATIONS
    ]
    assert len({request.id for request in requests.values()}) == 3
    request = requests["A"]
    assert request.command == CANONICAL["Reset"](type="OnIdle")  # type: ignore[call-arg]
    assert (request.expires_at - NOON).total_seconds() == 90
    assert (request.priority, request.when_offline, request.timeout_s) == (2, "fail", 20)
    assert request.requested_by == "operator"


async def test_one_of_many_is_found_and_cancelled_like_any_command(client: AsyncClient, world: World) -> None:
    command_id = (await client.post(COMMANDS, json=RESET)).json()["items"][1]["command_id"]
    cancelling = asyncio.create_task(client.delete(f"{COMMANDS}/{command_id}"))
    await until_published(world, 4)
    world.memory.settled(an_outcome(command_id=command_id, station="B", outcome="cancelled"))

    assert (await cancelling).json()["outcome"] == "cancelled"
    found = (await client.get(f"{COMMANDS}/{command_id}")).json()
    assert (found["station"], found["command"], found["outcome"]) == ("B", "Reset", "cancelled")


async def test_who_does_not_wait_is_answered_at_once(client: AsyncClient) -> None:
    answer = await client.post(COMMANDS, json=RESET)

    assert answer.status_code == 202
    assert answer.json()["counts"] == {"pending": 3}


async def test_the_wait_ends_with_the_last_outcome(client: AsyncClient, world: World) -> None:
    asking = asyncio.create_task(client.post(COMMANDS, json={**RESET, "wait_s": 30}))
    await until_published(world, 3)
    requests = asked(world)
    world.memory.settled(an_outcome(command_id=requests["A"].id))
    world.memory.settled(an_outcome(command_id=requests["B"].id, outcome="rejected", detail="busy"))
    await asyncio.sleep(0)
    before_the_last = asking.done()
    world.memory.settled(an_outcome(command_id=requests["C"].id, outcome="timed_out"))

    answer = await asking

    assert not before_the_last
    assert answer.status_code == 200
    assert outcomes(answer) == {"A": "accepted", "B": "rejected", "C": "timed_out"}
    assert answer.json()["items"][1]["detail"] == "busy"
    assert answer.json()["counts"] == {"accepted": 1, "rejected": 1, "timed_out": 1}


async def test_a_station_that_does_not_answer_in_time_is_pending_and_heard_of_later(
    client: AsyncClient, world: World
) -> None:
    asking = asyncio.create_task(client.post(COMMANDS, json={**RESET, "wait_s": 0.1}))
    await until_published(world, 3)
    requests = asked(world)
    for station in ("A", "C"):
        world.memory.settled(an_outcome(command_id=requests[station].id))

    answer = await asking
    world.memory.settled(an_outcome(command_id=requests["B"].id, outcome="rejected"))
    later = await client.get(f"{COMMANDS}/{requests['B'].id}")

    assert answer.status_code == 202
    assert outcomes(answer) == {"A": "accepted", "B": "pending", "C": "accepted"}
    assert later.json()["outcome"] == "rejected"


async def test_the_history_is_asked_once_for_all_before_pending_is_answered(client: AsyncClient, world: World) -> None:
    ids = [f"{number:032x}" for number in (1, 2, 3)]
    for command_id, station in zip(ids[:2], STATIONS, strict=False):
        request = CommandRequested(
            id=command_id,
            station=station,
            command=CANONICAL["Reset"](),  # type: ignore[arg-type]
            requested_at=NOON,
            expires_at=NOON,
        )
        world.reads.command_rows[command_id] = with_outcome(requested(request), an_outcome(outcome="expired"))

    answer = await client.post(COMMANDS, json={**RESET, "wait_s": 0.01})

    assert outcomes(answer) == {"A": "expired", "B": "expired", "C": "pending"}
    assert world.reads.asked["commands_called"] == (dict(zip(ids, STATIONS, strict=True)),)


async def test_an_error_of_the_station_is_told_where_nothing_else_is(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(outcome="rejected", error_code="InternalError")

    answer = await client.post(COMMANDS, json={**RESET, "wait_s": 1})

    assert answer.json()["items"][0]["detail"] == "InternalError"


# -- who can be asked -------------------------------------------------------------------------------------------------


async def test_a_station_that_nobody_knows_is_told_and_stops_no_other(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome()

    answer = await client.post(COMMANDS, json={**RESET, "stations": ["A", "nobody", "C"], "wait_s": 10})

    assert answer.status_code == 200
    assert outcomes(answer) == {"A": "accepted", "nobody": "unable", "C": "accepted"}
    assert answer.json()["counts"] == {"accepted": 2, "unable": 1}
    unable = answer.json()["items"][1]
    assert unable["command_id"] is None
    assert "has connected or been provisioned" in unable["detail"]
    assert set(asked(world)) == {"A", "C"}


async def test_stations_that_are_not_in_memory_are_looked_up_together(client: AsyncClient, world: World) -> None:
    for station in ("old-1", "old-2"):
        world.reads.station_rows[station] = details_of(station_of(a_state(station=station, connected=False)))

    answer = await client.post(
        PROFILES, json={"stations": ["old-1", "A", "old-2"], "payloads": {"1.6": PAYLOADS["1.6"]}, "wait_s": 0}
    )

    assert outcomes(answer) == {"old-1": "pending", "A": "pending", "old-2": "pending"}
    assert world.reads.asked["stations_called"] == (("old-1", "old-2"),)


async def test_without_clickhouse_the_stations_in_memory_are_asked_all_the_same(
    client: AsyncClient, world: World
) -> None:
    world.reads.away = True

    answer = await client.post(COMMANDS, json={**RESET, "stations": ["A", "old-1"], "wait_s": 0.01}, headers=ORDER)

    assert outcomes(answer) == {"A": "pending", "old-1": "unable"}
    assert "ClickHouse" in answer.json()["items"][1]["detail"]


async def test_a_station_that_is_provisioned_only_waits_for_a_command_that_is_one_for_every_version(
    client: AsyncClient, world: World
) -> None:
    world.bus.hold(StationProvisioned(station="new", provisioned_at=NOON))

    canonical = await client.post(COMMANDS, json={**RESET, "stations": ["new"]})
    one = await client.post(PROFILES, json={"stations": ["new"], "payloads": {"1.6": PAYLOADS["1.6"]}, "wait_s": 0})
    several = await client.post(PROFILES, json={"stations": ["new"], "payloads": PAYLOADS})

    assert outcomes(canonical) == outcomes(one) == {"new": "pending"}
    assert (several.status_code, outcomes(several)) == (200, {"new": "unable"})
    assert "never connected" in several.json()["items"][0]["detail"]


async def test_a_removed_station_is_asked_only_while_it_is_connected(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_state(station="gone", connected=False))
    for station in ("A", "gone"):
        world.bus.hold(StationRemoved(station=station, removed_at=NOON))

    answer = await client.post(COMMANDS, json={**RESET, "stations": ["A", "gone"]})

    assert outcomes(answer) == {"A": "pending", "gone": "unable"}


async def test_a_station_that_is_named_twice_is_asked_once(client: AsyncClient, world: World) -> None:
    answer = await client.post(COMMANDS, json={**RESET, "stations": ["B", "A", "B"]})

    assert [item["station"] for item in answer.json()["items"]] == ["B", "A"]
    assert len(world.bus.published) == 2


# -- raw OCPP ---------------------------------------------------------------------------------------------------------


async def test_each_version_gets_its_own_payload(client: AsyncClient, world: World) -> None:
    answer = await client.post(PROFILES, json={"stations": STATIONS, "payloads": PAYLOADS, "wait_s": 0})

    assert answer.status_code == 202, answer.text
    sent = {station: request.command for station, request in asked(world).items()}
    assert all(isinstance(command, RawCall) and command.action == "Reset" for command in sent.values())
    assert {station: bytes(command.payload) for station, command in sent.items()} == {  # type: ignore[union-attr]
        "A": b'{"type":"Soft"}',
        "B": b'{"type":"OnIdle"}',
        "C": b'{"type":"Immediate"}',
    }


async def test_a_version_without_a_payload_is_left_out(client: AsyncClient, world: World) -> None:
    answer = await client.post(PROFILES, json={"stations": STATIONS, "payloads": {"1.6": PAYLOADS["1.6"]}, "wait_s": 0})

    assert outcomes(answer) == {"A": "pending", "B": "unable", "C": "unable"}
    assert "2.0.1" in answer.json()["items"][1]["detail"]
    assert set(asked(world)) == {"A"}


@pytest.mark.parametrize(
    ("action", "payloads", "fields"),
    [
        ("Reset", {**PAYLOADS, "1.6": {"type": "OnIdle"}}, ["payloads.1.6.type"]),
        ("Reset", {"1.6": {}, "2.1": {"type": "Gently"}}, ["payloads.1.6.type", "payloads.2.1.type"]),
        ("GetBaseReport", {"1.6": {}}, ["action"]),
        ("Reset", {}, ["payloads"]),
    ],
)
async def test_a_payload_that_breaks_its_versions_schema_is_named_and_nothing_is_sent(
    client: AsyncClient, world: World, action: str, payloads: object, fields: list[str]
) -> None:
    answer = await client.post(f"/api/v1/ocpp/{action}", json={"stations": STATIONS, "payloads": payloads})

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == fields
    assert world.bus.published == []


async def test_a_version_that_does_not_exist_is_refused(client: AsyncClient) -> None:
    answer = await client.post(PROFILES, json={"stations": STATIONS, "payloads": {"1.5": {}}})

    assert answer.status_code == 422
    assert "payloads" in answer.json()["errors"][0]["field"]


# -- limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**RESET, "stations": []}, "stations"),
        ({**RESET, "stations": ["A"] * (MOST_STATIONS + 1)}, "stations"),
        ({**RESET, "stations": ["A", 7]}, "stations[1]"),
        ({**RESET, "station": "A"}, "station"),
        ({**RESET, "arguments": {"type": "Gently"}}, "arguments.type"),
        ({**RESET, "ttl_s": 0}, "ttl_s"),
        ({"stations": ["A"]}, "command"),
    ],
)
async def test_what_cannot_be_used_is_named(client: AsyncClient, world: World, body: object, field: str) -> None:
    answer = await client.post(COMMANDS, json=body)

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert world.bus.published == []


async def test_as_many_stations_as_are_allowed_fit_into_one_request(client: AsyncClient, world: World) -> None:
    stations = [f"{number:048}" for number in range(MOST_STATIONS)]
    for station in stations:
        world.bus.hold(a_state(station=station))
    world.bus.settles = an_outcome()

    answer = await client.post(COMMANDS, json={**RESET, "stations": stations, "wait_s": 10})

    assert answer.status_code == 200, answer.text[:300]
    assert answer.json()["counts"] == {"accepted": MOST_STATIONS}
    assert len(world.bus.published) == MOST_STATIONS


async def test_many_large_payloads_are_refused_together(client: AsyncClient, world: World) -> None:
    body = {
        "stations": ["A"] * MOST_STATIONS,
        "command": "DataTransfer",
        "arguments": {"vendor_id": "x", "data": "x" * 10_000},
    }

    answer = await client.post(COMMANDS, json=body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "stations"
    assert "several requests" in answer.json()["errors"][0]["detail"]
    assert world.bus.published == []


async def test_more_outcomes_than_are_remembered_are_still_heard() -> None:
    world = World(Config(key=KEY, recent_commands=2))
    know_the_stations(world)
    world.bus.settles = an_outcome()
    client = client_of(app_of(world.ports()), headers=BEARER)

    answer = await client.post(COMMANDS, json={**RESET, "wait_s": 10})

    assert answer.json()["counts"] == {"accepted": 3}


async def test_more_than_may_wait_are_sent_and_answered_pending_at_once() -> None:
    world = World(Config(key=KEY, waiting_commands=2))
    know_the_stations(world)
    client = client_of(app_of(world.ports()), headers=BEARER)

    async with asyncio.timeout(5):
        answer = await client.post(COMMANDS, json={**RESET, "wait_s": 60})

    assert (answer.status_code, answer.json()["counts"]) == (202, {"pending": 3})
    assert len(world.bus.published) == 3


async def test_others_have_their_turn_while_many_are_sent(client: AsyncClient, world: World) -> None:
    stations = [f"S-{number}" for number in range(4 * AT_ONCE)]
    for station in stations:
        world.bus.hold(a_state(station=station))
    asking = asyncio.create_task(client.post(COMMANDS, json={**RESET, "stations": stations}))
    seen = set()
    while not asking.done():
        seen.add(len(world.bus.published))
        await asyncio.sleep(0)

    assert {AT_ONCE, 2 * AT_ONCE, 3 * AT_ONCE} <= seen


# -- repeats ----------------------------------------------------------------------------------------------------------


async def test_a_repeat_with_its_key_sends_nothing_twice_and_tells_what_is_known(
    client: AsyncClient, world: World
) -> None:
    first = await client.post(COMMANDS, json=RESET, headers=ORDER)
    ids = {item["station"]: item["command_id"] for item in first.json()["items"]}
    world.memory.settled(an_outcome(command_id=ids["A"]))

    again = await client.post(COMMANDS, json=RESET, headers=ORDER)

    assert {item["station"]: item["command_id"] for item in again.json()["items"]} == ids
    assert outcomes(again) == {"A": "accepted", "B": "pending", "C": "pending"}
    assert len(world.bus.published) == 3


async def test_a_repeat_waits_for_what_is_still_open(client: AsyncClient, world: World) -> None:
    await client.post(COMMANDS, json=RESET, headers=ORDER)
    requests = asked(world)
    world.memory.settled(an_outcome(command_id=requests["A"].id))
    repeating = asyncio.create_task(client.post(COMMANDS, json={**RESET, "wait_s": 30}, headers=ORDER))
    await asyncio.sleep(0.01)
    for station in ("B", "C"):
        world.memory.settled(an_outcome(command_id=requests[station].id))

    async with asyncio.timeout(5):
        assert (await repeating).json()["counts"] == {"accepted": 3}


async def test_a_repeat_after_a_restart_is_known_from_the_history(client: AsyncClient, world: World) -> None:
    first = await client.post(COMMANDS, json=RESET, headers=ORDER)
    into_the_history(world)
    row = world.reads.command_rows[first.json()["items"][0]["command_id"]]
    world.reads.command_rows[row.command_id] = with_outcome(row, an_outcome(outcome="rejected", detail="busy"))
    restarted = World()
    restarted.reads = world.reads
    know_the_stations(restarted)

    again = await client_of(app_of(restarted.ports()), headers=BEARER).post(COMMANDS, json=RESET, headers=ORDER)

    assert outcomes(again) == {"A": "rejected", "B": "pending", "C": "pending"}
    assert again.json()["items"][0]["detail"] == "busy"
    assert restarted.bus.published == []


async def test_the_same_key_means_the_same_command_as_alone(client: AsyncClient, world: World) -> None:
    alone = await client.post("/api/v1/stations/A/commands", json={"command": "Reset", "wait_s": 0}, headers=ORDER)

    many = await client.post(COMMANDS, json=RESET, headers=ORDER)

    assert many.json()["items"][0]["command_id"] == alone.json()["command_id"]
    assert len(world.bus.published) == 3


@pytest.mark.parametrize("forgotten", [False, True])
async def test_a_key_used_for_another_command_is_a_conflict_and_nothing_is_sent(
    client: AsyncClient, world: World, forgotten: bool
) -> None:
    await client.post("/api/v1/stations/B/commands", json={"command": "Reset", "wait_s": 0}, headers=ORDER)
    if forgotten:
        into_the_history(world)
        for number in range(world.config.recent_commands):
            world.memory.settled(an_outcome(command_id=f"later-{number}"))

    answer = await client.post(COMMANDS, json={**RESET, "arguments": {"type": "Immediate"}}, headers=ORDER)

    assert answer.status_code == 409
    assert "'B'" in answer.json()["detail"]
    assert len(world.bus.published) == 1


async def test_what_kafka_did_not_take_is_503_and_can_be_repeated_with_the_key(
    client: AsyncClient, world: World
) -> None:
    world.bus.away = True
    refused = await client.post(COMMANDS, json=RESET, headers=ORDER)
    world.bus.away = False

    repeated = await client.post(COMMANDS, json=RESET, headers=ORDER)

    assert set(refused.json()["commands"]) == set(STATIONS)
    assert refused.status_code == 503
    assert refused.headers["content-type"] == "application/problem+json"
    assert outcomes(repeated) == dict.fromkeys(STATIONS, "pending")
    assert len(world.bus.published) == 3


async def test_a_key_too_long_is_refused(client: AsyncClient, world: World) -> None:
    answer = await client.post(COMMANDS, json=RESET, headers={"Idempotency-Key": "k" * 256})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"
    assert world.bus.published == []


# -- the document -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(COMMAND_EXAMPLES))
async def test_every_documented_command_is_taken(client: AsyncClient, name: str) -> None:
    answer = await client.post(COMMANDS, json={**COMMAND_EXAMPLES[name], "stations": STATIONS, "wait_s": 0})

    assert answer.status_code == 202, answer.text


@pytest.mark.parametrize("action", sorted(RAW_EXAMPLES))
async def test_every_documented_action_is_taken(client: AsyncClient, action: str) -> None:
    body = {**RAW_EXAMPLES[action], "stations": STATIONS, "wait_s": 0}

    answer = await client.post(f"/api/v1/ocpp/{action}", json=body)

    assert answer.json()["counts"] == {"pending": 3}, answer.text


async def test_the_document_names_the_limit(client: AsyncClient) -> None:
    document = (await client.get("/schema")).json()

    for path in ("/api/v1/commands", "/api/v1/ocpp/{action}"):
        assert f"{MOST_STATIONS:,} stations" in document["paths"][path]["post"]["description"]


async def test_each_station_tells_its_items_and_whether_it_was_sent(client: AsyncClient, world: World) -> None:
    items = (ItemOutcome(name="A", status="Accepted"), ItemOutcome(name="B", status="Rejected"))
    know_the_stations(world)
    world.bus.settles = an_outcome(outcome="partial", items=items, reboot_required=True, sent=True)

    answer = await client.post("/api/v1/commands", json={"command": "Reset", "stations": ["A"]})

    (told,) = answer.json()["items"]
    assert answer.json()["counts"] == {"partial": 1}
    assert (told["reboot_required"], told["sent"]) == (True, True)
    assert [item["status"] for item in told["items"]] == ["Accepted", "Rejected"]
