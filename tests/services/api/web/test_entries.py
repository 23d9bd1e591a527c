"""Who signs in or out is in the audit log, by a name of bounded length."""

from litestar import Request

from services.api.fakes import World
from services.api.web.entries import LONGEST_USER, say_signed


def a_request() -> Request[object, object, object]:
    return Request(
        {
            "type": "http",
            "method": "POST",
            "path": "/login",
            "headers": [],
            "state": {},
            "query_string": b"",
            "client": ("192.0.2.1", 1),
        }
    )  # type: ignore[typeddict-item, arg-type]


async def test_an_entry_says_who_from_where_and_what_came_of_it() -> None:
    world = World()

    await say_signed(a_request(), world.ports(), "u" * 500, "sign-in", status=401)
    await say_signed(a_request(), world.ports(), "", "sign-out", status=200)

    first, second = world.bus.audited
    assert (len(first.actor), first.address, first.status) == (LONGEST_USER, "192.0.2.1", 401)
    assert (second.actor, second.actor_kind, second.action) == ("operator", "operator-key", "sign-out")
