"""Forms: what is filled in becomes what the API would have been asked for, and nobody else's page can send it."""

import datetime as dt
from decimal import Decimal

import pytest
from httpx import AsyncClient, Response

from schemas.authorization import TokenProvisioned, TokenRemoved
from schemas.base import Record
from schemas.billing import CostUpdated
from schemas.commands import CommandCancelled, CommandRequested
from schemas.configuration import GetConfiguration, SetConfiguration, Setting, SettingName
from schemas.credentials import verify
from schemas.datatransfer import DataTransfer
from schemas.stations import (
    ChangeAvailability,
    Reset,
    StationProvisioned,
    StationRemoved,
    TriggerMessage,
    UnlockConnector,
)
from schemas.transactions import RemoteStart, RemoteStop
from services.api.asked import CANONICAL
from services.api.console.commandforms import FORMS
from services.api.fakes import NOON, World
from tests.services.api.builders import STATION, a_state, a_token, an_outcome

FRAGMENT = {"HX-Request": "true"}
COMMANDS = f"/stations/{STATION}/commands"


@pytest.fixture(autouse=True)
def _a_station_that_answers(world: World) -> None:
    world.bus.hold(a_state())
    world.bus.settles = an_outcome()


def only(world: World) -> Record:
    (record,) = world.bus.published
    return record


async def sent(browser: AsyncClient, path: str, **fields: str) -> Response:
    return await browser.post(path, data=fields, headers=FRAGMENT)


def test_every_canonical_command_has_a_form() -> None:
    assert {form.command for form in FORMS} == set(CANONICAL)


@pytest.mark.parametrize(
    ("fields", "command"),
    [
        ({"command": "RemoteStart", "token": " AB ", "evse": "2"}, RemoteStart(token="AB", evse=2)),
        ({"command": "RemoteStop", "transaction_id": "7"}, RemoteStop(transaction_id="7")),
        ({"command": "UnlockConnector", "evse": "1", "connector": ""}, UnlockConnector(evse=1)),
        (
            {"command": "ChangeAvailability", "operational_status": "Inoperative", "evse": ""},
            ChangeAvailability(operational_status="Inoperative"),
        ),
        ({"command": "Reset", "type": "Immediate"}, Reset(type="Immediate")),
        (
            {"command": "TriggerMessage", "requested_message": "Heartbeat"},
            TriggerMessage(requested_message="Heartbeat"),
        ),
        (
            {"command": "GetConfiguration", "settings": "A\n\n B \n"},
            GetConfiguration(settings=(SettingName(key="A"), SettingName(key="B"))),
        ),
        ({"command": "GetConfiguration", "settings": ""}, GetConfiguration()),
        (
            {"command": "SetConfiguration", "key": "A", "value": " 1 "},
            SetConfiguration(settings=(Setting(key="A", value=" 1 "),)),
        ),
        (
            {"command": "CostUpdated", "arguments": '{"transaction_id": "7", "total_cost": "1.50"}'},
            CostUpdated(transaction_id="7", total_cost=Decimal("1.50")),
        ),
        ({"command": "DataTransfer", "vendor_id": "v", "data": "hello"}, DataTransfer(vendor_id="v", data=b'"hello"')),
        (
            {"command": "DataTransfer", "vendor_id": "v", "data": '{"a":1}'},
            DataTransfer(vendor_id="v", data=b'{"a":1}'),
        ),
    ],
)
async def test_a_form_sends_its_command(
    browser: AsyncClient, world: World, fields: dict[str, str], command: object
) -> None:
    answer = await sent(browser, COMMANDS, **fields)

    request = only(world)
    assert answer.status_code == 200
    assert "accepted" in answer.text
    assert isinstance(request, CommandRequested)
    if isinstance(command, DataTransfer):
        assert isinstance(request.command, DataTransfer)
        assert bytes(request.command.data) == command.data
    else:
        assert request.command == command


