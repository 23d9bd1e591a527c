"""How each webhook is doing, also those that were sent nothing yet."""

from services.api.fakes import NOON, World
from services.api.webhooks.views import LOOKED_BACK, summaries
from tests.services.api.webhooks.given import summary
from tests.services.webhooks.records import webhook


async def test_each_webhook_has_a_summary_and_what_is_removed_has_none(world: World) -> None:
    world.bus.hold(webhook(webhook="b"))
    world.bus.hold(webhook(webhook="a"))
    world.reads.summary_rows = {"b": summary(webhook="b"), "removed": summary(webhook="removed")}

    found = await summaries(world.ports())

    assert [(each.webhook, each.delivered) for each in found] == [("a", 0), ("b", 12)]
    assert world.reads.asked["webhook_summaries"][0] == NOON - LOOKED_BACK
