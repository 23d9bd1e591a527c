"""Forms: what is filled in becomes what the API would have been asked for, and nobody else's page can send it."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import pytest
from httpx import AsyncClient, Response

from schemas.authorization import TokenProvisioned, TokenRemoved
from schemas.base import Record
from schemas.billing import CostUpdated
from schemas.command import example_of, fields_of
from schemas.commands import CommandCancelled, CommandRequested
from schemas.configuration import GetConfiguration, SetConfiguration, Setting, SettingName
from schemas.credentials import verify
from schemas.datatransfer import DataTransfer
from schemas.stationcommands import ChangeAvailability, Reset, TriggerMessage, UnlockConnector
from schemas.stations import StationProvisioned, StationRemoved
from schemas.transactions import RemoteStart, RemoteStop
from services.api.commands.forms import BY_COMMAND, FORMS, Field, Form, arguments
from services.api.commands.parsing import CANONICAL, canonical
from services.api.fakes import NOON, World
from services.api.sessions.views import session_of
from services.api.stations.views import station_of
from services.api.web.problems import Problem
from tests.services.api.builders import STATION, a_session, a_state, a_token, an_outcome

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


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.command)
def test_every_member_of_a_command_has_a_field_with_a_label(form: Form) -> None:
    assert [field.name for field in form.fields] == [member.name for member in fields_of(CANONICAL[form.command])]
    assert [field.name for field in form.fields if field.label == field.name] == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.command)
async def test_the_example_of_a_command_typed_into_its_form_is_that_command(
    browser: AsyncClient, world: World, form: Form
) -> None:
    example = example_of(CANONICAL[form.command])

    answer = await sent(browser, COMMANDS, command=form.command, **typed(form, example))

    request = only(world)
    assert answer.status_code == 200, answer.text
    assert isinstance(request, CommandRequested)
    assert request.command == canonical(form.command, example)


def typed(form: Form, example: dict[str, object]) -> dict[str, str]:
    """The example as a person types it."""
    return filled(form.fields, example, "")


def filled(members: Sequence[Field], example: Mapping[str, Any], within: str) -> dict[str, str]:
    fields: dict[str, str] = {}
    for field in members:
        value = example.get(field.short(within) if within else field.name)
        match field.kind, value:
            case _, None:
                continue
            case "rows", [*rows]:
                for n, row in enumerate(rows):
                    fields |= filled(field.rows[n], row, f"{field.name}_{n}")
            case "group", dict():
                fields |= filled(field.members, value, field.name)
            case "yes-no", bool():
                fields[field.name] = "yes" if value else "no"
            case "lines", [*items] if field.members:
                names = [member.short(field.name) for member in field.members]
                fields[field.name] = "\n".join(" ".join(str(item[name]) for name in names) for item in items)
            case "lines", [*items]:
                fields[field.name] = "\n".join(str(item[field.item]) if field.item else str(item) for item in items)
            case _:
                fields[field.name] = str(value)
    return fields


def test_a_form_offers_what_the_struct_says() -> None:
    (type_, evse) = BY_COMMAND["Reset"].fields

    assert (type_.choices, type_.value, type_.required) == (
        ("Immediate", "ImmediateAndResume", "OnIdle"),
        "OnIdle",
        False,
    )
    assert (evse.picks, evse.hint) == ("evse", "Empty: the whole station.")
    assert BY_COMMAND["Reset"].disturbs


async def test_the_forms_offer_what_the_product_knows(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_token(token="04AABB"))
    world.reads.session_rows = {"s1": session_of(a_session(transaction_id="4711"))}

    page = (await browser.get(COMMANDS)).text

    for name, value in (("evse", "1"), ("connector", "1"), ("token", "04AABB"), ("transaction", "4711")):
        (offers,) = re.findall(f'<datalist id="picks-{name}">(.*?)</datalist>', page)
        assert f'<option value="{value}"' in offers
        assert f'list="picks-{name}"' in page


def test_a_blank_row_does_not_keep_the_browser_from_sending_the_form() -> None:
    (settings,) = BY_COMMAND["SetConfiguration"].fields

    assert [field.name for row in settings.rows for field in row if field.demanded] == []


async def test_only_rows_that_are_filled_in_are_sent(browser: AsyncClient, world: World) -> None:
    rows = {"settings_0_key": "A", "settings_0_value": "", "settings_2_key": "B", "settings_2_value": "2"}

    await sent(browser, COMMANDS, command="SetConfiguration", **rows)

    request = only(world)
    assert isinstance(request, CommandRequested)
    assert request.command == SetConfiguration(settings=(Setting(key="A", value=""), Setting(key="B", value="2")))


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
            {"command": "SetConfiguration", "settings_0_key": "A", "settings_0_value": " 1 "},
            SetConfiguration(settings=(Setting(key="A", value=" 1 "),)),
        ),
        (
            {"command": "CostUpdated", "transaction_id": "7", "total_cost": "1.50"},
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
        (COMMANDS, {"command": "CostUpdated", "transaction_id": "7", "total_cost": "much"}, "arguments.total_cost"),
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
    added = await browser.post("/stations", data={"station": " NEW-1 "}, follow_redirects=False)
    page = await browser.get(added.headers["location"])
    removed = await browser.post("/stations/NEW-1/remove", follow_redirects=False)

    assert added.headers["location"] == "/stations/NEW-1"
    assert "has never connected" in page.text
    assert removed.headers["location"] == "/stations"
    assert [type(record) for record in world.bus.published] == [StationProvisioned, StationRemoved]


@pytest.mark.parametrize("registration", ["Accepted", "Rejected"])
async def test_a_station_that_waits_is_accepted_or_rejected_from_the_list(
    browser: AsyncClient, world: World, registration: str
) -> None:
    waits = a_state(registration="Pending", provisioned=False)
    world.bus.hold(waits)
    world.reads.station_rows[STATION] = station_of(waits)

    rows = await browser.get("/stations?registration=Pending")
    await sent(browser, f"/stations/{STATION}/registration", registration=registration)

    assert f'action="/stations/{STATION}/registration"' in rows.text
    (record,) = world.bus.published
    assert isinstance(record, StationProvisioned)
    assert record.registration == registration


async def test_accepting_a_station_leaves_all_else_that_is_known_of_it_as_it_is(
    browser: AsyncClient, world: World
) -> None:
    await sent(browser, f"/stations/{STATION}/settings", site="berlin-1", password="correct-horse-battery")
    await sent(browser, f"/stations/{STATION}/registration", registration="Rejected")

    _, record = world.bus.published
    assert isinstance(record, StationProvisioned)
    assert (record.site, record.registration) == ("berlin-1", "Rejected")
    assert verify("correct-horse-battery", record.password_hash)


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


def test_a_struct_of_which_nothing_is_filled_in_is_left_out() -> None:
    chosen = {"token": "CARD", "profile_kind": "Absolute", "profile_schedules_0_unit": ""}

    assert arguments(BY_COMMAND["RemoteStart"], chosen) == {"token": "CARD"}


def test_points_of_a_curve_are_written_a_line_each() -> None:
    place = "profile_schedules_0_periods_0"
    told = arguments(
        BY_COMMAND["SetChargingProfile"],
        {f"{place}_frequency_curve": "49.8 1000\n50.2 -1000", f"{place}_signal_curve": "-1 5", "evse": "1"},
    )

    (period,) = told["profile"]["schedules"][0]["periods"]
    assert period["frequency_curve"] == [
        {"frequency": "49.8", "power": "1000"},
        {"frequency": "50.2", "power": "-1000"},
    ]
    assert period["signal_curve"] == [{"signal": -1, "power": "5"}]


def test_a_line_that_is_no_point_is_named() -> None:
    with pytest.raises(Problem, match="Frequency"):
        arguments(BY_COMMAND["SetChargingProfile"], {"profile_schedules_0_periods_0_frequency_curve": "49.8"})


def test_no_field_of_a_form_asks_for_json_but_where_anything_may_be_sent() -> None:
    def kinds(fields: Sequence[Field]) -> set[str]:
        return {field.kind for field in fields} | {
            kind for field in fields for part in (field.members, *field.rows) for kind in kinds(part)
        }

    assert "json" not in kinds(BY_COMMAND["SetChargingProfile"].fields)
    assert "json" not in kinds(BY_COMMAND["RemoteStart"].fields)
