"""Two who change one thing at once: none overwrites the other unseen, on whichever process of the API each is."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from schemas.base import Record
from schemas.stations import StationProvisioned
from schemas.tariffs import REF_TARIFFS
from services.api.fakes import KEY, World
from services.api.live.proposals import Proposals
from tests.services.api.apps import app_of
from tests.services.api.builders import NOON
from tests.services.api.conftest import BEARER, client_of

TARIFF = {"currency": "EUR", "elements": [{"price_components": [{"type": "ENERGY", "price": "0.30"}]}]}
TARGET = "/api/v1/tariff-assignments/site/x"
RESOURCES = pytest.mark.parametrize(
    ("path", "first", "mine", "yours", "member"),
    [
        ("/api/v1/tariffs/day", TARIFF, {**TARIFF, "label": "mine"}, {**TARIFF, "label": "yours"}, "label"),
        ("/api/v1/stations/S1", {}, {"site": "mine"}, {"site": "yours"}, "site"),
        ("/api/v1/tokens/AB12", {}, {"label": "mine"}, {"label": "yours"}, "label"),
        (TARGET, {"tariffs": ["a"]}, {"tariffs": ["b"]}, {"tariffs": ["a", "b"]}, "tariffs"),
    ],
    ids=["tariff", "station", "token", "assignment"],
)


@pytest.fixture
async def other(world: World) -> AsyncIterator[AsyncClient]:
    """A second process of the API on the same Kafka."""
    async with client_of(app_of(world.ports()), headers=BEARER) as client:
        yield client


@pytest.fixture(autouse=True)
async def tariffs(client: AsyncClient) -> None:
    for name in ("a", "b"):
        assert (await client.put(f"/api/v1/tariffs/{name}", json=TARIFF)).status_code == 200


async def test_two_processes_that_change_one_tariff_at_once_make_two_versions(
    client: AsyncClient, other: AsyncClient
) -> None:
    await client.put("/api/v1/tariffs/day", json=TARIFF)
    answers = await asyncio.gather(
        client.put("/api/v1/tariffs/day", json={**TARIFF, "label": "mine"}),
        other.put("/api/v1/tariffs/day", json={**TARIFF, "label": "yours"}),
    )
    versions = (await client.get("/api/v1/tariffs/day/versions")).json()

    assert sorted(answer.json()["version"] for answer in answers) == [2, 3]
    assert [version["version"] for version in versions] == [3, 2, 1]
    assert {version.get("label", "") for version in versions} == {"", "mine", "yours"}


class Behind:
    """The view of a process that has not read the last change of another yet."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self._old: dict[str, Record | None] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def get(self, topic: Any, key: str) -> Record | None:
        return self._old.get(key) or self._real.get(topic, key)  # type: ignore[no-any-return]

    def keep(self, topic: Any, key: str) -> None:
        """What is there now is what this process goes on seeing, until it has caught up."""
        self._old[key] = self._real.get(topic, key)

    async def caught_up(self) -> bool:
        self._old.clear()
        return True


async def test_a_process_whose_view_is_old_still_numbers_rightly(client: AsyncClient, world: World) -> None:
    await client.put("/api/v1/tariffs/day", json=TARIFF)
    behind = Behind(world.bus)
    behind.keep(REF_TARIFFS, "day")
    await client.put("/api/v1/tariffs/day", json={**TARIFF, "label": "second"})
    async with client_of(app_of(replace(world.ports(), reference=behind)), headers=BEARER) as late:
        answer = await late.put("/api/v1/tariffs/day", json={**TARIFF, "label": "third"})

    assert answer.json()["version"] == 3


