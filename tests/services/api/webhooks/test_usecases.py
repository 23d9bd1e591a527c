"""What callers can do with webhooks, where routes and pages do not show it."""

import pytest

from schemas.webhooks import WebhookProvisioned
from services.api.fakes import World
from services.api.web.problems import Problem
from services.api.webhooks.rows import ProvisionWebhook
from services.api.webhooks.usecases import repeat_dead, save, webhooks, written
from tests.services.api.webhooks.given import BODY


async def test_kinds_stand_in_the_order_of_the_list_and_once(world: World) -> None:
    data = ProvisionWebhook(**BODY | {"kinds": ("cdr.issued", "session.ended", "cdr.issued"), "sites": ("b", "a", "b")})

    saved = await save(world.ports(), "erp", data)

    assert (saved.kinds, saved.sites) == (("session.ended", "cdr.issued"), ("b", "a"))
    assert [each.webhook for each in webhooks(world.ports())] == ["erp"]
    assert isinstance(written(world.ports(), "erp"), WebhookProvisioned)


async def test_where_nothing_is_dead_nothing_is_ordered(world: World) -> None:
    await save(world.ports(), "erp", ProvisionWebhook(**BODY))
    before = len(world.bus.published)

    assert (await repeat_dead(world.ports(), "erp")).deliveries == ()
    assert len(world.bus.published) == before


async def test_every_fault_is_named_at_once(world: World) -> None:
    data = ProvisionWebhook(url="ftp://x", kinds=("a", "b"), secret="short")

    with pytest.raises(Problem) as refused:
        await save(world.ports(), "Bad Name", data)

    assert [error.field for error in refused.value.errors] == ["kinds", "kinds", "webhook", "url", "secret"]
