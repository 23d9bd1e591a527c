"""The policy: what roles permit, what scopes hold, and that every route has one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.operators import Scope
from services.api.console import routes
from services.api.fakes import World
from services.api.http import create_app
from services.api.nouns import NOUNS
from services.api.web.entrance import name_of
from services.api.web.policy import (
    BUILT_IN,
    EVERY,
    GUARDED,
    POLICY,
    Need,
    NoPolicy,
    Placement,
    Policy,
    Principal,
    covers,
    owned,
    owner,
    permissions_of,
    permitted,
    refusal,
    within,
)
from tests.services.api.apps import app_of

ROLES = {role.role: role for role in BUILT_IN}
TAGS = [noun.tag for noun in NOUNS]


def one(*roles: str, scope: Scope | None = None) -> Principal:
    return Principal(name="x", kind="user", permissions=permissions_of(roles, ROLES), scope=scope or Scope())


def test_every_route_and_page_has_a_policy() -> None:
    """A noun's policy names what changes something: services/api/<noun>/noun.py."""
    assert create_app(World().ports(), console=routes.routers())


def test_a_handler_that_changes_something_has_no_policy_until_it_is_named() -> None:
    with pytest.raises(NoPolicy, match=r"services/api/stations/noun.py, under `commands`"):
        Policy().need("stations", "explode", "POST")


def test_a_policy_names_only_handlers_that_there_are() -> None:
    app = app_of(World().ports(), console=True).built
    there = {
        (handler.opt[POLICY].noun, name_of(handler))
        for route in app.routes
        for handler in getattr(route, "route_handlers", ())
        if POLICY in handler.opt
    }

    gone = {(noun.tag, name) for noun in NOUNS for name in noun.policy.named()} - there
    assert gone == set(), "take them out of `policy` in services/api/<noun>/noun.py"


def test_the_guarded_nouns_are_nouns() -> None:
    assert set(TAGS) >= GUARDED


@pytest.mark.parametrize("noun", TAGS)
def test_an_admin_may_do_everything_and_a_viewer_reads_all_but_who_may_what(noun: str) -> None:
    assert all(one("admin").may(noun, action) for action in ("read", "command", "write"))
    assert one("viewer").may(noun, "read") == (noun not in GUARDED)
    assert not one("viewer").may(noun, "command")
    assert not one("viewer").may(noun, "write")
    assert not one().may(noun, "read")


@pytest.mark.parametrize(
    ("role", "noun", "action", "may"),
    [
        ("operator", "commands", "command", True),
        ("operator", "stations", "write", True),
        ("operator", "tariffs", "write", False),
        ("operator", "operators", "read", False),
        ("energy", "chargingprofiles", "command", True),
        ("energy", "commands", "command", False),
        ("billing", "tokens", "write", True),
        ("billing", "sessions", "command", True),
        ("billing", "stations", "write", False),
    ],
)
def test_the_built_in_roles(role: str, noun: str, action: str, may: bool) -> None:
    assert one(role).may(noun, action) is may  # type: ignore[arg-type]


def test_roles_add_up_and_an_unknown_one_adds_nothing() -> None:
    both = permissions_of(("viewer", "energy", "gone"), ROLES)

    assert set(both) == {*ROLES["viewer"].permissions, *ROLES["energy"].permissions}


@given(st.sets(st.sampled_from(["a:read", "a:*", "*:read", "*:*", "operators:read", "operators:*", "b:command"])))
def test_what_one_covers_he_is_permitted_himself(permissions: set[str]) -> None:
    for noun in ("a", "b", "operators"):
        for action in ("read", "command", "write"):
            assert covers(permissions, f"{noun}:{action}") == permitted(permissions, noun, action)  # type: ignore[arg-type]


def test_a_permission_for_every_noun_is_covered_by_no_list_of_some() -> None:
    assert not covers({"a:read", "b:read"}, "*:read")
    assert covers({"*:read", "*:command", "*:write"}, "*:*")
    assert not covers({"*:*"}, "operators:read")


PLACED = st.builds(
    Placement,
    tenant=st.sampled_from(["default", "acme"]),
    site=st.sampled_from(["", "oslo", "rome"]),
    labels=st.dictionaries(st.sampled_from("ab"), st.sampled_from("12")),
)


@given(PLACED)
def test_an_empty_scope_holds_every_station(placed: Placement) -> None:
    assert within(Scope(), placed)


@given(
    PLACED,
    st.sets(st.sampled_from(["default", "acme"]), min_size=1),
    st.sets(st.sampled_from(["oslo", "rome"]), min_size=1),
    st.dictionaries(st.sampled_from("ab"), st.sampled_from("12")),
)
def test_every_member_of_a_scope_has_to_fit(
    placed: Placement, tenants: set[str], sites: set[str], labels: dict[str, str]
) -> None:
    scope = Scope(tenants=tuple(tenants), sites=tuple(sites), labels=labels)

    fits = placed.tenant in tenants and placed.site in sites and labels.items() <= dict(placed.labels).items()
    assert within(scope, placed) is fits


def test_what_is_the_deployments_is_refused_to_whom_a_scope_limits() -> None:
    need = Need(noun="compatibility", action="read", reach="deployment")

    assert refusal(one("viewer"), need) is None
    assert "deployment" in (refusal(one("viewer", scope=Scope(tenants=("acme",))), need) or "")


def test_what_has_a_tenant_is_refused_to_whom_a_scope_limits_to_some_of_its_stations() -> None:
    need = Need(noun="tariffs", action="read", reach="tenant")

    assert refusal(one("viewer"), need) is None
    assert refusal(one("viewer", scope=Scope(tenants=("acme",))), need) is None
    for scope in (Scope(sites=("oslo",)), Scope(tenants=("acme",), sites=("oslo",)), Scope(labels={"row": "A"})):
        assert "limited" in (refusal(one("viewer", scope=scope), need) or "")


def test_a_policy_of_every_handler_leaves_out_those_that_are_named() -> None:
    policy = Policy(tenanted=EVERY, stationed=("list_authorizations",), fleet=("verify",))

    assert policy.need("tokens", "list_tokens", "GET").reach == "tenant"
    assert policy.need("tokens", "list_authorizations", "GET").reach == "stations"
    assert policy.need("tokens", "verify", "GET").reach == "deployment"
    assert Policy(fleet=EVERY, tenanted=("mine",)).need("tokens", "mine", "GET").reach == "tenant"


def test_a_scope_of_tenants_owns_what_is_theirs_and_never_what_is_the_deployments() -> None:
    scope = Scope(tenants=("acme", "umbrella"))

    assert owned(scope, ("acme",))
    assert owned(scope, ("acme", "umbrella"))
    assert not any(owned(scope, tenants) for tenants in ((), ("",), ("other",), ("acme", "other")))
    assert not owned(Scope(tenants=("acme",), sites=("oslo",)), ("acme",))
    assert not owned(Scope(), ("acme",))


def test_whose_a_record_is_follows_from_what_is_named_what_was_there_and_who_asks() -> None:
    acme = one("admin", scope=Scope(tenants=("acme",)))

    assert owner(acme, "umbrella", "acme") == "umbrella"
    assert owner(acme, None, "umbrella") == "umbrella"
    assert owner(acme, None, None) == "acme"
    assert owner(one("admin", scope=Scope(tenants=("acme", "umbrella"))), None, None) == ""
    assert owner(one("admin"), None, None) == ""