@RESOURCES
async def test_the_loser_is_told_what_stands_now_and_by_whom(
    client: AsyncClient, other: AsyncClient, path: str, first: Any, mine: Any, yours: Any, member: str
) -> None:
    await client.put(path, json=first)
    tag = (await client.get(path)).headers["etag"]
    won = await client.put(path, json=mine, headers={"If-Match": tag})
    lost = await other.put(path, json=yours, headers={"If-Match": tag})
    again = await other.put(path, json=yours, headers={"If-Match": lost.headers["etag"]})

    assert (won.status_code, lost.status_code, again.status_code) == (200, 412, 200)
    assert "by operator at 2026-06-01 12:00:00 UTC" in lost.json()["detail"]
    assert [error["field"] for error in lost.json()["errors"]] == [member]
    assert lost.headers["etag"] == won.headers["etag"] != again.headers["etag"]


@RESOURCES
async def test_of_two_who_save_at_once_one_gets_412(
    client: AsyncClient, other: AsyncClient, path: str, first: Any, mine: Any, yours: Any, member: str
) -> None:
    tag = (await client.put(path, json=first)).headers["etag"]
    answers = await asyncio.gather(
        client.put(path, json=mine, headers={"If-Match": tag}), other.put(path, json=yours, headers={"If-Match": tag})
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412]


@RESOURCES
async def test_only_one_of_two_creates_a_thing(
    client: AsyncClient, other: AsyncClient, path: str, first: Any, mine: Any, yours: Any, member: str
) -> None:
    new = {"If-None-Match": "*"}
    answers = await asyncio.gather(client.put(path, json=mine, headers=new), other.put(path, json=yours, headers=new))

    assert sorted(answer.status_code for answer in answers) == [200, 412]


@RESOURCES
async def test_what_somebody_changed_is_not_removed_by_one_who_saw_another_state(
    client: AsyncClient, path: str, first: Any, mine: Any, yours: Any, member: str
) -> None:
    tag = (await client.put(path, json=first)).headers["etag"]
    await client.put(path, json=mine)
    refused = await client.delete(path, headers={"If-Match": tag})
    newest = (await client.get(path)).headers["etag"]
    removed = await client.delete(path, headers={"If-Match": newest})
    late = await client.put(path, json=yours, headers={"If-Match": newest})

    assert (refused.status_code, removed.status_code, late.status_code) == (412, 204, 412)


async def test_an_etag_is_that_of_the_answer_until_something_changes(client: AsyncClient) -> None:
    saved = await client.put("/api/v1/tokens/A", json={"label": "x"})
    read = await client.get("/api/v1/tokens/a")

    assert saved.headers["etag"] == read.headers["etag"]
    assert read.headers["etag"].startswith('"')


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Match": "*"}, 412),
        ({"If-Match": '"0123"'}, 412),
        ({"If-Match": "nonsense"}, 422),
        ({"If-None-Match": '"0123"'}, 422),
        ({"If-None-Match": "*"}, 200),
    ],
)
async def test_conditions_of_a_thing_that_is_not_there(
    client: AsyncClient, headers: dict[str, str], status: int
) -> None:
    assert (await client.put("/api/v1/tokens/NEW", json={}, headers=headers)).status_code == status


async def test_a_weak_tag_matches_nothing(client: AsyncClient) -> None:
    tag = (await client.put("/api/v1/tokens/A", json={})).headers["etag"]

    assert (await client.put("/api/v1/tokens/A", json={}, headers={"If-Match": f"W/{tag}"})).status_code == 412
    assert (await client.put("/api/v1/tokens/A", json={}, headers={"If-Match": f'"x", {tag}'})).status_code == 200


async def test_a_tariff_that_is_assigned_on_another_process_is_not_removed(
    client: AsyncClient, other: AsyncClient
) -> None:
    answers = await asyncio.gather(
        client.put("/api/v1/tariff-assignments/default", json={"tariffs": ["a"]}), other.delete("/api/v1/tariffs/a")
    )
    assignment = await client.get("/api/v1/tariff-assignments/default")
    tariff = await client.get("/api/v1/tariffs/a")

    assert {answer.status_code for answer in answers} in ({200, 409}, {422, 204})
    assert (assignment.status_code == 200) == (tariff.status_code == 200)