async def test_a_command_travels_as_its_form_says(browser: AsyncClient, world: World) -> None:
    await sent(browser, COMMANDS, command="Reset", type="OnIdle", ttl_s="3600", when_offline="fail")

    request = only(world)
    assert isinstance(request, CommandRequested)
    assert request.expires_at == NOON + dt.timedelta(hours=1)
    assert request.when_offline == "fail"


async def test_a_raw_action_is_sent_as_it_is(browser: AsyncClient, world: World) -> None:
    await sent(browser, f"/stations/{STATION}/ocpp", action="ClearCache", payload="{}")

    request = only(world)
    assert isinstance(request, CommandRequested)
    assert request.command.__struct_config__.tag == "RawCall"


@pytest.mark.parametrize(
    ("path", "fields", "named"),
    [
        (COMMANDS, {"command": "Dance"}, "command"),
        (COMMANDS, {"command": "CostUpdated", "arguments": "[]"}, "arguments"),
        (COMMANDS, {"command": "RemoteStart", "token": ""}, "arguments.token"),
        (COMMANDS, {"command": "RemoteStart", "token": "A", "evse": "two"}, "evse"),
        (COMMANDS, {"command": "Reset", "type": "OnIdle", "ttl_s": "x"}, "ttl_s"),
        (COMMANDS, {"command": "Reset", "type": "OnIdle", "when_offline": "x"}, "when_offline"),
        (f"/stations/{STATION}/ocpp", {"action": "ClearCache", "payload": "{"}, "payload"),
        (f"/stations/{STATION}/ocpp", {"action": "ClearCache", "payload": '{"x":1}'}, "payload.x"),
        (f"/stations/{STATION}/ocpp", {"action": "Dance", "payload": "{}"}, "action"),
        (f"/stations/{STATION}/settings", {"labels": "nonsense"}, "labels"),
        (f"/stations/{STATION}/settings", {"password": "short"}, "password"),
        (f"/stations/{STATION}/settings", {"heartbeat_interval_s": "-1"}, "heartbeat_interval_s"),
        ("/stations", {"station": ""}, "station"),
        ("/tokens", {"token": ""}, "token"),
        ("/tokens", {"token": "A", "expires_at": "tomorrow"}, "expires_at"),
    ],
)
async def test_what_cannot_be_used_is_named_and_nothing_is_sent(
    browser: AsyncClient, world: World, path: str, fields: dict[str, str], named: str
) -> None:
    answer = await sent(browser, path, **fields)

    assert answer.status_code == 422
    assert f"<strong>{named}</strong>" in answer.text
    assert "<html" not in answer.text
    assert world.bus.published == []


async def test_without_the_script_a_command_leads_to_its_own_page(browser: AsyncClient, world: World) -> None:
    answer = await browser.post(COMMANDS, data={"command": "Reset", "type": "OnIdle"}, follow_redirects=False)

    request = only(world)
    assert isinstance(request, CommandRequested)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/commands/{request.id}")
    page = await browser.get(answer.headers["location"])
    assert "accepted" in page.text


async def test_a_pending_command_can_be_cancelled(browser: AsyncClient, world: World) -> None:
    world.bus.settles = None
    request = CommandRequested(
        id="c9", station=STATION, command=Reset(), requested_at=NOON, expires_at=NOON + dt.timedelta(minutes=1)
    )
    world.memory.requested(request)
    world.memory.settled(an_outcome(command_id="c8"))

    waiting = await browser.get("/commands/c9")
    world.bus.settles = None
    answer = await sent(browser, "/commands/c9/cancel")

    assert 'action="/commands/c9/cancel"' in waiting.text
    assert "Cancelling was asked for" in answer.text
    assert isinstance(only(world), CommandCancelled)


