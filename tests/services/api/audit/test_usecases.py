"""A verification of more than can be looked at says so."""

import pytest

from services.api.audit import usecases
from services.api.audit.rows import ALL_ENTRIES
from services.api.fakes import World
from services.api.web.problems import Problem


async def test_too_many_entries_are_not_said_to_be_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usecases, "ENTRIES_MOST", 1)
    ports = world.ports()
    await ports.audit.write(actor="ann", actor_kind="user")
    world.reads.audit_rows = list(world.bus.audited)

    with pytest.raises(Problem, match="shorter time"):
        await usecases.verified(ports, ALL_ENTRIES)
