"""The demo world: the boot template is one that the API takes, and a refusal is said."""

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from deploy.local.demo import BOOT_TEMPLATE, BOOT_TEMPLATE_BODY, provision
from loadtest.station.fleet import PRODUCTS
from schemas.boottemplates import Traits, misfit
from schemas.sealing import NO_KEY
from services.api.boottemplates.rows import ProvisionBootTemplate
from services.api.boottemplates.writing import written


class Api:
    """Whatever listens where the API would; `status` is its answer."""

    def __init__(self) -> None:
        self.status = 200
        self.heard: list[tuple[str, str, dict[str, str], Any]] = []


@pytest.fixture
def api() -> Iterator[tuple[Api, str]]:
    known = Api()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            known.heard.append(("PUT", self.path, dict(self.headers), body))
            self.send_response(known.status)
            self.end_headers()
            self.wfile.write(b"no")

        def log_message(self, *_: Any) -> None:
            """Tests are silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield known, f"http://127.0.0.1:{server.server_port}/api/v1"
    server.shutdown()
    server.server_close()


def test_the_api_takes_the_template_and_it_fits_one_vendor_of_simulated_stations() -> None:
    data = msgspec.convert(BOOT_TEMPLATE_BODY, ProvisionBootTemplate)
    content = written(BOOT_TEMPLATE, data, (), seal=NO_KEY)

    assert content.enabled
    vendors = {product.vendor for product in PRODUCTS}
    fitting = {each for each in vendors if not misfit(content.stations, Traits(station="X", vendor=each))}
    assert len(fitting) == 1
    assert misfit(content.stations, Traits(station="X", vendor="Somebody")) != ""


async def test_it_is_written_as_an_operator_does_and_only_where_there_is_none(api: tuple[Api, str]) -> None:
    known, url = api
    await provision(url, "key")

    ((_, path, headers, body),) = known.heard
    assert (path, body) == ("/api/v1/boot-templates/defaults", BOOT_TEMPLATE_BODY)
    assert (headers["Authorization"], headers["If-None-Match"]) == ("Bearer key", "*")


@pytest.mark.parametrize(("status", "said"), [(412, False), (422, True)])
async def test_one_that_is_there_stays_and_a_refusal_is_said(
    api: tuple[Api, str], capsys: pytest.CaptureFixture[str], status: int, said: bool
) -> None:
    known, url = api
    known.status = status
    await provision(url, "key")

    assert ("refused" in capsys.readouterr().err) == said


async def test_without_an_answer_the_product_runs_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    await provision("http://127.0.0.1:9/api/v1", "key")

    assert "could not be written" in capsys.readouterr().err
