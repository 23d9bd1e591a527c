"""Commands over HTTP: asked, heard, found again, cancelled, repeated."""

import asyncio

import msgspec
import pytest
from httpx import AsyncClient

from schemas.codec import encode
from schemas.commands import CommandCancelled, CommandRequested, RawCall
from schemas.configuration import SetConfiguration, Setting
from schemas.credentials import verify
from schemas.sealing import Seal, open_command
from schemas.transactions import RemoteStart
from services.api.commands.bodies import EXAMPLES
from services.api.commands.parsing import CANONICAL
from services.api.commands.views import requested, with_outcome
from services.api.config import Config
from services.api.fakes import KEY, World
from tests.services.api.apps import app_of
from tests.services.api.builders import NOON, STATION, a_state, an_outcome
from tests.services.api.conftest import BEARER, client_of

COMMANDS = f"/api/v1/stations/{STATION}/commands"
RESET = {"command": "Reset", "wait_s": 0}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state())


async def test_a_command_is_asked_for_and_its_outcome_answered(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(response=msgspec.Raw(b'{"status":"Accepted"}'))

    answer = await client.post(
        COMMANDS,
        json={
            "command": "RemoteStart",
            "arguments": {"token": "04A2B3C4D5", "evse": 1},
            "ttl_s": 90,
            "timeout_s": 20,
            "priority": 2,
            "when_offline": "fail",
        },
    )

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == RemoteStart(token="04A2B3C4D5", evse=1)
    assert (request.expires_at - NOON).total_seconds() == 90
    assert (request.priority, request.when_offline, request.timeout_s) == (2, "fail", 20)
    assert answer.status_code == 200
    assert answer.json()["command_id"] == request.id
    assert answer.json()["outcome"] == "accepted"
    assert answer.json()["response"] == {"status": "Accepted"}


async def test_a_command_without_an_outcome_in_time_is_pending_and_found_later(
    client: AsyncClient, world: World
) -> None:
    answer = await client.post(COMMANDS, json={**RESET, "wait_s": 0.01})
    command_id = answer.json()["command_id"]
    before = await client.get(f"/api/v1/commands/{command_id}")
    world.memory.settled(an_outcome(command_id=command_id, outcome="rejected", detail="busy"))
    after = await client.get(f"/api/v1/commands/{command_id}")

    assert answer.status_code == 202
    assert answer.json()["outcome"] == before.json()["outcome"] == "pending"
    assert after.json()["outcome"] == "rejected"
    assert after.json()["detail"] == "busy"
    assert after.json()["settled_at"] == "2026-06-01T12:00:00Z"


async def test_an_outcome_heard_while_waiting_ends_the_wait(client: AsyncClient, world: World) -> None:
    asking = asyncio.create_task(client.post(COMMANDS, json={"command": "Reset", "wait_s": 30}))
    while not world.bus.published:
        await asyncio.sleep(0)
    world.memory.settled(an_outcome(command_id=world.bus.published[0].id))  # type: ignore[attr-defined]

    assert (await asking).json()["outcome"] == "accepted"


async def test_the_history_is_asked_before_pending_is_answered(client: AsyncClient, world: World) -> None:
    row = requested(
        CommandRequested(
            id="0" * 31 + "1", station=STATION, command=CANONICAL["Reset"](), requested_at=NOON, expires_at=NOON
        )
    )  # type: ignore[arg-type]
    world.reads.command_rows[row.command_id] = with_outcome(row, an_outcome(outcome="expired"))

    answer = await client.post(COMMANDS, json={**RESET, "wait_s": 0.01})

    assert (answer.status_code, answer.json()["outcome"]) == (200, "expired")


async def test_while_clickhouse_is_away_a_command_is_pending_all_the_same(client: AsyncClient, world: World) -> None:
    world.reads.away = True

    answer = await client.post(COMMANDS, json={**RESET, "wait_s": 0.01}, headers={"Idempotency-Key": "k"})

    assert answer.status_code == 202


async def test_a_command_to_nobody_is_not_found(client: AsyncClient, world: World) -> None:
    answer = await client.post("/api/v1/stations/nobody/commands", json=RESET)

    assert answer.status_code == 404
    assert world.bus.published == []


async def test_a_station_that_is_provisioned_only_can_be_asked(client: AsyncClient) -> None:
    await client.put("/api/v1/stations/new", json={})

    assert (await client.post("/api/v1/stations/new/commands", json=RESET)).status_code == 202


@pytest.mark.parametrize("name", sorted(EXAMPLES))
async def test_every_documented_example_is_taken(client: AsyncClient, world: World, name: str) -> None:
    answer = await client.post(COMMANDS, json={"command": name, "arguments": EXAMPLES[name], "wait_s": 0})

    assert answer.status_code == 202, answer.text
    assert answer.json()["arguments"].items() <= EXAMPLES[name].items()
    assert type(world.bus.published[0].command) is CANONICAL[name]  # type: ignore[attr-defined]


def test_every_canonical_command_has_an_example() -> None:
    assert set(EXAMPLES) == set(CANONICAL)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"command": "Explode"}, "command"),
        ({"command": "RawCall", "arguments": {"action": "Reset"}}, "command"),
        ({"arguments": {}}, "command"),
        ({"command": "RemoteStart"}, "arguments.token"),
        ({"command": "RemoteStart", "arguments": {"token": ""}}, "arguments.token"),
        ({"command": "RemoteStart", "arguments": {"token": "A", "evse": 0}}, "arguments.evse"),
        ({"command": "RemoteStart", "arguments": {"token": "A", "evseId": 1}}, "arguments.evseId"),
        ({"command": "RemoteStart", "arguments": {"token": "A", "command": "Reset"}}, "arguments.command"),
        ({"command": "Reset", "arguments": {"type": "Gently"}}, "arguments.type"),
        ({"command": "SetConfiguration", "arguments": {"settings": []}}, "arguments.settings"),
        (
            {"command": "SetConfiguration", "arguments": {"settings": [{"key": "a", "value": "b", "x": 1}]}},
            "arguments.settings[0].x",
        ),
        ({"command": "SetConfiguration", "arguments": {"settings": [{"key": "a"}]}}, "arguments.settings[0].value"),
        ({"command": "Reset", "arguments": []}, "arguments"),
        ({"command": "Reset", "ttl_s": 0}, "ttl_s"),
        ({"command": "Reset", "ttl_s": 1e9}, "ttl_s"),
        ({"command": "Reset", "wait_s": -1}, "wait_s"),
        ({"command": "Reset", "priority": 10}, "priority"),
        ({"command": "Reset", "when_offline": "shrug"}, "when_offline"),
        ({"command": "Reset", "timeout": 5}, "timeout"),
    ],
)
async def test_a_bad_member_is_named(client: AsyncClient, world: World, body: object, field: str) -> None:
    answer = await client.post(COMMANDS, json=body)

    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert world.bus.published == []


