"""Loads and alerts are events of their site, for whoever may see it, and read as new as Kafka."""

import pytest

from schemas.operators import Scope
from services.api.energy.live import ALERTS, LOADS
from services.api.energy.loadrows import AlertFilter, LoadFilter
from services.api.fakes import World
from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from services.api.operators.scoped import scoped
from tests.services.api.energy.sites import a_load, an_alert


@pytest.mark.parametrize(("where", "found"), [({}, True), ({"exceeded": False}, True), ({"exceeded": True}, False)])
def test_a_load_fits_a_filter(where: dict[str, bool], found: bool) -> None:
    assert fits(a_load(), LoadFilter(**where), LOADS.rules) == found


@pytest.mark.parametrize(
    ("where", "found"),
    [({}, True), ({"site": "berlin", "over": False}, True), ({"site": "x"}, False), ({"over": True}, False)],
)
def test_an_alert_fits_a_filter(where: dict[str, object], found: bool) -> None:
    assert fits(an_alert(), AlertFilter(**where), ALERTS.rules) == found  # type: ignore[arg-type]


def told(scope: Scope | None, site: str | None = None) -> str:
    """What a client is told of changes at two sites of two tenants."""
    world = World()
    ports = world.ports() if scope is None else scoped(world.ports(), scope)
    followed = ports.hub.subscribe(None, frozenset({"site-load", "site-alert"}), site=site)
    assert followed is not None
    teller = Teller(CommandMemory(recent_limit=1, waiting_limit=1), world.hub)
    for record in (
        a_load("berlin", tenant="acme"),
        a_load("rome", tenant="umbrella"),
        an_alert("berlin", tenant="acme"),
    ):
        teller.heard(record)
    return followed.drain().decode()


def test_changes_of_every_site_are_told_to_whom_nothing_limits() -> None:
    everything = told(None)

    assert everything.count("event: site-load\n") == 2
    assert everything.count("event: site-alert\n") == 1
    assert '"told_a":"16"' in everything


@pytest.mark.parametrize(
    ("scope", "count"),
    [
        (Scope(tenants=("acme",)), 2),
        (Scope(sites=("rome",)), 1),
        (Scope(tenants=("acme",), sites=("rome",)), 0),
        (Scope(sites=("berlin",), labels={"row": "A"}), 0),
    ],
)
def test_who_is_limited_is_told_of_his_own_sites(scope: Scope, count: int) -> None:
    assert told(scope).count("event: ") == count


def test_who_asks_for_one_site_is_told_of_that_one() -> None:
    assert told(None, "rome").count("event: ") == 1


def test_a_client_of_stations_is_told_of_no_site() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe("A", frozenset({"site-load"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_load())

    assert followed.drain() == b""
