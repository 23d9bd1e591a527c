"""Users, keys and roles are bounded in number, and none is lost by a change that was meant for an older state."""

import pytest

from services.api.fakes import World
from services.api.operators import usecases
from services.api.operators.rows import CreateApiKey, ProvisionRole, ProvisionUser
from services.api.web.changing import Condition
from services.api.web.problems import Problem

VIEWER = ProvisionUser(roles=("viewer",))


async def test_there_is_room_for_so_many_and_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usecases, "MOST", 1)
    ports = world.ports()
    await usecases.save_user(ports, "ann", VIEWER)
    await usecases.create_key(ports, CreateApiKey(roles=("viewer",)))
    await usecases.save_role(ports, "desk", ProvisionRole(permissions=("tariffs:read",)), nouns={"tariffs"})

    with pytest.raises(Problem, match="already"):
        await usecases.save_user(ports, "bob", VIEWER)
    with pytest.raises(Problem, match="already"):
        await usecases.create_key(ports, CreateApiKey(roles=("viewer",)))
    with pytest.raises(Problem, match="already"):
        await usecases.save_role(ports, "other", ProvisionRole(permissions=("tariffs:read",)), nouns={"tariffs"})
    assert (await usecases.save_user(ports, "ann", VIEWER)).user == "ann"


async def test_a_change_that_was_meant_for_an_older_state_changes_nothing(world: World) -> None:
    ports = world.ports()
    await usecases.save_user(ports, "ann", VIEWER)

    with pytest.raises(Problem):
        await usecases.save_user(ports, "ann", ProvisionUser(), given=Condition(must_be_new=True))
    assert usecases.known_user(ports, "ann").roles == ("viewer",)


async def test_a_user_whose_role_is_gone_can_still_be_removed(world: World) -> None:
    ports = world.ports()
    await usecases.save_role(ports, "desk", ProvisionRole(permissions=("tariffs:read",)), nouns={"tariffs"})
    await usecases.save_user(ports, "ann", ProvisionUser(roles=("desk",)))
    await usecases.remove_role(ports, "desk")

    await usecases.remove_user(ports, "ann")

    assert usecases.users(ports) == ()
