"""One request: bounded in time and size, to addresses that are allowed."""

import asyncio
import datetime as dt
from collections.abc import AsyncIterator

import pytest

from services.webhooks.backlog import Result
from services.webhooks.sending import LARGEST_ANSWER_BYTES, Sender, result_of
from tests.services.webhooks.receiving import receiving

NOW = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
async def sender() -> AsyncIterator[Sender]:
    sender = Sender(private=True, timeout_s=2.0, connections=2)
    yield sender
    await sender.close()


async def sent(sender: Sender, url: str, body: bytes = b"{}") -> Result:
    return await sender.post(url, {"webhook-id": "w1"}, body)


async def test_a_delivery_arrives_as_json_with_its_headers(sender: Sender) -> None:
    async with receiving() as there:
        result = await sent(sender, there.url, b'{"a":1}')

    (got,) = there.got
    assert (result.ok, result.http_status, result.detail) == (True, 204, "")
    assert (got.path, got.body, got.delivery) == ("/events", b'{"a":1}', "w1")
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == f"127.0.0.1:{there.port}"


async def test_a_connection_is_used_again(sender: Sender) -> None:
    async with receiving() as there:
        for _ in range(3):
            await sent(sender, there.url)

    assert (len(there.got), there.connections) == (3, 1)


@pytest.mark.parametrize(
    ("status", "says"), [(500, "answered 500"), (404, "answered 404"), (302, "redirects are not followed")]
)
async def test_anything_but_success_is_a_failure_and_redirects_are_not_followed(
    sender: Sender, status: int, says: str
) -> None:
    async with receiving() as there:
        there.says(status, f"location: {there.url}/elsewhere")
        result = await sent(sender, there.url)

    assert (result.ok, result.http_status, result.gone) == (False, status, False)
    assert says in result.detail
    assert len(there.got) == 1


async def test_a_receiver_that_does_not_answer_is_given_up(sender: Sender) -> None:
    quick = Sender(private=True, timeout_s=0.2, connections=1)
    async with receiving() as there:
        there.answers = lambda _: b""
        result = await sent(quick, there.url)
        await quick.close()

    assert result.detail == "no answer within 0.2 s"
    assert result.http_status is None


async def test_an_answer_that_never_ends_is_not_read_to_its_end(sender: Sender) -> None:
    async with receiving() as there:
        there.answers = lambda _: (
            b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n" + b"x" * 2 * LARGEST_ANSWER_BYTES
        )
        async with asyncio.timeout(5):
            result = await sent(sender, there.url)

    assert result.ok


async def test_nobody_there_is_a_failure(sender: Sender) -> None:
    async with receiving() as there:
        pass

    assert "cannot be reached" in (await sent(sender, there.url)).detail
    assert "cannot be reached" in (await sent(sender, "http://no-such-host.invalid/")).detail


async def test_what_is_no_http_is_a_failure(sender: Sender) -> None:
    async with receiving() as there:
        there.answers = lambda _: b"SSH-2.0-OpenSSH\r\n"
        result = await sent(sender, there.url)

    assert "cannot be reached" in result.detail


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_private_addresses_are_refused_where_they_are_forbidden_by_name_too(host: str) -> None:
    strict = Sender(private=False, timeout_s=2.0, connections=1)
    async with receiving() as there:
        result = await sent(strict, f"http://{host}:{there.port}/")
        await strict.close()

    assert "no public address" in result.detail
    assert (there.got, there.connections) == ([], 0)


def test_gone_is_told_apart_and_retry_after_counts_where_the_receiver_is_busy() -> None:
    assert result_of(410, [], NOW).gone
    assert result_of(429, [(b"Retry-After", b"7")], NOW).retry_after_s == 7
    assert result_of(503, [(b"retry-after", b"Mon, 01 Jun 2026 12:01:00 GMT")], NOW).retry_after_s == 60
    assert result_of(503, [(b"retry-after", b"soon")], NOW).retry_after_s == 0
    assert result_of(500, [(b"retry-after", b"7")], NOW).retry_after_s == 0
