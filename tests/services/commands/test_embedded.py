"""Commands on the embedded bus: to the gateway and back, and ended by time alone."""

import datetime as dt

import pytest

from schemas.commands import OUTCOMES, CommandDispatched, CommandSettled
from schemas.topics import GATEWAY
from tests.services.bus import serving
from tests.services.commands.records import located, reported, requested

GATEWAY_NAME = "gw-commands"


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


@pytest.mark.embedded
async def test_a_command_leaves_for_the_gateway_that_holds_the_station_and_its_answer_settles_it(
    fresh_bootstrap: str,
) -> None:
    request = requested("c1", requested_at=now(), expires_at=now() + dt.timedelta(minutes=5))

    async with serving("commands", fresh_bootstrap, gateway=GATEWAY_NAME, hears=(GATEWAY, OUTCOMES)) as bus:
        await bus.say(request, request, located(epoch=1, gateway=GATEWAY_NAME))
        dispatch = await bus.hear(CommandDispatched, lambda said: said.command_id == "c1")

        await bus.say(reported(dispatch))
        settled = await bus.hear(CommandSettled, lambda said: said.command_id == "c1")

    assert (dispatch.epoch, dispatch.attempt, dispatch.command) == (1, 1, request.command)
    assert (settled.outcome, bytes(settled.response)) == ("accepted", b'{"status":"Accepted"}')


@pytest.mark.embedded
async def test_a_command_for_a_station_that_never_comes_expires_though_no_other_record_comes(
    fresh_bootstrap: str,
) -> None:
    request = requested(
        "c2", station="DE-BER-0002", requested_at=now(), expires_at=now() + dt.timedelta(milliseconds=500)
    )

    async with serving("commands", fresh_bootstrap, gateway=GATEWAY_NAME, hears=(OUTCOMES,)) as bus:
        await bus.say(request)
        settled = await bus.hear(CommandSettled, lambda said: said.command_id == "c2")

    assert (settled.outcome, settled.station) == ("expired", "DE-BER-0002")
    assert settled.settled_at >= request.expires_at
