"""Tokens: found in any case, in pages that have each once, and never with credit in two currencies."""

from decimal import Decimal

import pytest
from msgspec.structs import replace

from schemas.authorization import TokenProvisioned, TokenRemoved
from schemas.credits import TokenCreditChanged
from schemas.examples import example
from services.api.fakes import NOON, World
from services.api.tokens.rows import ProvisionToken
from services.api.tokens.usecases import credit_of, known_token, remove_token, save_token, token_page
from services.api.web.paging import BadCursor
from services.api.web.problems import Problem


async def provisioned(world: World, *tokens: str, **members: str) -> None:
    for token in tokens:
        await save_token(world.ports(), token, ProvisionToken(**members))  # type: ignore[arg-type]


def credited(world: World, token: str, *, balance: str, running: str = "0") -> None:
    changed = example(TokenCreditChanged)
    world.bus.hold(replace(changed, token=token, currency="EUR", balance=Decimal(balance), running=Decimal(running)))


async def test_a_token_is_the_same_in_any_case() -> None:
    world = World()
    await provisioned(world, "04a2b3", label="Anna")

    assert known_token(world.ports(), "04A2b3").label == "Anna"


async def test_pages_have_each_token_once_in_order() -> None:
    world = World()
    await provisioned(world, "C", "A", "B", "D", "E")

    found: list[str] = []
    cursor = None
    while True:
        page = await token_page(world.ports(), search=None, cursor=cursor, limit=2)
        found += [row.token for row in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break

    assert found == ["A", "B", "C", "D", "E"]


async def test_tokens_are_searched_by_part_of_what_people_know_of_them() -> None:
    world = World()
    await provisioned(world, "AAA1", label="Anna Berg")
    await provisioned(world, "BBB1", group="bergwerk")
    await provisioned(world, "CCC1")

    page = await token_page(world.ports(), search="BERG", cursor=None, limit=9)

    assert [row.token for row in page.items] == ["AAA1", "BBB1"]


async def test_what_is_no_cursor_is_refused() -> None:
    with pytest.raises(BadCursor):
        await token_page(World().ports(), search=None, cursor="*", limit=9)


@pytest.mark.parametrize("token", ["", " ", "a" * 256, "a\tb"])
async def test_a_token_that_no_station_can_send_is_refused(token: str) -> None:
    with pytest.raises(Problem) as refused:
        await provisioned(World(), token)

    assert [error.field for error in refused.value.errors] == ["token"]


async def test_a_removed_token_is_found_no_more() -> None:
    world = World()
    await provisioned(world, "A")

    await remove_token(world.ports(), "a")

    with pytest.raises(Problem, match="No token") as refused:
        known_token(world.ports(), "A")
    assert refused.value.status == 404


async def test_what_is_left_of_a_credit_is_the_balance_less_what_runs() -> None:
    world = World()
    credited(world, "A", balance="20", running="5.5")

    credit = credit_of(world.ports(), "a")

    assert credit is not None
    assert (credit.balance, credit.running, credit.left) == (Decimal(20), Decimal("5.5"), Decimal("14.5"))
    assert credit_of(world.ports(), "B") is None


async def test_credit_in_one_currency_is_not_turned_into_credit_in_another() -> None:
    world = World()
    credited(world, "A", balance="20")

    with pytest.raises(Problem, match="balance of 20 EUR") as refused:
        await provisioned(world, "A", prepaid="GBP")

    assert refused.value.status == 409
    await provisioned(world, "A", prepaid="EUR")


async def test_an_emaid_of_before_all_its_spellings_were_one_token_can_still_be_removed() -> None:
    world = World()
    old = TokenProvisioned(token="DE-8AA-C12345678", provisioned_at=NOON)
    world.bus.hold(old)

    assert known_token(world.ports(), "de-8aa-c12345678") == old
    await remove_token(world.ports(), "DE-8AA-C12345678")
    assert isinstance(world.bus.published[-1], TokenRemoved)
    assert world.bus.published[-1].token == old.token
    with pytest.raises(Problem):
        known_token(world.ports(), "DE-8AA-C12345678")
