"""What callers can do with vendors, where routes and pages do not show it."""

import pytest

from services.api.fakes import World
from services.api.vendors import usecases
from services.api.vendors.rows import MessageRule, ProvisionVendor, TryMessage
from services.api.web.problems import Problem

ANY = ProvisionVendor(messages=(MessageRule(data="${data.a}"),))


async def test_blanks_around_an_id_are_no_part_of_it(world: World) -> None:
    saved = await usecases.save(world.ports(), "  V ", ANY)

    assert (saved.vendor, saved.vendor_id) == ("v", "V")
    assert usecases.tried(world.ports(), "v", TryMessage(data={"a": 7})).data == 7


async def test_an_id_that_is_none_is_refused(world: World) -> None:
    for wrong in (" ", "a\nb", "x" * 256):
        with pytest.raises(Problem) as refused:
            await usecases.save(world.ports(), wrong, ANY)
        assert [error.field for error in refused.value.errors] == ["vendor_id"]


async def test_there_are_only_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usecases, "VENDORS_MOST", 1)
    await usecases.save(world.ports(), "A", ANY)

    with pytest.raises(Problem) as refused:
        await usecases.save(world.ports(), "B", ANY)

    assert refused.value.status == 409
    await usecases.save(world.ports(), "a", ANY)
