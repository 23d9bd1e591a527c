"""A station's certificates in the console: those it has, the form and the buttons."""

from datetime import timedelta
from typing import get_args

import pytest
from httpx import AsyncClient

from schemas.certificates import CertificateStatus, DeleteCertificate, GetInstalledCertificates, InstallCertificate
from schemas.commands import CommandRequested
from services.api.console.formats import TONES
from services.api.fakes import NOON, World
from tests.roots import a_root
from tests.services.api.builders import STATION, a_state, an_outcome
from tests.services.api.certificates.test_routes import hold
from tests.services.api.worlds import HOSTILE

TAB = f"/stations/{STATION}/certificates"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


async def test_certificates_are_shown_with_their_end_and_those_that_are_there_can_be_deleted(
    browser: AsyncClient, world: World
) -> None:
    hold(world, expires_at=NOON + timedelta(days=30))
    hold(world, certificate="old", expires_at=NOON, verified_at=None)
    hold(world, certificate="gone", status="gone", expires_at=None, requested_at=None)

    page = (await browser.get(TAB)).text

    assert "expires soon" in page
    assert ">expired<" in page
    assert "not known" in page
    assert "by another system" in page
    assert "/certificates/cert1/delete" in page
    assert "/certificates/old/delete" not in page
    assert "/certificates/gone/delete" not in page


@pytest.mark.parametrize(("version", "offered"), [("1.6", False), ("2.1", True)])
async def test_the_form_offers_the_uses_of_the_version(
    browser: AsyncClient, world: World, version: str, offered: bool
) -> None:
    world.bus.hold(a_state(version=version))  # type: ignore[arg-type]

    assert ("OEMRootCertificate" in (await browser.get(TAB)).text) == offered


async def test_who_fills_the_form_in_installs_a_certificate(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(outcome="rejected", detail="Failed", sent=True)

    answer = await browser.post(TAB, data={"use": "CSMSRootCertificate", "certificate": a_root()}, headers=HTMX)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert isinstance(request.command, InstallCertificate)
    assert request.command.certificate_type == "CSMSRootCertificate"
    assert "rejected (Failed)" in answer.text


async def test_a_text_that_is_no_certificate_is_said(browser: AsyncClient, world: World) -> None:
    answer = await browser.post(TAB, data={"use": "CSMSRootCertificate", "certificate": "PEM"}, headers=HTMX)

    assert "is no X.509 certificate" in answer.text
    assert world.bus.published == []


async def test_the_buttons_read_and_delete(browser: AsyncClient, world: World) -> None:
    hold(world)
    world.bus.settles = an_outcome(sent=True)

    read = await browser.post(f"{TAB}/read", headers=HTMX)
    deleted = await browser.post("/certificates/cert1/delete", headers=HTMX)

    commands = [record.command for record in world.bus.published if isinstance(record, CommandRequested)]
    assert [type(command) for command in commands] == [GetInstalledCertificates, DeleteCertificate]
    assert "accepted" in read.text
    assert "Deleting the certificate" in deleted.text


def test_every_status_has_its_colour() -> None:
    assert [status for status in get_args(CertificateStatus) if status not in TONES] == []


async def test_what_stations_and_certificates_say_is_text(browser: AsyncClient, world: World) -> None:
    hold(world, subject=HOSTILE, use=HOSTILE, detail=HOSTILE, name={"serial_number": HOSTILE})

    assert "<script>alert" not in (await browser.get(TAB)).text