async def test_a_repeated_request_with_its_key_is_the_same_command_sent_once(client: AsyncClient, world: World) -> None:
    headers = {"Idempotency-Key": "order-66"}

    first = await client.post(COMMANDS, json=RESET, headers=headers)
    again = await client.post(COMMANDS, json=RESET, headers=headers)
    other = await client.post(COMMANDS, json=RESET, headers={"Idempotency-Key": "order-67"})

    assert first.json()["command_id"] == again.json()["command_id"] != other.json()["command_id"]
    assert len(world.bus.published) == 2


async def test_a_key_used_for_another_command_is_a_conflict(client: AsyncClient) -> None:
    headers = {"Idempotency-Key": "order-66"}
    await client.post(COMMANDS, json=RESET, headers=headers)

    answer = await client.post(COMMANDS, json={**RESET, "arguments": {"type": "Immediate"}}, headers=headers)

    assert answer.status_code == 409


async def test_a_request_that_kafka_did_not_take_can_be_repeated_with_its_key(
    client: AsyncClient, world: World
) -> None:
    headers = {"Idempotency-Key": "order-66"}
    world.bus.away = True
    refused = await client.post(COMMANDS, json=RESET, headers=headers)
    world.bus.away = False

    repeated = await client.post(COMMANDS, json=RESET, headers=headers)

    assert (refused.status_code, repeated.status_code) == (503, 202)
    assert len(world.bus.published) == 1


async def test_a_key_too_long_is_refused(client: AsyncClient) -> None:
    answer = await client.post(COMMANDS, json=RESET, headers={"Idempotency-Key": "k" * 256})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "Idempotency-Key"


async def test_a_cancelled_command_tells_its_outcome(client: AsyncClient, world: World) -> None:
    command_id = (await client.post(COMMANDS, json=RESET)).json()["command_id"]
    cancelling = asyncio.create_task(client.delete(f"/api/v1/commands/{command_id}"))
    while len(world.bus.published) < 2:
        await asyncio.sleep(0)
    world.memory.settled(an_outcome(command_id=command_id, outcome="cancelled"))

    answer = await cancelling

    cancelled = world.bus.published[-1]
    assert isinstance(cancelled, CommandCancelled)
    assert (cancelled.station, cancelled.command_id) == (STATION, command_id)
    assert answer.json()["outcome"] == "cancelled"
    assert answer.json()["cancel_requested_at"] == "2026-06-01T12:00:00Z"


