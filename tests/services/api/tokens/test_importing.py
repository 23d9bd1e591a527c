"""Tokens imported from files: each row stands or is refused by itself, and a file may be sent again."""

from typing import Any

import pytest
from httpx import AsyncClient

from schemas.authorization import REF_TOKENS, TokenProvisioned
from services.api.fakes import World
from tests.services.api.conftest import browser_of

PATH = "/api/v1/token-imports"
CSV = {"Content-Type": "text/csv"}


async def imported(client: AsyncClient, text: str, **query: Any) -> dict[str, Any]:
    answer = await client.post(PATH, content=text.encode(), headers=CSV, params=query)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def token_of(world: World, token: str) -> TokenProvisioned:
    record = world.bus.get(REF_TOKENS, token)
    assert isinstance(record, TokenProvisioned)
    return record


async def test_every_column_reaches_its_member(client: AsyncClient, world: World) -> None:
    text = (
        "token;label;concurrent_sessions;limits.max_cost;types;places;hours;time_zone;expires_at;priority\n"
        "04a1;Van 7;true;20.50;ISO14443 eMAID;site berlin; \n"
    ).replace(
        "site berlin; ",
        '"site berlin; station CP-1 evses 1, 2";"Mo, Tu 08:00-18:00";Europe/Berlin;2030-01-01T00:00:00Z;3',
    )

    report = await imported(client, text)

    assert report == {"dry_run": False, "created": 1, "changed": 0, "unchanged": 0, "refused": 0} | {
        "rows": [{"row": 1, "id": "04a1", "outcome": "created", "errors": []}]
    }
    token = token_of(world, "04A1")
    assert (token.label, token.concurrent_sessions, str(token.limits.max_cost)) == ("Van 7", True, "20.50")
    assert token.types == ("ISO14443", "eMAID")
    assert [(place.site, place.station, place.evses) for place in token.places] == [
        ("berlin", "", ()),
        ("", "CP-1", (1, 2)),
    ]
    assert (token.hours[0].day_of_week, token.time_zone, token.priority) == (("MONDAY", "TUESDAY"), "Europe/Berlin", 3)


async def test_a_row_that_cannot_stand_says_why_and_stops_no_other(client: AsyncClient, world: World) -> None:
    text = "token,label,time_zone,limits.max_cost\nA1,one,,\n,none,,\nB1,two,Mars,\na1,again,,\nC1,three,,much\nD1,four,,-1\nE1,five,,\n"

    report = await imported(client, text)

    outcomes = {row["row"]: row["outcome"] for row in report["rows"]}
    fields = {row["row"]: [error["field"] for error in row["errors"]] for row in report["rows"]}
    assert outcomes == {
        1: "created",
        2: "refused",
        3: "refused",
        4: "refused",
        5: "refused",
        6: "refused",
        7: "created",
    }
    assert (fields[2], fields[3], fields[5], fields[6]) == (
        ["token"],
        ["time_zone"],
        ["limits.max_cost"],
        ["limits.max_cost"],
    )
    assert "row 1" in report["rows"][3]["errors"][0]["detail"]
    assert token_of(world, "A1").label == "one"
    assert token_of(world, "E1").label == "five"


async def test_a_dry_run_says_what_would_be_and_changes_nothing(client: AsyncClient, world: World) -> None:
    await imported(client, "token,label\nA1,one\nB1,two\n")

    report = await imported(client, "token,label\nA1,one\nB1,other\nC1,new\n", dry_run=True)

    assert [row["outcome"] for row in report["rows"]] == ["unchanged", "changed", "created"]
    assert token_of(world, "B1").label == "two"
    assert world.bus.get(REF_TOKENS, "C1") is None


async def test_a_file_may_be_sent_again(client: AsyncClient, world: World) -> None:
    text = "token,label\nA1,one\nB1,two\n"
    await imported(client, text)
    published = len(world.bus.published)

    report = await imported(client, text)

    assert (report["unchanged"], report["created"], report["changed"]) == (2, 0, 0)
    assert len(world.bus.published) == published


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('[{"token": "A1", "label": "x"}]', "application/json"),
        ('{"token": "A1", "label": "x"}', "application/x-ndjson"),
    ],
)
async def test_json_and_its_lines_are_taken_too(client: AsyncClient, world: World, body: str, kind: str) -> None:
    answer = await client.post(PATH, content=body.encode(), headers={"Content-Type": kind})

    assert answer.json()["created"] == 1
    assert token_of(world, "A1").label == "x"


async def test_what_is_no_file_of_rows_is_a_problem(client: AsyncClient) -> None:
    form = await client.post(PATH, content=b"token=A1", headers={"Content-Type": "application/x-www-form-urlencoded"})
    strange = await client.post(PATH, content=b"token,colour\nA1,red\n", headers=CSV)

    assert form.status_code == 415
    assert strange.status_code == 422
    assert "colour" in strange.json()["detail"]


async def test_the_console_checks_a_file_and_imports_it(world: World) -> None:
    browser = await browser_of(world)
    browser.headers["HX-Request"] = "true"
    file = {"file": ("tokens.csv", b"token,label\nA1,one\n,two\n", "text/csv")}

    checked = await browser.post("/tokens/import", files=file, data={"check": "1"})
    missing = world.bus.get(REF_TOKENS, "A1")
    done = await browser.post("/tokens/import", files=file)
    wrong = await browser.post("/tokens/import", files={"file": ("tokens.xls", b"x", "text/csv")})

    assert "1 tokens would be added" in checked.text
    assert "Row 2" in checked.text
    assert missing is None
    assert "1 tokens were added" in done.text
    assert token_of(world, "A1").label == "one"
    assert (wrong.status_code, ".csv" in wrong.text) == (422, True)
