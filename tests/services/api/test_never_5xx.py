"""No request of anybody's is a fault of ours: odd values on every route of the OpenAPI document, over a real ClickHouse."""

import asyncio
from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.tariffs import Tariff, TariffProvisioned
from services.api.fakes import NOON, World
from services.api.history.bound import bound_reads
from services.runtime.clickhouse import ClickHouse
from tests.examples import examples
from tests.services.api.apps import App, app_of
from tests.services.api.builders import STATION, a_session, a_state, a_token
from tests.services.api.conftest import BEARER, client_of
from tests.services.api.energy.sites import a_site
from tests.services.feeding import feed

pytestmark = pytest.mark.thorough

MOMENTS = (
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "1969-12-31T23:59:59Z",
    "1900-01-01T00:00:00Z",
    "1970-01-01T00:00:00Z",
    "2105-12-31T23:59:59.999999Z",
    "2199-12-31T23:59:59Z",
    "2262-04-12T00:00:00Z",
    "9999-12-31T23:59:59-12:00",
    "2026-06-01T12:00:00",
)
ODD = st.sampled_from(
    (
        *MOMENTS,
        "",
        " ",
        "0",
        "-1",
        "1e999",
        "NaN",
        str(2**63),
        "-" + "9" * 40,
        "true",
        "null",
        "%",
        "%00",
        "\x00",
        "'; DROP TABLE sessions; --",
        "{x:String}",
        "𝔘𝔫𝔦",
        "\u202e",
        "a" * 300,
        "..",
        "WyJhIiwxXQ",
        "WzksImEiLC05MjIzMzcyMDM2ODU0Nzc1ODA4XQ",
        STATION,
        "s1",
        "day",
        "04A2B3C4D5",
        "Reset",
        "1.6",
    )
)
NUMBERS = st.sampled_from((0, -1, 1, 2**31, 2**63, 2**64, -(2**63), 1e308, -0.0, 0.1, 10**30))
LEAF = st.none() | st.booleans() | NUMBERS | ODD
VALUES = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD, inner, max_size=3), max_leaves=6
)
SOMETIMES = 400


class Route(msgspec.Struct, frozen=True):
    """One operation of the document: its query parameters and the members of its body."""

    method: str
    path: str
    query: tuple[str, ...]
    members: tuple[str, ...]


@cache
def operations() -> tuple[Route, ...]:
    document = app_of(World().ports()).built.openapi_schema.to_schema()
    schemas = document["components"]["schemas"]
    found = []
    for path, item in document["paths"].items():
        for method in {"get", "put", "post", "delete", "patch"} & set(item):
            operation = item[method]
            query = tuple(one["name"] for one in operation.get("parameters", ()) if one["in"] == "query")
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            names = [name for name in schemas if f'"#/components/schemas/{name}"' in msgspec.json.encode(body).decode()]
            members = tuple(member for name in names for member in schemas[name].get("properties", {}))
            if path != "/api/v1/events":  # which never ends
                found.append(Route(method.upper(), path, query, members))
    return tuple(sorted(found, key=lambda route: (route.path, route.method)))


@pytest.fixture(scope="module")
def app(migrated_db: ClickHouse) -> Iterator[App]:
    world = World()
    asyncio.run(feed(migrated_db, a_session(), a_state()))
    world.bus.hold(a_state())
    world.bus.hold(a_token())
    world.bus.hold(a_site("berlin"))
    day = Tariff(tariff="day", version=1, currency="EUR", elements=(), provisioned_at=NOON)
    world.bus.hold(TariffProvisioned(tariff="day", current=day))
    ports = msgspec.structs.replace(world.ports(), reads=bound_reads(migrated_db))
    return app_of(ports, console=True)


def answered(app: App, method: str, path: str, **sent: Any) -> int:
    async def ask() -> int:
        async with client_of(app, headers=BEARER) as client:
            answer = await client.request(method, path, **sent)
            assert answer.status_code < 500, answer.text
            return answer.status_code

    return asyncio.run(ask())