async def test_a_command_that_is_over_keeps_its_outcome(client: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome()
    command_id = (await client.post(COMMANDS, json=RESET)).json()["command_id"]

    answer = await client.delete(f"/api/v1/commands/{command_id}")

    assert answer.json()["outcome"] == "accepted"
    assert len(world.bus.published) == 1


@pytest.mark.parametrize("method", ["GET", "DELETE"])
async def test_a_command_nobody_asked_for_is_not_found(client: AsyncClient, method: str) -> None:
    assert (await client.request(method, "/api/v1/commands/none")).status_code == 404


async def test_an_outcome_whose_request_was_never_heard_is_told(client: AsyncClient, world: World) -> None:
    world.memory.settled(an_outcome(command_id="elsewhere"))

    answer = await client.get("/api/v1/commands/elsewhere")

    assert answer.json()["outcome"] == "accepted"
    assert answer.json()["requested_at"] is None


async def test_commands_can_be_listed(client: AsyncClient) -> None:
    assert (await client.get("/api/v1/commands?limit=5")).json() == {"items": [], "next_cursor": None}


# -- raw OCPP ---------------------------------------------------------------------------------------------------------


async def test_any_action_of_the_stations_own_version_is_sent_as_it_is(client: AsyncClient, world: World) -> None:
    answer = await client.post(
        f"/api/v1/stations/{STATION}/ocpp/Reset", json={"payload": {"type": "Soft"}, "wait_s": 0}
    )

    assert answer.status_code == 202, answer.text
    assert world.bus.published[0].command == RawCall(  # type: ignore[attr-defined]
        action="Reset", payload=msgspec.Raw(b'{"type":"Soft"}')
    )


@pytest.mark.parametrize(
    ("version", "action", "payload", "field"),
    [
        ("1.6", "Reset", {"type": "Gently"}, "payload.type"),
        ("1.6", "Reset", {}, "payload.type"),
        ("1.6", "GetBaseReport", {}, "action"),
        ("2.0.1", "RemoteStopTransaction", {}, "action"),
        ("2.0.1", "Heartbeat", {}, "action"),
        ("2.1", "Reset", {"type": "Immediate", "evseId": "one"}, "payload.evseId"),
    ],
)
async def test_a_payload_that_breaks_the_versions_schema_is_named(
    client: AsyncClient, world: World, version: str, action: str, payload: object, field: str
) -> None:
    world.bus.hold(a_state(version=version))

    answer = await client.post(f"/api/v1/stations/{STATION}/ocpp/{action}", json={"payload": payload})

    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["field"] == field
    assert world.bus.published == []


async def test_a_raw_action_waits_for_a_station_that_has_never_connected(client: AsyncClient, world: World) -> None:
    await client.put("/api/v1/stations/new", json={})

    answer = await client.post("/api/v1/stations/new/ocpp/Reset", json={"payload": {"any": 1}, "wait_s": 0})

    assert answer.status_code == 202
    sent = world.bus.published[-1]
    assert isinstance(sent, CommandRequested)
    assert (sent.when_offline, sent.command) == ("wait", RawCall(action="Reset", payload=msgspec.Raw(b'{"any":1}')))


async def test_a_raw_action_that_no_version_has_is_refused_before_the_station_connects(client: AsyncClient) -> None:
    await client.put("/api/v1/stations/new", json={})

    answer = await client.post("/api/v1/stations/new/ocpp/BootNotification", json={"payload": {}})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "action"


async def test_a_station_that_was_accepted_a_moment_ago_takes_a_command(client: AsyncClient, world: World) -> None:
    world.bus.comes.append(a_state(station="fresh", version="2.0.1"))

    answer = await client.post("/api/v1/stations/fresh/commands", json={**RESET, "wait_s": 0})

    assert answer.status_code == 202


async def test_a_station_nobody_has_heard_of_is_not_found_even_after_catching_up(client: AsyncClient) -> None:
    assert (await client.post("/api/v1/stations/nobody/commands", json=RESET)).status_code == 404


# -- passwords and keys -------------------------------------------------------------------------------------------------

CANARY = "canary-7f3a9"
SETS_A_PASSWORD = {
    "command": "SetConfiguration",
    "arguments": {"settings": [{"key": "AuthorizationKey", "value": CANARY}]},
    "wait_s": 0,
}


@pytest.fixture
def sealing() -> World:
    world = World(Config(key=KEY, seal=Seal(bytes(64))))
    world.bus.hold(a_state())
    return world


@pytest.fixture
def sealing_client(sealing: World) -> AsyncClient:
    client = client_of(app_of(sealing.ports()))
    client.headers.update(BEARER)
    return client


async def test_a_password_in_a_command_leaves_the_api_sealed_and_is_shown_nowhere(
    sealing_client: AsyncClient, sealing: World
) -> None:
    answer = await sealing_client.post(COMMANDS, json=SETS_A_PASSWORD)
    found = await sealing_client.get(f"/api/v1/commands/{answer.json()['command_id']}")

    (request,) = sealing.bus.published
    assert isinstance(request, CommandRequested)
    assert CANARY not in msgspec.json.encode(request).decode() + answer.text + found.text
    assert answer.json()["arguments"] == {"settings": [{"key": "AuthorizationKey", "value": "***"}]}
    assert open_command(request.command, sealing.config.seal) == SetConfiguration(
        settings=(Setting(key="AuthorizationKey", value=CANARY),)
    )


async def test_a_password_in_a_raw_payload_and_in_one_to_many_stations_leaves_sealed_too(
    sealing_client: AsyncClient, sealing: World
) -> None:
    payload = {"key": "AuthorizationKey", "value": CANARY}
    one_raw = {"payload": payload, "wait_s": 0}
    one = await sealing_client.post(f"/api/v1/stations/{STATION}/ocpp/ChangeConfiguration", json=one_raw)
    many = await sealing_client.post("/api/v1/commands", json={**SETS_A_PASSWORD, "stations": [STATION]})
    raw = {"payloads": {"1.6": payload}, "stations": [STATION], "wait_s": 0}
    all_raw = await sealing_client.post("/api/v1/ocpp/ChangeConfiguration", json=raw)

    assert [answer.status_code // 100 for answer in (one, many, all_raw)] == [2, 2, 2]
    assert len(sealing.bus.published) == 3
    assert CANARY not in msgspec.json.encode(sealing.bus.published).decode() + one.text + many.text + all_raw.text


async def test_a_password_that_comes_again_with_its_key_is_the_same_command(
    sealing_client: AsyncClient, sealing: World
) -> None:
    headers = {"Idempotency-Key": "order-66"}
    for path, body in ((COMMANDS, SETS_A_PASSWORD), ("/api/v1/commands", {**SETS_A_PASSWORD, "stations": [STATION]})):
        sealing.bus.published.clear()
        first = await sealing_client.post(path, json=body, headers=headers)
        again = await sealing_client.post(path, json=body, headers=headers)

        assert first.json() == again.json() or path == "/api/v1/commands"
        assert len(sealing.bus.published) <= 1


async def test_without_a_key_for_secrets_a_password_is_not_sent_in_the_clear(client: AsyncClient, world: World) -> None:
    answer = await client.post(COMMANDS, json=SETS_A_PASSWORD)

    assert answer.status_code == 409
    assert "secrets_key_file" in answer.text
    assert world.bus.published == []


# -- outages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("may_have_left", [True, False])
async def test_a_503_says_whether_the_command_may_have_left_and_its_id(
    client: AsyncClient, world: World, may_have_left: bool
) -> None:
    world.bus.away, world.bus.may_have_left = True, may_have_left

    answer = await client.post(COMMANDS, json=RESET)

    problem = answer.json()
    assert (answer.status_code, problem["may_have_left"]) == (503, may_have_left)
    assert len(problem["command_id"]) == 32


async def test_a_503_of_a_cancellation_says_so_too(client: AsyncClient, world: World) -> None:
    id_ = (await client.post(COMMANDS, json=RESET)).json()["command_id"]
    world.bus.away = True

    problem = (await client.delete(f"/api/v1/commands/{id_}")).json()

    assert (problem["status"], problem["command_id"]) == (503, id_)
    assert "cancellation" in problem["detail"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        (
            COMMANDS,
            {
                "command": "SetConfiguration",
                "arguments": {"settings": [{"key": "SecurityCtrlr.BasicAuthPassword", "value": "a-new-password-16"}]},
            },
        ),
        (
            f"/api/v1/stations/{STATION}/ocpp/ChangeConfiguration",
            {"payload": {"key": "AuthorizationKey", "value": "a-new-password-16"}},
        ),
    ],
)
async def test_a_command_that_gives_a_password_tells_how_that_may_be_kept(
    sealing_client: AsyncClient, sealing: World, path: str, body: dict[str, object]
) -> None:
    await sealing_client.post(path, json={**body, "wait_s": 0})

    (request,) = sealing.bus.published
    assert isinstance(request, CommandRequested)
    assert verify("a-new-password-16", request.credential_hash)
    assert b"a-new-password" not in encode(request)


async def test_a_command_without_a_password_tells_of_none(client: AsyncClient, world: World) -> None:
    await client.post(COMMANDS, json=RESET)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.credential_hash == ""