async def test_a_password_that_somebody_set_meanwhile_stays(client: AsyncClient, other: AsyncClient) -> None:
    await client.put("/api/v1/stations/S1", json={})
    await asyncio.gather(
        client.put("/api/v1/stations/S1", json={"password": "correct-horse-battery"}),
        other.put("/api/v1/stations/S1", json={"site": "berlin"}),
    )
    last = await other.put("/api/v1/stations/S1", json={"site": "bonn"})

    assert last.json()["has_password"]


async def test_a_service_that_does_not_answer_is_503(world: World) -> None:
    deaf = Proposals(world.bus, clock=lambda: NOON, new_id=lambda: "p", within_s=0.01)
    async with client_of(app_of(replace(world.ports(), proposals=deaf)), headers=BEARER) as client:
        answer = await client.put("/api/v1/tokens/A", json={})

    assert answer.status_code == 503


# -- the console ------------------------------------------------------------------------------------------------------


def field(page: str, name: str) -> str:
    """The value of a hidden field."""
    return page.split(f'name="{name}" value="', 1)[1].split('"', 1)[0]


@pytest.fixture
async def browser(world: World) -> AsyncIterator[AsyncClient]:
    async with client_of(app_of(world.ports(), console=True)) as browser:
        browser.headers["Accept"] = "text/html"
        await browser.post("/login", data={"key": KEY})
        yield browser


async def test_a_save_that_lost_shows_who_changed_what_and_overwrites_nothing(
    browser: AsyncClient, client: AsyncClient, world: World
) -> None:
    await client.put("/api/v1/stations/S1", json={"site": "first"})
    form = (await browser.get("/stations/S1/settings")).text
    await client.put("/api/v1/stations/S1", json={"site": "theirs"})
    lost = await browser.post(
        "/stations/S1/settings",
        data={"etag": field(form, "etag"), "site": "mine", "registration": "Accepted"},
        headers={"hx-request": "true"},
    )
    standing = world.bus.published[-1]

    assert lost.status_code == 412
    assert "Somebody was faster" in lost.text
    assert "by operator at" in lost.text
    assert 'data-field="site"' in lost.text
    assert "theirs" in lost.text
    assert isinstance(standing, StationProvisioned)
    assert standing.site == "theirs"


@pytest.mark.parametrize(
    ("page", "form", "data"),
    [
        ("/stations/S1/settings", "/stations/S1/settings", {"registration": "Accepted"}),
        ("/tokens?edit=T1", "/tokens", {"token": "T1", "status": "Accepted"}),
        ("/tariffs?edit=a", "/tariffs", {"tariff": "a", "currency": "EUR", "elements": ""}),
    ],
)
async def test_a_form_that_stays_open_can_be_saved_twice(
    browser: AsyncClient, client: AsyncClient, page: str, form: str, data: dict[str, str]
) -> None:
    await client.put("/api/v1/stations/S1", json={})
    await client.put("/api/v1/tokens/T1", json={})
    elements = '[{"price_components": [{"type": "FLAT", "price": "%s"}]}]'
    tag = field((await browser.get(page)).text, "etag")
    answers = []
    for number in (1, 2):
        given = {**data, "etag": tag, "label": str(number), "site": str(number)}
        if "elements" in data:
            given["elements"] = elements % number
        answer = await browser.post(form, data=given, headers={"hx-request": "true"})
        answers.append(answer.status_code)
        tag = field(answer.text, "etag")

    assert answers == [200, 200]


async def test_a_form_for_a_new_token_overwrites_none_that_is_there(browser: AsyncClient, client: AsyncClient) -> None:
    await client.put("/api/v1/tokens/T1", json={"label": "theirs"})
    tag = field((await browser.get("/tokens")).text, "etag")
    added = await browser.post(
        "/tokens", data={"token": "t1", "etag": tag, "status": "Blocked"}, headers={"hx-request": "true"}
    )

    assert (tag, added.status_code) == ("", 412)
    assert (await client.get("/api/v1/tokens/T1")).json()["label"] == "theirs"
