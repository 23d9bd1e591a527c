"""The admin listener: alive as long as it answers, ready by what it is told, and nothing else."""

import urllib.error
import urllib.request

import anyio.to_thread
import pytest

from gateway.admin import listen


async def asked(path: str, reasons: list[str]) -> tuple[int, str]:
    server = await listen("127.0.0.1", 0, not_ready=lambda: reasons)
    port = server.sockets[0].getsockname()[1]

    def get() -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    try:
        return await anyio.to_thread.run_sync(get)
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize(
    ("path", "reasons", "answer"),
    [
        ("/health/live", ["Kafka is away"], (200, "alive\n")),
        ("/health/ready", [], (200, "ready\n")),
        ("/health/ready?verbose", [], (200, "ready\n")),
        ("/health/ready", ["Kafka is away", "no reference data"], (503, "Kafka is away\nno reference data\n")),
    ],
)
async def test_it_is_alive_when_it_answers_and_ready_when_nothing_is_in_the_way(
    path: str, reasons: list[str], answer: tuple[int, str]
) -> None:
    assert await asked(path, reasons) == answer


async def test_metrics_are_those_of_the_process() -> None:
    status, text = await asked("/metrics", [])

    assert status == 200
    assert "process_cpu_seconds_total" in text


async def test_anything_else_is_not_there_and_says_what_is() -> None:
    status, text = await asked("/", [])

    assert status == 404
    assert "/health/ready" in text
