"""Everything under which a person was ever named is found and erased with him."""

import pytest

from services.api.fakes import World
from services.api.identities import usecases
from services.api.web.problems import Problem
from tests.schemas.vaults import chance
from tests.services.api.identities.given import DRIVER, with_vault


async def test_all_pseudonyms_of_a_person_are_erased_at_once(world: World) -> None:
    vault = with_vault(world).identities.vault
    for kind in ("token", "token", "customer"):
        await world.bus.publish(vault.kept(DRIVER, kind, random=chance(), at=world.now))  # type: ignore[arg-type]

    found = await usecases.identities(world.ports(), DRIVER)
    erased = await usecases.erase(world.ports(), found[1])

    assert len(found) == 3
    assert set(erased.identities) == set(found)
    assert not erased.token_removed
    with pytest.raises(Problem):
        await usecases.identity(world.ports(), DRIVER)
