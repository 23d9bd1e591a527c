"""The audit log over HTTP: every route that changes something leaves an entry, which is found, exported and verified."""

import msgspec
from httpx import AsyncClient

from schemas.audit import AuditRecorded
from services.api.fakes import World
from tests.services.api.apps import app_of
from tests.services.api.builders import STATION, a_state
from tests.services.api.canaries import NUMBERS
from tests.services.api.conftest import BEARER, client_of
from tests.services.api.operators.given import keyed, signed_in
from tests.services.api.test_scopes import an_app, answered, requests

RESET = {"command": "Reset", "arguments": {"type": "OnIdle"}, "wait_s": 0}


async def test_every_route_that_changes_something_leaves_an_entry() -> None:
    """Entries are written by `web/entrance.py` and the ports that it hands on: what goes around them fails here."""
    world, app = an_app()
    chosen = [(method, path) for method, path in requests() if method != "GET"]

    silent = []
    for method, path in chosen:
        before = len(world.bus.audited)
        await answered(app, BEARER, [(method, path, NUMBERS[0])])
        written = world.bus.audited[before:]
        silent += [] if written and all(entry.route and entry.noun for entry in written) else [(method, path)]

    assert silent == []


async def test_reading_leaves_none(client: AsyncClient, world: World) -> None:
    await client.get("/api/v1/stations")

    assert world.bus.audited == []


async def test_an_entry_says_who_did_what_from_where_and_why(client: AsyncClient, world: World) -> None:
    headers = {"X-Reason": "ticket 4711", "X-Request-Id": "req-1"}
    await client.put(f"/api/v1/stations/{STATION}", json={"site": "oslo"})
    answer = await client.put(f"/api/v1/stations/{STATION}", json={"site": "rome"}, headers=headers)

    entry = world.bus.audited[-1]
    assert answer.headers["x-request-id"] == entry.request_id == "req-1"
    assert (entry.actor, entry.method, entry.noun, entry.action) == ("operator", "PUT", "stations", "write")
    assert (entry.route, entry.path) == ("/api/v1/stations/{station}", f"/api/v1/stations/{STATION}")
    assert entry.reason == "ticket 4711"
    assert entry.address
    (record,) = entry.records
    assert (record.record, record.station) == ("station-provisioned", STATION)
    assert [(one.member, one.before, one.after) for one in record.altered] == [("site", '"oslo"', '"rome"')]


async def test_a_command_is_named_without_its_arguments(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_state())
    body = {"command": "DataTransfer", "arguments": {"vendor_id": "x", "data": "hush"}, "wait_s": 0}

    sent = await client.post(f"/api/v1/stations/{STATION}/commands", json=body)

    (record,) = world.bus.audited[-1].records
    assert record.subject == sent.json()["command_id"]
    assert "hush" not in msgspec.json.encode(world.bus.audited).decode()


async def test_what_is_refused_is_in_the_log(world: World) -> None:
    viewer = await keyed(world, "viewer")

    await viewer.put("/api/v1/tokens/A", json={})

    entry = world.bus.audited[-1]
    assert (entry.status, entry.records, entry.noun, entry.actor_kind) == (403, (), "tokens", "api-key")


async def test_without_the_log_nothing_is_changed(client: AsyncClient, world: World) -> None:
    world.bus.audit_away = True

    answer = await client.put(f"/api/v1/stations/{STATION}", json={"site": "oslo"})

    assert answer.status_code == 503
    assert world.bus.published == []


async def test_who_signs_in_and_out_and_who_fails_to_is_in_the_log(world: World) -> None:
    browser = await signed_in(world, "ann", "viewer")
    await browser.post("/logout")
    await browser.post("/login", data={"user": "eve", "key": "guess"})

    said = [(entry.actor, entry.action, entry.status) for entry in world.bus.audited[-3:]]
    assert said == [("ann", "sign-in", 200), ("ann", "sign-out", 200), ("eve", "sign-in", 401)]
    assert "guess" not in msgspec.json.encode(world.bus.audited).decode()


async def test_the_log_is_listed_exported_and_verified(client: AsyncClient, world: World) -> None:
    for site in ("oslo", "rome"):
        await client.put(f"/api/v1/stations/{STATION}", json={"site": site})
    world.reads.audit_rows = list(world.bus.audited)

    listed = (await client.get("/api/v1/audit")).json()["items"]
    lines = (await client.get("/api/v1/audit/export")).text.splitlines()
    whole = (await client.get("/api/v1/audit/verification")).json()
    del world.reads.audit_rows[0]
    world.reads.audit_rows[0] = msgspec.structs.replace(world.reads.audit_rows[0], actor="nobody")
    broken = (await client.get("/api/v1/audit/verification")).json()

    assert [entry["sequence"] for entry in listed] == [2, 1]
    assert [msgspec.json.decode(line, type=AuditRecorded) for line in lines] == list(reversed(world.bus.audited))
    assert (whole["whole"], whole["entries"], whole["chains"][0]["head"]) == (True, 2, world.bus.audited[-1].digest)
    assert (broken["whole"], broken["faults"][0]["fault"]) == (False, "altered")


async def test_only_who_may_see_the_log_sees_it(world: World) -> None:
    viewer = await keyed(world, "viewer")

    assert (await viewer.get("/api/v1/audit")).status_code == 403
    assert (await client_of(app_of(world.ports()), headers=BEARER).get("/api/v1/audit")).status_code == 200
