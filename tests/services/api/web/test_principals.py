"""Principals: keys and users as the reference data of this process has them."""

from schemas.operators import REF_API_KEYS, ApiKeyCreated, RoleProvisioned, UserProvisioned
from services.api.fakes import NOON, World
from services.api.web.principals import OPERATOR_KEY, digest_of, of_key, of_user, role_of


def a_key(**members: object) -> ApiKeyCreated:
    given = {"key": "k1", "digest": digest_of("secret_with_lines"), "roles": ("desk",), "created_at": NOON} | members
    return ApiKeyCreated(**given)  # type: ignore[arg-type]


def test_a_secret_may_have_the_sign_that_divides_a_key() -> None:
    world = World()
    world.bus.hold(a_key())

    found = of_key(world.bus, "vbk_k1_secret_with_lines", NOON)

    assert found is not None
    assert (found[0].name, found[1]) == ("key:k1", "k1")
    assert of_key(world.bus, "vbk_k1_secret_with_line", NOON) is None
    assert of_key(world.bus, "vbk_k2_secret_with_lines", NOON) is None
    assert of_key(world.bus, "k1_secret_with_lines", NOON) is None


def test_a_key_without_a_digest_is_no_key() -> None:
    world = World()
    world.bus.hold(a_key(digest=""))

    assert of_key(world.bus, "vbk_k1_", NOON) is None
    assert world.bus.get(REF_API_KEYS, "k1") is not None


def test_a_principal_has_what_its_roles_permit_now() -> None:
    world = World()
    world.bus.hold(a_key())
    before = of_key(world.bus, "vbk_k1_secret_with_lines", NOON)
    world.bus.hold(RoleProvisioned(role="desk", permissions=("tariffs:write",), provisioned_at=NOON))
    after = of_key(world.bus, "vbk_k1_secret_with_lines", NOON)

    assert before is not None
    assert before[0].permissions == ()
    assert after is not None
    assert after[0].may("tariffs", "write")
    assert role_of(world.bus, "desk") is not None
    assert role_of(world.bus, "gone") is None


def test_a_user_that_is_turned_off_is_nobody() -> None:
    world = World()
    world.bus.hold(UserProvisioned(user="ann", password_changed_at=NOON, provisioned_at=NOON))
    world.bus.hold(UserProvisioned(user="bob", enabled=False, password_changed_at=NOON, provisioned_at=NOON))

    assert of_user(world.bus, "ann") is not None
    assert of_user(world.bus, "bob") is None
    assert of_user(world.bus, "eve") is None


def test_the_operator_key_may_do_everything() -> None:
    assert OPERATOR_KEY.may("operators", "write")
    assert not OPERATOR_KEY.limited
