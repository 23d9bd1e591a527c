"""Authorization on the embedded bus: requests are answered on their gateway's route."""

import pytest

from schemas.authorization import AuthorizationDecided
from schemas.base import ReplyTo
from schemas.topics import GATEWAY
from services.runtime.bus.producer import Publisher
from services.runtime.process.settings import Settings
from tests.services.authorization.records import TRANSACTION, asked, provisioned, removed, started
from tests.services.bus import serving

GATEWAY_NAME = "gw-authorization"


MANY = [f"CARD-{number}" for number in range(60)]


@pytest.mark.embedded
async def test_tokens_provisioned_while_the_worker_was_away_decide_requests_that_wait_for_it(
    fresh_bootstrap: str,
) -> None:
    gateway = "gw-authorization-away"
    replies = {token: ReplyTo(gateway=gateway, epoch=1, message_id=token) for token in MANY}
    async with serving("authorization", fresh_bootstrap, gateway=gateway, hears=(GATEWAY,)) as bus:
        publisher = Publisher(Settings(bootstrap=fresh_bootstrap, bus="embedded"), name="test")
        await bus.say(provisioned(token="ANOTHER"))
        await publisher.start()
    # Nobody listens: what was provisioned and what is asked wait on topics of their own.
    for token in MANY:
        await publisher.publish(provisioned(token=token))
        await publisher.publish(asked(token=token, value=token, reply_to=replies[token]))
    await publisher.stop()

    async with serving("authorization", fresh_bootstrap, gateway=gateway, hears=(GATEWAY,)) as bus:
        decided = [await bus.hear(AuthorizationDecided, lambda _: True) for _ in MANY]

    assert {each.status for each in decided} == {"Accepted"}
    assert {each.reply_to.message_id for each in decided} == set(MANY)


@pytest.mark.embedded
async def test_a_token_is_known_then_in_use_then_gone(fresh_bootstrap: str) -> None:
    reply_to = ReplyTo(gateway=GATEWAY_NAME, epoch=1, message_id="m1")

    async with serving("authorization", fresh_bootstrap, gateway=GATEWAY_NAME, hears=(GATEWAY,)) as bus:

        async def decided(seconds: float) -> AuthorizationDecided:
            """The first answer: what was said before the request decides it, though it came by another topic."""
            await bus.say(asked(seconds=seconds, reply_to=reply_to, **TRANSACTION))
            return await bus.hear(AuthorizationDecided, lambda said: said.reply_to == reply_to)

        await bus.say(provisioned(group="fleet-1"))
        accepted = await decided(1)
        await bus.say(started("other"))
        in_use = await decided(2)
        await bus.say(removed())
        gone = await decided(3)

    assert [each.status for each in (accepted, in_use, gone)] == ["Accepted", "ConcurrentTx", "Unknown"]
    assert (accepted.group, accepted.transaction_id) == ("fleet-1", "77")
