"""Operators as callers see them."""

import datetime as dt

from schemas.operators import ApiKeyCreated, UserProvisioned
from services.api.fakes import NOON
from services.api.operators.rows import ScopeGiven, key_of, user_of


def test_no_hash_is_among_what_is_shown() -> None:
    user = UserProvisioned(user="ann", password_hash="scrypt$x", password_changed_at=NOON, provisioned_at=NOON)
    key = ApiKeyCreated(key="k", digest="d" * 64, created_at=NOON, expires_at=NOON)

    assert "scrypt" not in repr(user_of(user))
    shown = key_of(key, now=NOON + dt.timedelta(seconds=1), used_at=None, used_from="")
    assert shown.expired
    assert "ddd" not in repr(shown)


def test_a_scope_names_nothing_twice() -> None:
    assert ScopeGiven(sites=("a", "b", "a")).scope().sites == ("a", "b")
