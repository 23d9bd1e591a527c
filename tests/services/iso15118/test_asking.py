"""Responders and lists are asked once, until what they said counts no longer."""

import datetime as dt
from collections.abc import AsyncIterator

import pytest
from cryptography.x509.ocsp import OCSPCertStatus, load_der_ocsp_request

from services.iso15118.asking import AVOIDED, Statuses
from services.iso15118.settings import Iso15118Settings
from services.iso15118.statuses import Issuers
from tests.pki import DAY, Authority
from tests.services.iso15118.given import Clock, a_check, a_list, an_authority, name_of, said
from tests.services.serving import HttpServer


@pytest.fixture(scope="module")
def v2g(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return an_authority(tmp_path_factory.mktemp("pki"))


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def statuses(v2g: Authority, clock: Clock) -> AsyncIterator[Statuses]:
    settings = Iso15118Settings(iso15118_private_addresses="allow", iso15118_cached=2)
    asking = Statuses(settings, Issuers((v2g.certificate,)), clock)
    yield asking
    await asking.close()


@pytest.mark.usecase("M06", "M06.FR.02", "M07", "M07.FR.01")
async def test_a_responder_is_asked_by_post_and_again_when_its_answer_has_ended(
    v2g: Authority, server: HttpServer, statuses: Statuses, clock: Clock
) -> None:
    own = v2g.issue("leaf")
    server.content["/ocsp"] = said(v2g, own)
    check = a_check(name_of(v2g, own), f"{server.url}/ocsp")

    first = await statuses.find(check)
    assert await statuses.find(check) == first
    assert first.status == "Good"
    (asked,) = server.asked
    assert (asked.method, asked.headers["content-type"]) == ("POST", "application/ocsp-request")
    assert load_der_ocsp_request(asked.body).serial_number == own.certificate.serial_number

    clock.now += DAY
    server.content["/ocsp"] = said(v2g, own, OCSPCertStatus.REVOKED, at=clock.now)
    assert (await statuses.find(check)).status == "Revoked"
    assert len(server.asked) == 2


@pytest.mark.usecase("M07", "M07.FR.04", "M07.FR.06", "M07.FR.07")
async def test_a_list_is_fetched_once_for_all_certificates_on_it(
    v2g: Authority, server: HttpServer, statuses: Statuses
) -> None:
    good, revoked = v2g.issue("good"), v2g.issue("revoked")
    server.content["/crl"] = a_list(v2g, revoked)

    for own, word in ((good, "Good"), (revoked, "Revoked")):
        found = await statuses.find(a_check(name_of(v2g, own), f"{server.url}/crl", source="CRL"))
        assert found.status == word
    assert [each.method for each in server.asked] == ["GET"]


async def test_the_next_address_is_asked_where_one_gives_nothing(
    v2g: Authority, server: HttpServer, statuses: Statuses
) -> None:
    own = v2g.issue("leaf")
    server.content |= {"/junk": b"junk", "/ocsp": said(v2g, own)}
    urls = ["http://127.0.0.1:9/", f"{server.url}/none", f"{server.url}/junk", f"{server.url}/ocsp"]

    assert (await statuses.find(a_check(name_of(v2g, own), *urls))).status == "Good"


@pytest.mark.usecase("M06.FR.04", "M07.FR.02", "M07.FR.05")
@pytest.mark.parametrize("source", ["OCSP", "CRL"])
async def test_where_none_gives_anything_the_last_reason_is_told(
    v2g: Authority, server: HttpServer, statuses: Statuses, source: str
) -> None:
    name = name_of(v2g, v2g.issue("leaf"))

    found = await statuses.find(a_check(name, f"{server.url}/none", source=source))
    assert (found.status, "404" in found.detail, found.ocsp) == ("Failed", True, "")
    assert "no address" in (await statuses.find(a_check(name, source=source))).detail


async def test_the_word_of_unknown_issuers_on_lists_is_not_asked_for(
    tmp_path_factory: pytest.TempPathFactory, server: HttpServer, statuses: Statuses
) -> None:
    other = an_authority(tmp_path_factory.mktemp("pki"), "other")
    check = a_check(name_of(other, other.issue("leaf")), f"{server.url}/crl", source="CRL")

    assert "iso15118_issuers_file" in (await statuses.find(check)).detail
    assert server.asked == []


async def test_an_address_that_gives_no_answer_is_left_alone_for_a_while(
    v2g: Authority, statuses: Statuses, clock: Clock
) -> None:
    own = v2g.issue("leaf")
    async with HttpServer() as server:
        url = f"{server.url}/ocsp"
    port = int(server.url.rpartition(":")[2])
    check = a_check(name_of(v2g, own), url)
    assert (await statuses.find(check)).status == "Failed"

    async with again(port, {"/ocsp": said(v2g, own)}):
        assert (await statuses.find(check)).status == "Failed"
        clock.now += AVOIDED + dt.timedelta(seconds=1)
        assert (await statuses.find(check)).status == "Good"


def again(port: int, content: dict[str, bytes]) -> HttpServer:
    """A server on a port that another one had."""
    server = HttpServer(content)
    server.port = port
    return server


async def test_no_more_answers_are_remembered_than_the_setting_says(
    v2g: Authority, server: HttpServer, statuses: Statuses
) -> None:
    leaves = [v2g.issue(f"leaf{number}") for number in range(3)]
    for round_number in (1, 2):
        for own in leaves:
            server.content["/ocsp"] = said(v2g, own)
            assert (await statuses.find(a_check(name_of(v2g, own), f"{server.url}/ocsp"))).status == "Good"
        assert len(server.asked) == 3 * round_number


async def test_responders_at_addresses_that_are_not_public_are_not_asked_unless_allowed(
    v2g: Authority, server: HttpServer, clock: Clock
) -> None:
    own = v2g.issue("leaf")
    server.content["/ocsp"] = said(v2g, own)
    asking = Statuses(Iso15118Settings(), Issuers((v2g.certificate,)), clock)

    found = await asking.find(a_check(name_of(v2g, own), f"{server.url}/ocsp"))

    assert "iso15118_private_addresses" in found.detail
    assert server.asked == []
    await asking.close()
