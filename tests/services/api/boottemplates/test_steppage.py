"""The commands of a boot template in the console: added and changed by forms and arranged, without anybody typing JSON."""

import pytest
from httpx import AsyncClient

from schemas.boottemplates import BootTemplateProvisioned
from schemas.configuration import SetConfiguration, Setting
from schemas.stationcommands import ClearCache
from services.api.boottemplates.rows import TemplateCommand
from services.api.boottemplates.steppage import arranged
from services.api.fakes import World
from services.api.web.changing import tag_of
from services.api.web.problems import Problem
from tests.services.api.builders import a_boot_template

HOME = "/boot-templates"
ONE = f"{HOME}/defaults"
HTMX = {"HX-Request": "true"}
SET = SetConfiguration(settings=(Setting(key="VendorApiKey", value="sealed:v1:abc"),))


def written(world: World) -> BootTemplateProvisioned:
    record = world.bus.published[-1]
    assert isinstance(record, BootTemplateProvisioned)
    return record


async def test_a_command_is_added_by_its_form(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_boot_template("defaults", SET))

    answer = await browser.post(
        f"{ONE}/steps",
        data={"command": "SetConfiguration", "settings_0_key": "HeartbeatInterval", "settings_0_value": "300"},
        headers=HTMX,
    )

    assert answer.status_code == 200, answer.text
    added = SetConfiguration(settings=(Setting(key="HeartbeatInterval", value="300"),))
    assert (written(world).content.commands, written(world).revision) == ((SET, added), 2)


async def test_a_command_is_changed_by_the_form_that_holds_it(browser: AsyncClient, world: World) -> None:
    kept = SetConfiguration(settings=(Setting(key="HeartbeatInterval", value="300"),))
    record = a_boot_template("defaults", ClearCache(), kept)
    world.bus.hold(record)
    page = (await browser.get(f"{ONE}?edit=1")).text
    assert 'value="HeartbeatInterval"' in page
    assert "Change command 2" in page
    assert f'href="{ONE}?edit=1#command-SetConfiguration"' in page
    given = {"command": "SetConfiguration", "place": "1", "etag": tag_of(record), "settings_0_key": "Light"}

    answer = await browser.post(f"{ONE}/steps", data=given | {"settings_0_value": "5"}, headers=HTMX)

    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, ONE)
    changed = SetConfiguration(settings=(Setting(key="Light", value="5"),))
    assert written(world).content.commands == (ClearCache(), changed)
    late = await browser.post(f"{ONE}/steps", data=given | {"settings_0_value": "6"}, headers=HTMX)
    assert late.status_code == 412
    assert (await browser.get(f"{ONE}?edit=7")).status_code == 200
    assert (await browser.get(f"{ONE}?edit=x")).status_code == 422


async def test_what_is_wrong_with_a_command_is_pointed_at_in_its_form(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_boot_template())

    wrong = await browser.post(f"{ONE}/steps", data={"command": "SetConfiguration"}, headers=HTMX)
    never = await browser.post(f"{ONE}/steps", data={"command": "RemoteStart"}, headers=HTMX)

    assert (wrong.status_code, 'data-field="settings"' in wrong.text) == (422, True)
    assert (never.status_code, 'data-field="command"' in never.text) == (422, True)
    assert world.bus.published == []


async def test_commands_are_moved_and_taken_away(browser: AsyncClient, world: World) -> None:
    record = a_boot_template("defaults", SET, ClearCache())
    world.bus.hold(record)

    moved = await browser.post(f"{ONE}/steps/0/down", data={"etag": tag_of(record)}, headers=HTMX)
    assert (moved.status_code, written(world).content.commands) == (200, (ClearCache(), SET))
    late = await browser.post(f"{ONE}/steps/0/remove", data={"etag": tag_of(record)}, headers=HTMX)
    assert late.status_code == 412
    removed = await browser.post(f"{ONE}/steps/0/remove", data={"etag": tag_of(written(world))}, headers=HTMX)
    assert (removed.status_code, written(world).content.commands) == (200, (SET,))


def test_arranging_keeps_every_other_command_in_its_place() -> None:
    a, b, c = (TemplateCommand(command=name) for name in "abc")

    assert arranged((a, b, c), 2, "up") == (a, c, b)
    assert arranged((a, b, c), 0, "up") == (a, b, c)
    assert arranged((a, b, c), 2, "down") == (a, b, c)
    assert arranged((a, b, c), 1, "remove") == (a, c)
    for place, action in ((3, "up"), (-1, "up"), (0, "turn")):
        with pytest.raises(Problem):
            arranged((a, b, c), place, action)
