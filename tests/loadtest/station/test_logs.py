"""Logs of a simulated station: uploaded on this machine alone, one at a time, each told in the words of its version."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from loadtest.ocpp.versions import VERSIONS
from loadtest.station.logs import is_here
from tests.loadtest.csms import running_csms
from tests.loadtest.hand_clock import HandClock, moving
from tests.loadtest.station.world import NAME, NEVER, Cars, station_at

TOLD = ("LogStatusNotification", "DiagnosticsStatusNotification")


def get_log(location: str, *, number: int = 7) -> tuple[str, dict]:
    return "GetLog", {"log": {"remoteLocation": location}, "logType": "SecurityLog", "requestId": number}


def words(csms) -> list[tuple[str, int | None]]:
    return [(one["status"], one.get("requestId")) for action in TOLD for one in csms.payloads(action)]


class Shelf:
    """A web server that takes files, or refuses them."""

    def __init__(self, status: int = 201) -> None:
        self.files: list[bytes] = []
        shelf = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                shelf.files.append(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(status)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/logs"

    def __enter__(self) -> "Shelf":
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.mark.parametrize("version", VERSIONS)
async def test_it_uploads_what_it_is_asked_for_and_tells_how_that_goes(version):
    clock = HandClock()
    with Shelf() as shelf:
        async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
            await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
            answer = await csms.ask(NAME, version, *get_log(shelf.url))
            await csms.until(lambda: ("Uploaded", 7) in words(csms))

    assert answer[2] == {"status": "Accepted", "filename": "securitylog.log"}
    assert words(csms) == [("Uploading", 7), ("Uploaded", 7)]
    assert b"EVSE 1" in shelf.files[0]
    assert csms.invalid == []


async def test_diagnostics_of_1_6_have_no_number():
    clock = HandClock()
    with Shelf() as shelf:
        async with running_csms() as csms, moving(station_at(csms, "1.6", clock).run([Cars(NEVER)]), clock.run()):
            await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
            answer = await csms.ask(NAME, "1.6", "GetDiagnostics", {"location": shelf.url})
            await csms.until(lambda: ("Uploaded", None) in words(csms))

    assert answer[2] == {"fileName": "diagnosticslog.log"}
    assert csms.actions(NAME).count("DiagnosticsStatusNotification") == 2
    assert csms.invalid == []


@pytest.mark.parametrize("version", VERSIONS)
async def test_what_is_elsewhere_gets_nothing(version):
    clock = HandClock()
    async with running_csms() as csms, moving(station_at(csms, version, clock).run([Cars(NEVER)]), clock.run()):
        await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
        await csms.ask(NAME, version, *get_log("https://logs.example/up"))
        await csms.until(lambda: bool(words(csms)))

    assert words(csms) == [("NotSupportedOperation", 7)]


async def test_a_place_that_refuses_the_file_is_a_failure():
    clock = HandClock()
    with Shelf(status=403) as shelf:
        async with running_csms() as csms, moving(station_at(csms, "2.1", clock).run([Cars(NEVER)]), clock.run()):
            await csms.until(lambda: "StatusNotification" in csms.actions(NAME))
            await csms.ask(NAME, "2.1", *get_log(shelf.url))
            await csms.until(lambda: ("UploadFailure", 7) in words(csms))


@pytest.mark.parametrize(
    ("location", "here"),
    [
        ("http://127.0.0.1:8080/x", True),
        ("http://localhost/x", True),
        ("http://[::1]:80/x", True),
        ("https://127.0.0.1/x", False),
        ("http://192.0.2.1/x", False),
        ("http://localhost.example/x", False),
        ("ftp://127.0.0.1/x", False),
        ("file:///etc/passwd", False),
        ("http://[::1/x", False),
        ("", False),
    ],
)
def test_only_this_machine_is_here(location, here):
    assert is_here(location) is here
