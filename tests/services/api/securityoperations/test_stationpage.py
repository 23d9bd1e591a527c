"""A station's security in the console: what is shown of it, and the forms that order an operation."""

import pytest
from httpx import AsyncClient

from schemas.securityoperations import MoveStation, RotatePassword, SecurityOperationOrdered, UpgradeProfile
from services.api.fakes import NOON, World
from services.api.securityoperations.rows import operation_of
from services.api.securityoperations.stationpage import order_of
from tests.services.api.builders import STATION, a_state
from tests.services.api.securityoperations.worlds import an_operation

TAB = f"/stations/{STATION}/security"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(security_profile=2, credential_since=NOON))


async def test_the_profile_the_password_and_what_is_under_way_are_shown(browser: AsyncClient, world: World) -> None:
    waiting = an_operation(operation="op-2", status="waiting", why="It begins later.", steps=(), ended_at=None)
    for record in (an_operation(), waiting):
        world.reads.security_operation_rows[record.operation] = operation_of(record)

    page = (await browser.get(TAB)).text

    assert "2: TLS and password" in page
    assert 'id="security-operation-op-1"' in page
    assert "It begins later." in page
    assert "/security-operations/op-2/cancel" in page
    assert "/security-operations/op-1/cancel" not in page


async def test_only_higher_profiles_are_offered(browser: AsyncClient, world: World) -> None:
    page = (await browser.get(TAB)).text
    assert '<select id="upgrade-profile" name="security_profile"><option>3</option></select>' in page
    world.bus.hold(a_state(security_profile=3, revision=2))

    assert "highest security profile" in (await browser.get(TAB)).text


async def test_an_upgrade_is_ordered(browser: AsyncClient, world: World) -> None:
    form = {"kind": "upgrade-profile", "security_profile": "3", "url": "wss://x/ocpp", "slot": "1", "interface": "Any"}
    done = await browser.post(f"/stations/{STATION}/security-operations", data=form, headers=HTMX)
    (order,) = world.bus.published

    assert done.status_code == 200
    assert isinstance(order, SecurityOperationOrdered)
    assert isinstance(order.operation, UpgradeProfile)
    assert order.operation.network is not None
    assert (order.operation.network.slot, order.operation.network.interface) == (1, "Any")


async def test_a_password_that_cannot_be_sent_safely_is_not_offered(browser: AsyncClient) -> None:
    assert "set secrets_key_file" in (await browser.get(TAB)).text


def test_forms_say_what_is_ordered() -> None:
    assert order_of({"kind": "rotate-password"}).reset is False
    assert order_of({"kind": "rotate-password", "reset": "on"}).reset is True
    moved = order_of({"kind": "move-station", "security_profile": "2", "url": "wss://x", "slot": "1", "url_key": " K "})
    assert (moved.url_key, moved.inoperative, moved.security_profile) == ("K", False, None)
    assert moved.network == {"security_profile": 2, "url": "wss://x", "slot": 1}
    assert {RotatePassword.kind, MoveStation.kind} == {"rotate-password", "move-station"}
