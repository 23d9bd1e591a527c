"""Requests to URLs that others name: to allowed addresses, bounded in time and size."""

import pytest

from services.runtime.guarding import Client, NoAnswer
from tests.services.serving import HttpServer

SETTING = "some_setting"


def client(*, private: bool = True, timeout_s: float = 5) -> Client:
    return Client(private=private, setting=SETTING, timeout_s=timeout_s, connections=2)


async def test_an_answer_comes_with_its_status() -> None:
    async with HttpServer({"/a": b"found"}) as server:
        asking = client()
        assert await asking.ask("POST", f"{server.url}/a", {"x-own": "1"}, b"question", largest=5) == (200, b"found")
        assert await asking.ask("GET", f"{server.url}/b", {}, b"", largest=5) == (404, b"")
        await asking.close()

    (first, second) = server.asked
    assert (first.method, first.body, first.headers["x-own"]) == ("POST", b"question", "1")
    assert second.method == "GET"


@pytest.mark.parametrize("url", ["http://localhost:{port}/a", "http://127.0.0.1:{port}/a"])
async def test_addresses_that_are_not_public_are_asked_only_where_the_setting_allows_it(url: str) -> None:
    async with HttpServer({"/a": b"found"}) as server:
        asking = client(private=False)
        with pytest.raises(NoAnswer, match=SETTING):
            await asking.ask("GET", url.format(port=server.url.rpartition(":")[2]), {}, b"", largest=5)
        await asking.close()

    assert server.asked == []


async def test_what_is_too_long_or_too_late_or_not_there_is_no_answer() -> None:
    async with HttpServer({"/a": b"longer"}) as server:
        asking = client(timeout_s=0.2)
        with pytest.raises(NoAnswer, match="more than 5 bytes"):
            await asking.ask("GET", f"{server.url}/a", {}, b"", largest=5)
        server.hangs = True
        with pytest.raises(NoAnswer, match=r"no answer within 0\.2 s"):
            await asking.ask("GET", f"{server.url}/a", {}, b"", largest=5)
        for url in ("http://127.0.0.1:9/", "ftp://127.0.0.1/", "nonsense", "http://[::1", "http://\u00e4.invalid/ x"):
            with pytest.raises(NoAnswer):
                await asking.ask("GET", url, {}, b"", largest=5)
        await asking.close()
