"""Certificates in the console: authorities, what expires, every request with its end, and the buttons that renew and revoke."""

from datetime import timedelta
from typing import get_args

import pytest
from httpx import AsyncClient

from schemas.authorities import AuthorityKind
from schemas.commands import CommandRequested
from schemas.revocations import CertificateRevoked
from schemas.signing import IssuedStatus
from schemas.stationcommands import TriggerMessage
from services.api.console.formats import TONES
from services.api.fakes import NOON, World
from services.api.signing.page import STATUSES
from services.api.signing.rows import Expiring, IssuedFilter
from tests.services.api.builders import STATION, a_state, an_outcome
from tests.services.api.signing.given import a_list, an_authority, hold
from tests.services.api.worlds import HOSTILE

PAGE = "/certificates"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.1"))


async def test_authorities_and_what_expires_are_shown(browser: AsyncClient, world: World) -> None:
    world.bus.hold(an_authority(problem="It cannot be reached."))
    world.bus.hold(a_list())
    world.reads.expiring = Expiring(in_use=41, within_7_days=2, within_30_days=5)
    hold(world, expires_at=NOON + timedelta(days=3))

    page = (await browser.get(PAGE)).text

    assert "It cannot be reached." in page
    assert "/pki/stations.crl" in page
    assert ">41<" in page
    assert "expires soon" in page


async def test_each_authority_says_where_its_key_is(browser: AsyncClient, world: World) -> None:
    words = {"built-in": "key here", "pkcs11": "key in a token", "est": "by EST", "acme": "by ACME"}
    assert set(words) == set(get_args(AuthorityKind))
    for kind in words:
        world.bus.hold(an_authority(authority=f"of-{kind}", kind=kind))

    page = (await browser.get(PAGE)).text

    assert [word for word in words.values() if word not in page] == []


async def test_without_an_authority_it_says_what_to_do(browser: AsyncClient) -> None:
    assert "authorities_file" in (await browser.get(PAGE)).text


async def test_filters_are_asked_for(browser: AsyncClient, world: World) -> None:
    await browser.get(f"{PAGE}?status=failed&station={STATION}&serial_number=00AB&part=rows")
    assert world.reads.asked["issued_certificates"][0] == IssuedFilter(
        status="failed", station=STATION, serial_number="ab"
    )

    await browser.get(f"{PAGE}?expiring=30&part=rows")
    assert world.reads.asked["issued_certificates"][0] == IssuedFilter(
        status="installed", expires_before=NOON + timedelta(days=30)
    )


async def test_a_certificate_is_shown_and_revoked_with_a_reason(browser: AsyncClient, world: World) -> None:
    hold(world)

    shown = (await browser.get(f"{PAGE}/ic1")).text
    assert "Revoke" in shown
    answer = await browser.post(
        f"{PAGE}/ic1/revoke", data={"reason": "keyCompromise", "note": " stolen "}, headers=HTMX
    )

    (record,) = world.bus.published
    assert isinstance(record, CertificateRevoked)
    assert (record.reason, record.note) == ("keyCompromise", "stolen")
    assert "is revoked (keyCompromise)" in answer.text


@pytest.mark.parametrize("change", [{"status": "revoked"}, {"expires_at": NOON}, {"fingerprint": ""}])
async def test_what_cannot_be_revoked_has_no_button(
    browser: AsyncClient, world: World, change: dict[str, object]
) -> None:
    hold(world, **change)

    assert "/certificates/ic1/revoke" not in (await browser.get(f"{PAGE}/ic1")).text


async def test_a_station_shows_its_own_and_is_asked_to_renew(browser: AsyncClient, world: World) -> None:
    hold(world)
    world.bus.settles = an_outcome(sent=True)
    tab = f"/stations/{STATION}/certificates"

    shown = (await browser.get(tab)).text
    answer = await browser.post(f"{tab}/renew", headers=HTMX)

    assert "/certificates/ic1" in shown
    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == TriggerMessage(requested_message="SignChargingStationCertificate")
    assert "accepted" in answer.text


def test_every_status_has_its_colour_and_its_filter() -> None:
    assert [status for status in get_args(IssuedStatus) if status not in TONES] == []
    assert set(STATUSES) == set(get_args(IssuedStatus))


async def test_every_status_can_be_filtered(browser: AsyncClient) -> None:
    page = (await browser.get(PAGE)).text

    assert [status for status in STATUSES if f'<option value="{status}"' not in page] == []


async def test_what_stations_and_authorities_say_is_text(browser: AsyncClient, world: World) -> None:
    world.bus.hold(an_authority(subject=HOSTILE, problem=HOSTILE))
    hold(world, subject=HOSTILE, detail=HOSTILE, issuer=HOSTILE)

    for path in (PAGE, f"{PAGE}/ic1", f"/stations/{STATION}/certificates"):
        assert "<script>alert" not in (await browser.get(path)).text
