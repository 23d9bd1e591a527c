"""The documents for integrators: every call that they show is one that the API takes, and every route that they name exists."""

import asyncio
import re
import shlex
from pathlib import Path

import pytest
from httpx import AsyncClient

from schemas.sealing import KEY_BYTES, Seal
from services.api.config import Config
from services.api.fakes import KEY, World
from services.api.payments.rows import payment_row_of
from tests.services.api.builders import STATION, a_payment, a_state

ROOT = Path(__file__).parents[3]
PAGES = sorted([ROOT / "README.md", *(ROOT / "services").rglob("*.md"), *(ROOT / "gateway").rglob("*.md")])
PAGES += [ROOT / "deploy" / "OPERATIONS.md", ROOT / "CHANGELOG.md"]
HERE = "http://voltbus.test/api/v1"


def calls(page: Path) -> list[str]:
    """The curl commands on the API in the page's code blocks, one a line."""
    blocks = re.findall(r"^```sh\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)
    lines = [line for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line.partition(" | ")[0] for line in lines if line.startswith("curl ") and "$API/" in line]


@pytest.fixture
def world() -> World:
    """A world with a key for secrets, which the guide has."""
    return World(Config(key=KEY, seal=Seal(b"k" * KEY_BYTES)))


WITH_CALLS = [page for page in PAGES if calls(page)]
ROUTES = sorted(
    {
        (method, path)
        for page in PAGES
        for method, path in re.findall(r"`(GET|POST|PUT|DELETE) (/api/v1/[\w/{}|-]+)", page.read_text())
    }
)


PAYMENT = "p1"


def asked(call: str) -> tuple[str, str, dict[str, str], str | None]:
    """Method, address, headers and body of a curl command."""
    words = shlex.split(call)
    bodies = [words[at + 1] for at, word in enumerate(words) if word == "-d"]
    headers = dict(words[at + 1].split(": ", 1) for at, word in enumerate(words) if word == "-H")
    headers.pop("Authorization")
    method = words[words.index("-X") + 1] if "-X" in words else "POST" if bodies else "GET"
    (url,) = [word for word in words if word.startswith(HERE)]
    return method, url, headers, bodies[0] if bodies else None


@pytest.mark.parametrize("page", WITH_CALLS, ids=lambda page: page.relative_to(ROOT).as_posix())
async def test_every_call_on_a_page_is_taken(page: Path, client: AsyncClient, world: World) -> None:
    world.bus.hold(a_state())
    world.reads.payment_rows[PAYMENT] = payment_row_of(a_payment(payment=PAYMENT))
    await client.put(f"{HERE}/stations/{STATION}", json={"site": "oslo"})
    reset = {"command": "Reset", "arguments": {"type": "OnIdle"}, "wait_s": 0}
    command = (await client.post(f"{HERE}/stations/{STATION}/commands", json=reset)).json()["command_id"]

    for call in calls(page):
        etag = (await client.get(f"{HERE}/stations/{STATION}")).headers["etag"]
        filled = call.replace("$API", HERE).replace('"ETAG"', etag).replace("COMMAND", command)
        filled = filled.replace("ANOTHER", "CP-2").replace("STATION", STATION).replace("PAYMENT", PAYMENT)
        method, url, headers, body = asked(
            filled.replace('"wait_s": 10', '"wait_s": 0')
        )  # nobody answers in this world
        asking = asyncio.create_task(client.request(method, url, headers=headers, content=body))
        if "/events" in url:  # a stream that ends with the process
            while not world.hub.listened() and not asking.done():
                await asyncio.sleep(0)
            world.hub.close()
        answer = await asking

        assert answer.is_success, f"{call}: {answer.status_code} {answer.text}"
        assert answer.text


async def test_a_route_named_in_the_documents_exists(client: AsyncClient) -> None:
    known = (await client.get("/schema/openapi.json")).json()["paths"]
    there = {(method.upper(), nameless(route)) for route, methods in known.items() for method in methods}

    assert {(method, nameless(route)) for method, path in ROUTES for route in spelled_out(path)} <= there


def nameless(route: str) -> str:
    """The route without the names of its parameters."""
    return re.sub(r"{[^}]*}", "{}", route)


def spelled_out(path: str) -> list[str]:
    """The routes of a path whose last part names several: `/a/b|c` is `/a/b` and `/a/c`."""
    folder, _, last = path.rpartition("/")
    return [f"{folder}/{one}" for one in last.split("|")]
