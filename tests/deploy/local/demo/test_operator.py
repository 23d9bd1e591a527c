"""The demo calls the API as an operator does, and says which call was refused and why."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from deploy.local.demo.operator import OUTCOME_WITHIN_S, Operator, Refused


class Api:
    """Whatever listens where the API would; `status` and `said` are its answer."""

    def __init__(self) -> None:
        self.status = 200
        self.said: Any = {}
        self.heard: list[tuple[str, str, dict[str, str], Any]] = []


@pytest.fixture
def api() -> Iterator[tuple[Api, Operator]]:
    known = Api()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            known.heard.append((self.command, self.path, dict(self.headers), json.loads(body) if body else None))
            self.send_response(known.status)
            self.end_headers()
            self.wfile.write(json.dumps(known.said).encode())

        def do_POST(self) -> None:
            self.do_PUT()

        def log_message(self, *_: Any) -> None:
            """Tests are silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield known, Operator(f"http://127.0.0.1:{server.server_port}/api/v1", "key")
    server.shutdown()
    server.server_close()


async def test_what_is_provisioned_is_new_and_has_the_key(api: tuple[Api, Operator]) -> None:
    known, operator = api
    await operator.put_new("/tokens/A", {"label": "Ada"})

    ((method, path, headers, body),) = known.heard
    assert (method, path, body) == ("PUT", "/api/v1/tokens/A", {"label": "Ada"})
    assert (headers["Authorization"], headers["If-None-Match"]) == ("Bearer key", "*")


async def test_what_is_there_stays_and_a_refusal_is_told_with_its_reason(api: tuple[Api, Operator]) -> None:
    known, operator = api
    known.status, known.said = 412, {"detail": "It is there."}
    await operator.put_new("/tokens/A", {})

    known.status, known.said = 422, {"detail": "status: Invalid enum value"}
    with pytest.raises(Refused, match="PUT /tokens/A was answered 422: status: Invalid enum value"):
        await operator.put_new("/tokens/A", {})


@pytest.mark.parametrize("shape", ["alone", "beside", "list"])
async def test_a_command_that_a_station_does_not_accept_is_a_refusal(api: tuple[Api, Operator], shape: str) -> None:
    known, operator = api
    command = {"station": "S", "outcome": "accepted", "detail": ""}

    def says(outcome: str) -> Any:
        told = command | {"outcome": outcome, "detail": "Occupied"}
        return {"alone": told, "beside": {"log": {}, "command": told}, "list": [command, told]}[shape]

    known.said = says("accepted")
    await operator.ask("/stations/S/logs", {"type": "SecurityLog"})
    assert known.heard[-1][3] == {"type": "SecurityLog", "wait_s": OUTCOME_WITHIN_S}

    known.said = says("rejected")
    with pytest.raises(Refused, match="S was asked by /stations/S/logs: rejected Occupied"):
        await operator.ask("/stations/S/logs", {})


async def test_no_answer_is_an_error_of_the_system() -> None:
    with pytest.raises(OSError, match="refused"):
        await Operator("http://127.0.0.1:9/api/v1", "key").get("/stations")
