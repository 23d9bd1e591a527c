"""Nothing of a station outside the scope of whoever asks comes back: on every route and every page, for any scope and any role."""

import asyncio
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.commands import CommandRequested
from schemas.operators import REF_API_KEYS, REF_USERS, ApiKeyCreated, Scope
from schemas.stationcommands import Reset
from schemas.stations import StationProvisioned
from schemas.tariffs import TariffProvisioned
from schemas.tenants import Quotas, TenantProvisioned
from schemas.topic import Topic
from services.api.config import Config
from services.api.fakes import KEY, NOON, World
from services.api.live.reference import FOLLOWED
from services.api.operators.scoped import tenants_of
from services.api.web.auth import OPEN
from services.api.web.policy import BUILT_IN, POLICY, Placement, owned, within
from services.api.web.principals import digest_of
from tests.examples import examples
from tests.services.api.apps import App, app_of
from tests.services.api.builders import a_state, an_outcome
from tests.services.api.canaries import NUMBERS, CanaryReads, made, station, thing, word
from tests.services.api.conftest import BEARER, client_of

PLACES = {
    1: Placement(tenant="acme", site="oslo", labels={"row": "A"}),
    2: Placement(tenant="acme", site="rome", labels={"row": "B"}),
    3: Placement(tenant="umbrella", site="oslo", labels={"row": "A"}),
    4: Placement(),
}
OWN = {5: "acme", 6: "umbrella", 7: "", 8: "default"}
"""The tenants of what hangs on no station, by the number that its id and its words have; empty: the deployment's."""

SCOPES = st.builds(
    Scope,
    tenants=st.sets(st.sampled_from(["acme", "umbrella", "default"]), max_size=2).map(tuple),
    sites=st.sets(st.sampled_from(["oslo", "rome", "nowhere"]), max_size=2).map(tuple),
    labels=st.sampled_from([{}, {"row": "A"}, {"row": "C"}]),
).filter(lambda scope: scope != Scope())
ROLES = st.sampled_from([role.role for role in BUILT_IN])


def a_world() -> World:
    """Stations in different places, and all that is in memory of them."""
    world = World(Config(key=KEY, password_cost=4, wait_limit_s=0.0, order_wait_s=0.0))
    world.bus.settles = an_outcome()
    for number, placed in PLACES.items():
        name = station(number)
        world.bus.hold(
            a_state(
                station=name, vendor=word(number), site=placed.site, labels=dict(placed.labels), tenant=placed.tenant
            )
        )
        record = StationProvisioned(
            station=name,
            site=placed.site,
            labels=dict(placed.labels),
            tenant=placed.tenant,
            provisioned_at=NOON,
            provisioned_by=word(number),
        )
        world.bus.hold(record)
        world.memory.requested(
            CommandRequested(
                id=thing(number),
                station=name,
                command=Reset(type="OnIdle"),
                requested_at=NOON,
                expires_at=NOON,
                requested_by=word(number),
            )
        )
    for number, tenant in OWN.items():
        for record in own_records(number, tenant):
            world.bus.hold(record)
    return world


def own_topics() -> list[Topic]:
    """The topics whose records have a tenant of their own, or are limited as users and keys are."""
    whole = (topic for topic in FOLLOWED if topic.key != "station")
    return [topic for topic in whole if any(hasattr(kind, "tenant") for kind in topic.records)] + [
        REF_USERS,
        REF_API_KEYS,
    ]


def own_records(number: int, tenant: str) -> Iterator[Any]:
    """One record of each such topic, full of words that give it away."""
    for topic in own_topics():
        record: Any = made(topic.records[0], number)
        changes: dict[str, Any] = {topic.key: thing(number).upper() if topic.key == "token" else thing(number)}
        if isinstance(getattr(record, "scope", None), Scope):
            changes["scope"] = Scope(tenants=(tenant,) if tenant else ())
        elif isinstance(record, TariffProvisioned):
            current = msgspec.structs.replace(record.current, tenant=tenant, tariff=thing(number))
            changes |= {"current": current, "earlier": ()}
        else:
            changes["tenant"] = tenant
        if isinstance(record, TenantProvisioned):
            changes["quotas"] = Quotas()
        yield msgspec.structs.replace(record, **changes)


def holding(world: World, scope: Scope, role: str) -> dict[str, str]:
    """The header of a key with this scope."""
    world.bus.hold(ApiKeyCreated(key="k", digest=digest_of("s"), roles=(role,), scope=scope, created_at=NOON))
    return {"Authorization": "Bearer vbk_k_s"}


def an_app() -> tuple[World, App]:
    world = a_world()
    reads: Any = CanaryReads()
    ports = msgspec.structs.replace(world.ports(), reads=reads, reads_within=lambda _scope, _holds: reads)
    return world, app_of(ports, console=True)


NAMED = re.compile(
    r"/(tokens|tariffs|boot-templates|charging-profile-templates|webhooks|firmware-campaigns|security-batches|users|api-keys|sites)/\{[a-z_:]+\}"
)
"""Routes of one thing that has a tenant of its own."""


@cache
def requests() -> tuple[tuple[str, str], ...]:
    """Every route and page that has a policy, with its method."""
    app = app_of(World().ports(), console=True).built
    found = {
        (method, route.path_format)
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if POLICY in handler.opt and not handler.opt.get(OPEN)
        for method in handler.http_methods - {"OPTIONS", "HEAD"}
        if not route.path_format.endswith("/events") or "{" in route.path_format
    }
    return tuple(sorted(found))


def filled(path: str, number: int) -> str:
    """The path with the ids of a station and of what belongs to it."""
    parts = (_part(part, number) for part in path.split("/"))
    return "/".join(parts)


