"""The VTN over HTTP: tokens, pages, and what is an outage."""

import pytest

from services.demandresponse.openadrclient import Vtn
from services.runtime.process.outage import Outage
from tests.services.demandresponse.vtn import CLIENT, URL, SmallVtn, an_event


def client(vtn: SmallVtn, secret: str = CLIENT[1]) -> Vtn:
    return Vtn(vtn.http, URL + "/", token_url="", client=(CLIENT[0], secret))


async def test_one_token_serves_many_requests_and_pages_are_read_to_their_end() -> None:
    vtn = SmallVtn()
    vtn.events = [an_event(f"e{number}") for number in range(101)]
    asking = client(vtn)

    assert [each.id for each in await asking.events()] == [f"e{number}" for number in range(101)]
    assert [each.name for each in await asking.programs()] == ["Peak Saver"]
    assert vtn.tokens == 1


async def test_a_token_that_was_revoked_is_fetched_anew_once() -> None:
    vtn = SmallVtn()
    asking = client(vtn)
    await asking.programs()
    vtn.revokes()
    await asking.programs()

    assert vtn.asked.count("POST /auth/token") == 2


async def test_wrong_credentials_and_a_vtn_that_is_away_are_outages() -> None:
    vtn = SmallVtn()
    with pytest.raises(Outage, match="401"):
        await client(vtn, secret="wrong").events()
    vtn.away = True
    with pytest.raises(Outage, match="503"):
        await client(vtn).events()


async def test_what_cannot_be_read_is_an_outage_that_says_what() -> None:
    vtn = SmallVtn()
    vtn.events = [{"id": "e"}]
    with pytest.raises(Outage, match="programID"):
        await client(vtn).events()
