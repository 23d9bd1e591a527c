"""Provisioning a station by its form."""

import pytest
from httpx import AsyncClient

from schemas.evsetypes import EvseDescribed
from schemas.stations import StationProvisioned
from services.api.fakes import World
from services.api.stations.settings import evse_lines, evses_of
from services.api.web.problems import Problem
from tests.services.api.builders import STATION, a_state

HTMX = {"HX-Request": "true"}
EVSES = (EvseDescribed(evse=1, kind="AC", connectors=("cType2", "sType2")), EvseDescribed(evse=2, kind="DC"))
LINES = "1 AC cType2 sType2\n2 DC"


async def test_the_types_of_evses_are_said_a_line_each_and_stay_when_the_registration_changes(
    browser: AsyncClient, world: World
) -> None:
    world.bus.hold(a_state())

    def saved() -> StationProvisioned:
        record = world.bus.published[-1]
        assert isinstance(record, StationProvisioned)
        return record

    await browser.post(f"/stations/{STATION}/settings", data={"evses": "1 ac CTYPE2, sType2\n\n2 dc"}, headers=HTMX)
    assert saved().evses == EVSES
    assert LINES in (await browser.get(f"/stations/{STATION}/settings")).text
    await browser.post(f"/stations/{STATION}/registration", data={"registration": "Pending"}, headers=HTMX)

    assert (saved().registration, saved().evses) == ("Pending", EVSES)


async def test_the_least_security_profile_and_certificates_are_set_and_stay_when_the_registration_changes(
    browser: AsyncClient, world: World
) -> None:
    world.bus.hold(a_state())
    given = {"min_security_profile": "3", "certificates": "00:1F:3A\nAB\n", "expired_certificate": "on"}

    await browser.post(f"/stations/{STATION}/settings", data=given, headers=HTMX)
    page = (await browser.get(f"/stations/{STATION}/settings")).text
    await browser.post(f"/stations/{STATION}/registration", data={"registration": "Pending"}, headers=HTMX)

    assert "1f3a\nab" in page
    assert '<option value="3" selected>' in page
    record = world.bus.published[-1]
    assert isinstance(record, StationProvisioned)
    assert (record.registration, record.min_security_profile, record.certificates) == ("Pending", 3, ("1f3a", "ab"))
    assert record.expired_certificate
    assert 'name="expired_certificate" checked' in page


@pytest.mark.parametrize("given", [{"min_security_profile": "4"}, {"certificates": "no number"}])
async def test_what_is_no_profile_or_number_is_refused(
    browser: AsyncClient, world: World, given: dict[str, str]
) -> None:
    world.bus.hold(a_state())

    answer = await browser.post(f"/stations/{STATION}/settings", data=given, headers=HTMX)

    assert (answer.status_code, world.bus.published) == (422, [])


def test_lines_are_read_as_they_are_shown() -> None:
    assert evse_lines(EVSES) == LINES
    assert [each["connectors"] for each in evses_of(LINES)] == [["cType2", "sType2"], []]


def test_a_line_without_a_number_is_refused_with_what_to_write() -> None:
    with pytest.raises(Problem, match="as `1 AC cType2`"):
        evses_of("AC cType2")


@pytest.mark.parametrize("lines", ["1", "1 XX", "1 AC plug", "0 AC", "1 AC\n1 DC"])
async def test_what_is_no_type_of_an_evse_is_refused(browser: AsyncClient, world: World, lines: str) -> None:
    world.bus.hold(a_state())

    answer = await browser.post(f"/stations/{STATION}/settings", data={"evses": lines}, headers=HTMX)

    assert answer.status_code == 422
    assert world.bus.published == []
