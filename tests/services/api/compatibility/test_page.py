"""The compatibility page: what ships, what an operator writes, and what was seen, to begin a row with."""

import pytest
from httpx import AsyncClient

from schemas.compatibility import CompatibilityProvisioned, CompatibilityRemoved, Rule, shipped_rows
from services.api.fakes import NOON, World
from services.api.inbox.rows import DeviationCount

FORM = {
    "name": "acme",
    "vendor": "Acme*",
    "model": "",
    "rule-no-pong": "on",
    "rule-basic-user": "on",
    "strict": "on",
    "deviations": "text-too-long, null-member",
    "note": "Seen in the yard.",
}
SEEN = DeviationCount(
    vendor="Acme",
    model="Post 2",
    firmware_version="1.2",
    version="1.6",
    action="StartTransaction",
    rule="text-too-long",
    path="idTag",
    messages=12,
    stations=3,
    station="DE-1",
    first_at=NOON,
    last_at=NOON,
)


async def test_a_row_is_written_in_the_form_and_listed(browser: AsyncClient, world: World) -> None:
    saved = await browser.post("/compatibility", data=FORM, headers={"HX-Request": "true"})
    page = (await browser.get("/compatibility")).text

    (record,) = world.bus.published
    assert isinstance(record, CompatibilityProvisioned)
    assert (record.row.vendor, record.row.model, record.row.strict) == ("Acme*", "*", True)
    assert record.row.rules == (Rule.NO_PONG, Rule.BASIC_USER)
    assert record.row.deviations == ("text-too-long", "null-member")
    assert "acme is saved" in saved.text
    assert "Seen in the yard." in page


async def test_what_ships_is_listed_and_can_be_changed_but_not_removed(browser: AsyncClient) -> None:
    page = (await browser.get(f"/compatibility?edit={shipped_rows()[0].name}")).text

    assert f"Change {shipped_rows()[0].name}" in page
    assert "It ships with the product." in page
    assert f"Remove {shipped_rows()[0].name}" not in page


async def test_the_form_shows_a_row_as_it_is(browser: AsyncClient) -> None:
    await browser.post("/compatibility", data=FORM)

    page = (await browser.get("/compatibility?edit=acme")).text

    assert 'name="rule-no-pong" checked' in page
    assert 'name="rule-no-heartbeat">' in page
    assert 'value="text-too-long, null-member"' in page


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"vendor": "[A]"}, "vendor"), ({"deviations": "late"}, "deviations[0]"), ({"name": "A B"}, "name")],
)
async def test_what_cannot_be_used_is_named(
    browser: AsyncClient, world: World, changes: dict[str, str], field: str
) -> None:
    refused = await browser.post("/compatibility", data=FORM | changes, headers={"HX-Request": "true"})

    assert field in refused.text
    assert world.bus.published == []


async def test_a_row_is_removed(browser: AsyncClient, world: World) -> None:
    await browser.post("/compatibility", data=FORM)

    await browser.post("/compatibility/remove", data={"name": "acme"})

    assert isinstance(world.bus.published[-1], CompatibilityRemoved)
    assert "Remove acme" not in (await browser.get("/compatibility")).text


async def test_what_was_seen_begins_a_row(browser: AsyncClient, world: World) -> None:
    world.reads.deviation_rows = (SEEN,)

    page = (await browser.get("/compatibility")).text
    begun = (await browser.get("/compatibility?vendor=Acme&model=Post+2&firmware=1.2")).text

    assert "text-too-long" in page
    assert "vendor=Acme&amp;model=Post+2&amp;firmware=1.2" in page
    assert 'name="vendor" maxlength="64" value="Acme"' in begun


async def test_a_station_is_asked_about(browser: AsyncClient) -> None:
    page = (await browser.get("/compatibility?station=DE-1")).text

    assert "No row matches DE-1." in page
