"""Boot templates in the console: listed, made, changed and removed, with their stations and their runs."""

from httpx import AsyncClient

from schemas.boottemplates import BootStations, BootTemplateProvisioned, BootTemplateRemoved
from schemas.configuration import SetConfiguration, Setting
from schemas.stationcommands import ClearCache
from services.api.boottemplates.rows import run_of
from services.api.fakes import NOON, World
from services.api.web.changing import tag_of
from tests.services.api.builders import a_boot_run, a_boot_template, a_state

HOME = "/boot-templates"
ONE = f"{HOME}/defaults"
HTMX = {"HX-Request": "true"}
SET = SetConfiguration(settings=(Setting(key="VendorApiKey", value="sealed:v1:abc"),))


def written(world: World) -> BootTemplateProvisioned:
    record = world.bus.published[-1]
    assert isinstance(record, BootTemplateProvisioned)
    return record


async def test_templates_are_listed_with_whom_they_are_for(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_state(vendor="Acme", booted_at=NOON))
    world.bus.hold(a_boot_template(stations=BootStations(vendor="Acme", sites=("berlin", "bonn"))))
    world.bus.hold(a_boot_template("all"))

    page = (await browser.get(HOME)).text

    assert f'href="{ONE}"' in page
    assert "vendor <code>Acme</code>" in page
    assert "berlin or bonn" in page
    assert "all stations" in page


async def test_a_template_is_made_and_its_page_is_shown(browser: AsyncClient, world: World) -> None:
    answer = await browser.post(
        HOME,
        data={"template": "defaults", "title": "T", "vendor": "Acme*", "etag": "", "version-1.6": "on"},
        headers=HTMX,
    )

    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, ONE)
    content = written(world).content
    assert (content.enabled, content.stations) == (False, BootStations(vendor="Acme*", versions=("1.6",)))
    again = await browser.post(HOME, data={"template": "defaults", "etag": ""}, headers=HTMX)
    assert again.status_code == 412
    assert (await browser.post(HOME, data={"template": "a b", "etag": ""}, headers=HTMX)).status_code == 422
    plain = await browser.post(HOME, data={"template": "other", "etag": ""})
    assert (plain.status_code, plain.headers["location"]) == (303, f"{HOME}/other")


async def test_a_template_is_changed_and_keeps_its_commands_and_their_secrets(
    browser: AsyncClient, world: World
) -> None:
    record = a_boot_template("defaults", SET, ClearCache(), enabled=False)
    world.bus.hold(record)
    given = {
        "etag": tag_of(record),
        "title": "New",
        "enabled": "on",
        "runs": "once",
        "priority": "7",
        "sites": "berlin, bonn",
        "labels": "owner = city",
        "reason-PowerUp": "on",
    }

    answer = await browser.post(ONE, data=given, headers=HTMX)

    assert answer.status_code == 200, answer.text
    content = written(world).content
    assert content.commands == (SET, ClearCache())
    assert (content.title, content.enabled, content.every_boot, content.priority) == ("New", True, False, 7)
    assert content.stations == BootStations(sites=("berlin", "bonn"), labels={"owner": "city"})
    assert content.reasons == ("PowerUp",)
    assert (await browser.post(ONE, data=given, headers=HTMX)).status_code == 412


async def test_a_template_has_its_commands_its_stations_its_runs_and_no_secret(
    browser: AsyncClient, world: World
) -> None:
    world.bus.hold(a_state(booted_at=NOON))
    world.bus.hold(a_boot_template("defaults", SET))
    world.reads.boot_run_rows["run-1"] = run_of(a_boot_run(status="partial", why="Because."))

    page = (await browser.get(ONE)).text

    assert "1 of 1" in page
    assert "Because." in page
    assert "/commands/c1" in page
    assert "sealed:v1" not in page
    assert 'id="command-SetChargingProfile"' in page
    assert 'id="command-RemoteStart"' not in page
    assert (await browser.get(f"{HOME}/none")).status_code == 404


async def test_a_template_is_removed(browser: AsyncClient, world: World) -> None:
    world.bus.hold(a_boot_template())

    answer = await browser.post(f"{ONE}/remove", headers=HTMX)

    assert answer.status_code == 200
    assert isinstance(world.bus.published[-1], BootTemplateRemoved)


async def test_whose_a_template_is_is_said_in_the_form(browser: AsyncClient, world: World) -> None:
    await browser.post(HOME, data={"template": "defaults", "etag": "", "tenant": "acme"}, headers=HTMX)

    assert written(world).tenant == "acme"
    assert 'name="tenant" maxlength="64" value="acme"' in (await browser.get(ONE)).text
