"""Which tokens a rule names, and which of them a station can have on its list."""

import datetime as dt

import pytest

from schemas.authorization import TokenProvisioned, TokenRemoved
from schemas.locallists import LocalListRule, entries_of, longest_token, rule_of, selected
from schemas.tokens import TokenHours, TokenPlace

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


def token(name: str, **changes: object) -> TokenProvisioned:
    return TokenProvisioned(token=name, provisioned_at=NOON, **changes)  # type: ignore[arg-type]


TOKENS = (
    token("C", group="VANS"),
    token("A", label="Pool", status="Blocked"),
    token("B", expires_at=NOON),
    TokenRemoved(token="GONE", removed_at=NOON),
)


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        (LocalListRule(), ["A", "B", "C"]),
        (LocalListRule(tokens="chosen", groups=("VANS",)), ["C"]),
        (LocalListRule(tokens="chosen", labels=("Pool",), groups=("VANS",)), ["A", "C"]),
        (LocalListRule(tokens="empty"), []),
    ],
)
def test_a_rule_names_provisioned_tokens(rule: LocalListRule, names: list[str]) -> None:
    assert [each.token for each in selected(rule, TOKENS)] == names


def test_entries_say_what_an_authorization_would() -> None:
    entries, left_out = entries_of(LocalListRule(token_type="Central"), TOKENS, most=10, longest=20, tenant="default")

    assert [(each.token, each.status, each.expires_at, each.group, each.token_type) for each in entries] == [
        ("A", "Blocked", None, "", "Central"),
        ("B", "Accepted", NOON, "", "Central"),
        ("C", "Accepted", None, "VANS", "Central"),
    ]
    assert left_out == 0


def test_what_is_too_long_too_odd_or_too_much_is_left_out_and_counted() -> None:
    odd = (token("TOO LONG"), token("TAB\tBED"), token("A"), token("B"))

    entries, left_out = entries_of(LocalListRule(), odd, most=1, longest=7, tenant="default")

    assert ([each.token for each in entries], left_out) == (["A"], 3)


@pytest.mark.parametrize(
    "changes",
    [{"prepaid": "EUR"}, {"places": (TokenPlace(site="Berlin"),)}, {"hours": (TokenHours(),)}, {"evse_types": ("AC",)}],
)
def test_a_token_of_which_a_list_cannot_say_all_has_no_entry(changes: dict[str, object]) -> None:
    assert entries_of(LocalListRule(), [token("A", **changes)], most=9, longest=20, tenant="default") == ((), 1)
    assert (
        len(
            entries_of(
                LocalListRule(), [token("A", status="Blocked", **changes)], most=9, longest=20, tenant="default"
            )[0]
        )
        == 1
    )


def test_a_version_that_is_not_known_has_short_tokens() -> None:
    assert [longest_token(version) for version in ("1.6", "2.0.1", "2.1", None)] == [20, 36, 255, 20]


def test_no_record_is_no_rule() -> None:
    assert rule_of(None) is None
