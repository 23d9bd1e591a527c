"""Which webhooks are sent a vendor's messages."""

from services.api.fakes import NOON, World
from services.api.vendors.views import LOOKED_BACK, unknown, webhooks_of
from tests.services.api.vendors.given import SEEN
from tests.services.webhooks.records import webhook


async def test_webhooks_of_data_transfers_that_name_the_vendor_or_none(world: World) -> None:
    world.bus.hold(webhook(webhook="b", vendor_ids=("V",)))
    world.bus.hold(webhook(webhook="a"))
    world.bus.hold(webhook(webhook="c", vendor_ids=("W",)))
    world.bus.hold(webhook(webhook="d", kinds=("cdr.issued",)))

    assert webhooks_of(world.ports(), "v") == ("a", "b")


async def test_what_nobody_knows_is_looked_for_in_thirty_days(world: World) -> None:
    world.reads.seen_vendor_rows = (SEEN, SEEN)

    assert await unknown(world.ports(), limit=1) == (SEEN,)
    assert world.reads.asked["unknown_vendors"] == (NOON - LOOKED_BACK, 1)