async def test_a_station_is_provisioned_by_its_form(browser: AsyncClient, world: World) -> None:
    await sent(
        browser,
        f"/stations/{STATION}/settings",
        site="berlin",
        labels="row = A\n floor=2 ",
        password="correct-horse-battery",
        registration="Pending",
        heartbeat_interval_s="120",
    )

    record = only(world)
    assert isinstance(record, StationProvisioned)
    assert (record.site, record.labels) == ("berlin", {"row": "A", "floor": "2"})
    assert (record.registration, record.heartbeat_interval_s) == ("Pending", 120)
    assert verify("correct-horse-battery", record.password_hash)


async def test_a_blank_password_keeps_the_old_one_and_a_tick_takes_it_away(browser: AsyncClient, world: World) -> None:
    settings = f"/stations/{STATION}/settings"
    await sent(browser, settings, password="correct-horse-battery")
    await sent(browser, settings, password="", site="x")
    await sent(browser, settings, password="", without_password="on")

    _, kept, gone = world.bus.published
    assert isinstance(kept, StationProvisioned)
    assert verify("correct-horse-battery", kept.password_hash)
    assert isinstance(gone, StationProvisioned)
    assert gone.password_hash == ""


async def test_a_station_is_added_and_removed(browser: AsyncClient, world: World) -> None:
    added = await browser.post("/stations", data={"station": " NEW 1 "}, follow_redirects=False)
    page = await browser.get(added.headers["location"])
    removed = await browser.post("/stations/NEW%201/remove", follow_redirects=False)

    assert added.headers["location"] == "/stations/NEW%201"
    assert "has never connected" in page.text
    assert removed.headers["location"] == "/stations"
    assert [type(record) for record in world.bus.published] == [StationProvisioned, StationRemoved]


async def test_a_token_is_added_blocked_and_removed(browser: AsyncClient, world: World) -> None:
    expires = "2027-01-01T09:00:00.000Z"
    await sent(browser, "/tokens", token="a/b", label="Van", group="g", concurrent_sessions="on", expires_at=expires)
    await sent(browser, "/tokens/status", token="A/B", status="Blocked")
    answer = await sent(browser, "/tokens/remove", token="A/B")

    added, blocked, removed = world.bus.published
    assert isinstance(added, TokenProvisioned)
    assert (added.token, added.label, added.group, added.concurrent_sessions) == ("A/B", "Van", "g", True)
    assert added.expires_at == dt.datetime(2027, 1, 1, 9, tzinfo=dt.UTC)
    assert isinstance(blocked, TokenProvisioned)
    assert (blocked.status, blocked.label, blocked.expires_at) == ("Blocked", "Van", added.expires_at)
    assert isinstance(removed, TokenRemoved)
    assert "A/B was removed." in answer.text


async def test_a_token_is_changed_from_what_is_known_of_it(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_token(label="Van 7", concurrent_sessions=True))

    page = (await browser.get("/tokens?edit=04a2b3c4d5")).text

    assert 'value="Van 7"' in page
    assert "Change a token" in page


async def test_an_outage_is_told_in_a_sentence(browser: AsyncClient, world: World) -> None:
    world.bus.away = True

    answer = await sent(browser, "/tokens", token="A")

    assert answer.status_code == 503
    assert "try again" in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://voltbus.test"},
    ],
)
async def test_another_sites_form_is_refused(browser: AsyncClient, world: World, headers: dict[str, str]) -> None:
    answer = await browser.post("/tokens", data={"token": "A"}, headers=headers)

    assert answer.status_code == 403
    assert world.bus.published == []


@pytest.mark.parametrize("headers", [{"origin": "http://voltbus.test"}, {"sec-fetch-site": "same-origin"}])
async def test_our_own_form_is_not(browser: AsyncClient, world: World, headers: dict[str, str]) -> None:
    answer = await browser.post("/tokens", data={"token": "A"}, headers=headers, follow_redirects=False)

    assert answer.status_code == 303
    assert len(world.bus.published) == 1
