"""Lists as text, what leads from one to another, and that stations of one rule share the making of their list."""

from schemas.authorization import REF_TOKENS
from schemas.base import Record
from schemas.locallists import LocalListRule
from services.locallists.selecting import Selections, Wish, changed, changes, digest_of, read, selection, written
from services.runtime.bus.reference import Held
from tests.services.locallists.stations import token

RULE = LocalListRule()


def of(*names: str) -> dict[str, dict[str, Record]]:
    return {REF_TOKENS.name: {name: token(name) for name in names}}


def test_what_is_written_is_read() -> None:
    for digests in ({}, {"A": "1"}, {"B": "2", "A B": "1"}):
        assert read(written(digests)) == digests


def test_changes_lead_from_what_a_station_has_to_the_list() -> None:
    before, wanted = selection(Wish(RULE, 10, 20), of("A", "B")), selection(Wish(RULE, 10, 20), of("B", "C"))
    held = written(before.digests)

    leading = list(changes(held, wanted))
    sent = written({each.token: "" if each.remove else wanted.digests[each.token] for each in leading})

    assert [(each.token, each.remove) for each in leading] == [("A", True), ("C", False)]
    assert digest_of(changed(held, sent)) == wanted.digest


def test_an_empty_list_has_a_digest_too() -> None:
    assert selection(Wish(RULE, 10, 20), of()).digest == digest_of("") != ""


def test_a_list_is_made_once_until_tokens_change() -> None:
    held, select = Held(of("A")[REF_TOKENS.name]), Selections()
    references = {REF_TOKENS.name: held}

    first = select(Wish(RULE, 10, 20), references)
    assert select(Wish(LocalListRule(), 10, 20), references) is first
    held["B"] = token("B")
    held.changes += 1

    assert [each.token for each in select(Wish(RULE, 10, 20), references).entries] == ["A", "B"]


def test_stations_of_two_tenants_share_no_list() -> None:
    references = {
        REF_TOKENS.name: Held(
            {"A": token("A", tenant="acme"), "B": token("B"), "C": token("C", tenant="acme", shared=True)}
        )
    }
    select = Selections()

    assert [each.token for each in select(Wish(RULE, 10, 20, "acme"), references).entries] == ["A", "B", "C"]
    assert [each.token for each in select(Wish(RULE, 10, 20, "umbrella"), references).entries] == ["B", "C"]
