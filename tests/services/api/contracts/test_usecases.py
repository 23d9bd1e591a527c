"""Roots of contracts: found, bounded in number, changed by one caller at a time."""

from pathlib import Path

import pytest

from services.api.contracts import usecases
from services.api.contracts.rows import TrustRoot, root_of
from services.api.fakes import World
from services.api.web.changing import Condition
from services.api.web.problems import Problem
from tests.pki import authority, pem_of

pytestmark = pytest.mark.usecase("C07")


def asked(folder: Path, name: str = "root") -> TrustRoot:
    return TrustRoot(use="MORootCertificate", certificate=pem_of(authority(folder, name)))


async def test_roots_are_found_by_their_id_in_any_case_and_listed_by_name(world: World, tmp_path: Path) -> None:
    second = await usecases.trust(world.ports(), asked(tmp_path, "B"))
    first = await usecases.trust(world.ports(), asked(tmp_path, "A"))

    assert usecases.roots(world.ports()) == (first, second)
    assert usecases.known_root(world.ports(), first.root.upper()) == first
    assert root_of(first).subject == "O=Authorities,CN=A"
    with pytest.raises(Problem, match="No root"):
        usecases.known_root(world.ports(), "aa")


async def test_there_are_no_more_roots_than_each_chain_is_compared_with(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(usecases, "ROOTS_MOST", 1)
    data = asked(tmp_path)
    await usecases.trust(world.ports(), data)

    await usecases.trust(world.ports(), data)  # the same again
    with pytest.raises(Problem, match="already"):
        await usecases.trust(world.ports(), asked(tmp_path, "another"))


async def test_a_root_that_was_changed_meanwhile_is_not_removed(world: World, tmp_path: Path) -> None:
    root = (await usecases.trust(world.ports(), asked(tmp_path))).root

    with pytest.raises(Problem):
        await usecases.remove(world.ports(), root, given=Condition(tags=frozenset({"other"})))
    await usecases.remove(world.ports(), root)
    assert usecases.roots(world.ports()) == ()