def _part(part: str, number: int) -> str:
    if not part.startswith("{"):
        return part
    name = part.strip("{}").partition(":")[0]
    numbers = {
        "profile_id": "1",
        "stream_id": "1",
        "evse": "1",
        "place": "0",
        "tab": "events",
        "action": "Reset",
        "kind": "station",
    }
    return station(number) if name == "station" else numbers.get(name) or thing(number)


def told(answers: Iterator[tuple[str, int, str]], scope: Scope) -> list[str]:
    """What answers told of stations outside the scope: the request, and the word that gives it away."""
    outside = [number for number, placed in PLACES.items() if not within(scope, placed)]
    outside += [number for number, tenant in OWN.items() if not owned(scope, (tenant,))]
    return [
        f"{asked}: {canary}"
        for asked, about, text in answers
        for number in outside
        for canary in (word(number), station(number))
        if canary in text and not (canary == station(number) and about == number)
    ]


async def answered(app: App, headers: dict[str, str], chosen: list[tuple[str, str, int]]) -> list[tuple[str, int, str]]:
    found = []
    async with client_of(app, headers=headers) as client:
        for method, path, number in chosen:
            sent: dict[str, Any] = {}
            if method in {"POST", "PUT"}:
                sent = {"json": {**BODY, "stations": [station(number)]}} if path.startswith("/api") else {"data": FORM}
            answer = await client.request(method, filled(path, number), **sent)
            assert answer.status_code < 500, (method, path, answer.text)
            found.append((f"{method} {path} {number} ({answer.status_code})", number, answer.text))
    return found


BODY = {"command": "Reset", "arguments": {"type": "OnIdle"}, "wait_s": 0}
FORM = {"command": "Reset", "type": "OnIdle", "wait_s": "0"}


@settings(max_examples=examples(60), deadline=None)
@given(data=st.data(), scope=SCOPES, role=ROLES)
def test_what_comes_back_has_nothing_outside_the_scope(data: st.DataObject, scope: Scope, role: str) -> None:
    world, app = an_app()
    headers = holding(world, scope, role)
    chosen = data.draw(
        st.lists(st.tuples(st.sampled_from(requests()), st.sampled_from((*NUMBERS, *OWN))), min_size=20, max_size=20)
    )
    before = len(world.bus.published)

    answers = asyncio.run(answered(app, headers, [(method, path, number) for (method, path), number in chosen]))

    assert told(iter(answers), scope) == []
    done_to = {getattr(record, "station", None) for record in world.bus.published[before:]} - {None}
    assert done_to <= {station(number) for number, placed in PLACES.items() if within(scope, placed)}
    assert owners_of(world.bus.published[before:]) <= set(scope.tenants)


def owners_of(published: list[Any]) -> set[str]:
    """Whose what was published is, where it hangs on no station."""
    found = [tenants_of(record) for record in published if not hasattr(record, "station")]
    return {tenant for tenants in found if tenants is not None for tenant in tenants}


def test_what_is_another_tenants_is_as_if_it_were_not_there() -> None:
    """By its id nothing of another tenant is read, changed or removed, and nothing of the deployment's; one's own is."""
    world, app = an_app()
    headers = holding(world, Scope(tenants=("acme",)), "admin")
    there = {topic.name: dict(world.bus.all(topic)) for topic in own_topics()}
    paths = [(method, path) for method, path in requests() if path.startswith("/api/") and NAMED.search(path)]

    def foreign(records: dict[str, Any]) -> dict[str, Any]:
        numbers = [number for number, tenant in OWN.items() if tenant != "acme"]
        return {key: record for key, record in records.items() if any(thing(n) == key.lower() for n in numbers)}

    answers = asyncio.run(
        answered(app, headers, [(method, path, number) for method, path in paths for number in OWN if number != 5])
    )

    assert len(paths) > 20
    assert all(foreign(dict(world.bus.all(topic))) == foreign(there[topic.name]) for topic in own_topics())
    read = [asked for asked, _, _ in answers if asked.startswith(("GET", "DELETE")) and "(404)" not in asked]
    assert [asked for asked in read if "credit-changes" not in asked] == [], "each is answered 404"
    single = [
        (method, path, 5) for method, path in paths if method == "GET" and path.count("{") == 1 and path.endswith("}")
    ]
    mine = asyncio.run(answered(app, headers, single))
    assert len(mine) > 5
    assert {asked.rpartition("(")[2] for asked, _, _ in mine} == {"200)"}


@pytest.mark.parametrize(
    "scope", [Scope(tenants=("acme",), sites=("oslo",)), Scope(tenants=("acme",))], ids=("site", "tenant")
)
def test_every_route_keeps_to_a_scope(scope: Scope) -> None:
    """A route that fails here tells of stations outside the caller's scope.

    Rows with a member `station` are left out by themselves; what has none has to be asked for by something that was found first, or
    its handler is named in `fleet` of the noun's `policy` (services/api/<noun>/noun.py).
    """
    world, app = an_app()
    headers = holding(world, scope, "admin")
    chosen = [(method, path, number) for method, path in requests() for number in (2, 3, 6)]

    answers = asyncio.run(answered(app, headers, chosen))

    assert told(iter(answers), scope) == []


def test_the_canaries_sing_to_whom_nothing_limits() -> None:
    """Lists of the API tell of every station whoever may see them all: else the tests above would prove nothing."""
    _, app = an_app()
    lists = [path for method, path in requests() if method == "GET" and path.startswith("/api/") and "{" not in path]

    answers = asyncio.run(answered(app, BEARER, [("GET", path, 1) for path in lists]))

    singing = [asked for asked, _, text in answers if all(word(number) in text for number in NUMBERS)]
    assert len(singing) > 15