def placed(path: str, draw: Any) -> str:
    """The path with something odd in place of each of its parameters."""
    parts = [
        quote(draw(ODD), safe="") or "x" if part.startswith("{") and part.endswith("}") else part
        for part in path.split("/")
    ]
    return "/".join(parts)


@settings(max_examples=examples(SOMETIMES), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_odd_values_on_every_route_are_answered(app: App, data: st.DataObject) -> None:
    route = data.draw(st.sampled_from(operations()))
    query = {name: data.draw(ODD, label=name) for name in route.query if data.draw(st.booleans())}
    sent: dict[str, Any] = {"params": query}
    if route.method in {"PUT", "POST"}:
        members = {name: data.draw(VALUES, label=name) for name in route.members if data.draw(st.booleans())}
        sent["json"] = data.draw(st.just(members) | VALUES)

    assert answered(app, route.method, placed(route.path, data.draw), **sent) < 500


@pytest.mark.parametrize("deep", [b"[" * 100_000, b"[" * 900 + b"]" * 900, b'{"a":' * 900 + b"1" + b"}" * 900])
@pytest.mark.parametrize(
    "inside", [b"%s", b'{"payload": %s}', b'{"arguments": {"data": %s, "vendor_id": "x"}, "command": "DataTransfer"}']
)
def test_bodies_nested_deeply_are_refused_on_every_route(app: App, deep: bytes, inside: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    for route in operations():
        if route.method in {"PUT", "POST"} and route.members:
            path = route.path.replace("{station}", STATION).replace("{action}", "DataTransfer")

            status = answered(app, route.method, path, content=inside % deep, headers=headers)

            assert status in {400, 404, 422}, (route, status)


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("name", ["from", "to", "expires_before"])
def test_moments_beyond_what_is_kept_are_refused_on_charts_and_lists(app: App, name: str, moment: str) -> None:
    for route in operations():
        if name in route.query:
            path = route.path.replace("{station}", STATION).replace("{session}", "s1").replace("{site}", "berlin")

            status = answered(app, route.method, path, params={"node": "grid"} | {name: moment})

            assert status in ({200, 422} if moment.startswith(("1970", "21")) else {422}), (route, moment)


PAGES = (
    "/",
    "/stations",
    "/sessions",
    "/tokens",
    "/tariffs",
    "/commands",
    "/inbox",
    "/firmware",
    f"/stations/{STATION}",
)


@settings(max_examples=examples(100), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    path=st.sampled_from(PAGES),
    query=st.dictionaries(
        st.sampled_from(["cursor", "search", "from", "to", "part", "station", "hours", "active", "text", "at"]), ODD
    ),
)
def test_odd_values_on_pages_are_answered(app: App, path: str, query: dict[str, str]) -> None:
    assert answered(app, "GET", path, params=query, headers={**BEARER, "Accept": "text/html"}) < 500


FIELDS = [
    "token",
    "station",
    "tariff",
    "name",
    "kind",
    "tariffs",
    "target",
    "etag",
    "status",
    "label",
    "group",
    "expires_at",
    "site",
    "time_zone",
    "labels",
    "password",
    "registration",
    "heartbeat_interval_s",
    "credential_needed",
    "currency",
    "elements",
    "min_price_excl_vat",
    "start_date_time",
    "session",
    "command",
    "action",
    "payload",
    "arguments",
    "ttl_s",
    "wait_s",
    "evse",
    "connector",
    "vendor",
    "model",
    "firmware",
    "rules",
    "reason",
    "energy_wh",
    "ended_at",
    "campaign",
    "location",
    "version",
]


def forms(app: App) -> list[str]:
    """The paths that the console's forms are sent to."""
    return sorted(
        route.path_format
        for route in app.built.routes
        if "POST" in getattr(route, "methods", ()) and not route.path.startswith(("/api", "/log"))
    )


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_odd_forms_are_answered(app: App, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(forms(app)))
    fields = data.draw(st.dictionaries(st.sampled_from(FIELDS), ODD, max_size=8))
    fragment = {"hx-request": "true"} if data.draw(st.booleans()) else {}

    assert answered(app, "POST", placed(path, data.draw), data=fields, headers={**BEARER, **fragment}) < 500
