"""Authorization on the embedded bus: requests are answered on their gateway's route."""

import pytest

from schemas.authorization import AuthorizationDecided
from schemas.base import ReplyTo
from schemas.topics import GATEWAY
from services.authorization.app import worker
from tests.services.authorization.records import TRANSACTION, asked, provisioned, removed, started
from tests.services.bus import serving

GATEWAY_NAME = "gw-authorization"


@pytest.mark.embedded
async def test_a_token_is_known_then_in_use_then_gone(embedded_bootstrap: str) -> None:
    reply_to = ReplyTo(gateway=GATEWAY_NAME, epoch=1, message_id="m1")

    async with serving(worker, embedded_bootstrap, gateway=GATEWAY_NAME, hears=(GATEWAY,)) as bus:

        async def status(seconds: float, status: str) -> AuthorizationDecided:
            """Ask until the answer is this: reference data and requests come by different topics."""
            while True:
                request = asked(seconds=seconds, reply_to=reply_to, **TRANSACTION)
                await bus.say(request)
                decided = await bus.hear(AuthorizationDecided, lambda said: said.reply_to == reply_to)
                if decided.status == status:
                    return decided

        await bus.say(provisioned(group="fleet-1"))
        accepted = await status(1, "Accepted")
        await bus.say(started("other"))
        await status(2, "ConcurrentTx")
        await bus.say(removed())
        await status(3, "Invalid")

    assert (accepted.group, accepted.transaction_id) == ("fleet-1", "77")
