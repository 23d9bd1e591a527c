"""After the first start of `make up` every page of the console has something to show, by what the demo and the stations do alone."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path

import httpx
import msgspec
import pytest
import pytest_asyncio

from deploy.local.demo.running import NOTES, Notes
from deploy.local.demo.stations import FLEET, GRID, KEYS, VARIABLES, player
from deploy.local.demo.steps import steps
from services.api.noun import sections, tab_entries
from services.api.nouns import NOUNS
from tests.integration.product import free_ports

pytestmark = [pytest.mark.asyncio, pytest.mark.embedded]

STATIONS = 12
"""Enough for every part of the demo."""

UP_WITHIN_S, DONE_WITHIN_S, ALIVE_WITHIN_S = 90, 150, 150
KEY = "life-key-0123456789"

LOOKED_AT = tuple(dict.fromkeys((*GRID[:1], *VARIABLES[:1], *KEYS[:1], *FLEET[:STATIONS])))
"""The stations in whose tabs life is looked for; those that play parts first."""

GOOD_NEWS: Mapping[str, str] = {
    "No faults.": "connectors fail now and then, and are well again after seconds",
    "Every meter value was believed.": "no simulated meter tells what cannot be right",
}
"""Headlines of what is empty and has to be, with the reason."""

NO_ROWS: Mapping[str, str] = {
    "/inbox": "nothing is wrong with the messages of simulated stations, and the page says that",
    "/identities": "persons have no pseudonyms in the local product, and the page says that",
    "/stations/{station}/settings": "a form for what is provisioned, and no list",
}
"""Pages that list nothing, with the reason."""

EMPTY = re.compile(r'<div class="empty">.*?<strong>(.*?)</strong>', re.DOTALL)
MAIN = re.compile(r"<main.*?</main>", re.DOTALL)
BESIDE = re.compile(r"<(nav|thead|form)\b.*?</\1>", re.DOTALL)
ROW = re.compile(r"<(tr|li|article|dt)\b")


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """A page of the console, with the addresses at which it is looked for; life at one of them is enough."""

    name: str
    addresses: Sequence[str]


def pages() -> Iterator[Page]:
    """What the navigation and the tabs of a station lead to."""
    for _, entries in sections(NOUNS):
        yield from (Page(name=entry.href, addresses=(entry.href,)) for entry in entries)
    for entry in tab_entries(NOUNS):
        for tab in entry.tabs:
            below = f"/{tab.name}" if tab.name else ""
            yield Page(name="/stations/{station}" + below, addresses=[f"/stations/{one}{below}" for one in LOOKED_AT])


def lacks(name: str, text: str) -> str:
    """What a page says is missing, as it was answered; empty for one with life."""
    main = MAIN.search(text)
    content = BESIDE.sub("", main.group() if main else "")
    missing = [headline for headline in EMPTY.findall(content) if headline not in GOOD_NEWS]
    if missing:
        return ", ".join(missing)
    return "" if ROW.search(content) or name in NO_ROWS else "no row"


@pytest_asyncio.fixture
async def up(tmp_path: Path) -> AsyncIterator[tuple[httpx.AsyncClient, asyncio.subprocess.Process]]:
    """`make up` with a small fleet, and a client that is logged in to its console."""
    ports = free_ports(4)
    flags = ("--port", "--ocpp-port", "--gateway-metrics-port", "--services-metrics-port")
    given = [word for flag, port in zip(flags, ports, strict=True) for word in (flag, str(port))]
    command = [sys.executable, "-m", "deploy.local", "--data", str(tmp_path), "--stations", str(STATIONS), *given]
    process = await asyncio.create_subprocess_exec(
        *command, "--api-key", KEY, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(UP_WITHIN_S):
            while (line := await process.stdout.readline()) and b"Voltbus is up" not in line:
                pass
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports[0]}", timeout=30) as client:
            assert (await client.post("/login", data={"key": KEY})).status_code == 303
            yield client, process
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def test_every_page_has_life_and_no_step_failed(
    up: tuple[httpx.AsyncClient, asyncio.subprocess.Process], tmp_path: Path
) -> None:
    client, process = up
    wanted = {
        step.name for step in steps(FLEET[:STATIONS], receiver="") if not step.at or player(step.at, FLEET[:STATIONS])
    }
    undone = await _until_nothing(lambda: _undone(tmp_path / NOTES, wanted), within_s=DONE_WITHIN_S)
    alive = set[str]()
    lifeless = await _until_nothing(lambda: _lifeless(client, alive), within_s=ALIVE_WITHIN_S)

    process.terminate()
    _, said = await process.communicate()
    assert (undone, said.decode()) == ({}, "")
    assert lifeless == {}, (
        f"The console shows nothing there after the first start of `make up`: {lifeless}. Let a step of deploy/local/demo, or the"
        " simulated stations by themselves, give these pages life, or list them here with the reason."
    )


async def _until_nothing(look: Callable[[], Awaitable[dict[str, str]]], *, within_s: float) -> dict[str, str]:
    """What is still found when the time is over; empty as soon as nothing is."""
    deadline = asyncio.get_running_loop().time() + within_s
    while (found := await look()) and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(2)
    return found


async def _undone(notes: Path, wanted: set[str]) -> dict[str, str]:
    done = msgspec.json.decode(notes.read_bytes(), type=Notes).done if notes.exists() else []
    return dict.fromkeys(wanted - set(done), "not done")


async def _lifeless(client: httpx.AsyncClient, alive: set[str]) -> dict[str, str]:
    """What the pages say that are not among `alive`, by name; the others join these."""
    found = {}
    for page in pages():
        if page.name in alive:
            continue
        for address in page.addresses:
            answer = await client.get(address)
            assert answer.status_code == 200, f"{address}: {answer.status_code}"
            if not (missing := lacks(page.name, answer.text)):
                alive.add(page.name)
                found.pop(page.name, None)
                break
            found[page.name] = missing
    return found
