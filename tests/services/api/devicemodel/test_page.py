"""A station's configuration in the console: by component, searched, written in place, read again."""

import pytest
from httpx import AsyncClient

from schemas.commands import CommandRequested, ItemOutcome
from schemas.configuration import SetConfiguration, Setting
from schemas.devicemodel import Attribute, Characteristics, GetBaseReport, VariableName
from services.api.devicemodel.rows import VariableFilter, variable_of
from services.api.fakes import World
from tests.services.api.builders import STATION, a_state, a_variable, an_outcome
from tests.services.api.worlds import HOSTILE

TAB = f"/stations/{STATION}/configuration"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def a_known_station(world: World) -> None:
    world.bus.hold(a_state(version="2.0.1"))


def hold(world: World, *records: object) -> None:
    for record in records:
        row = variable_of(record)  # type: ignore[arg-type]
        world.reads.variable_rows[row.variable_id] = row
        world.reads.variable_changes.append(row)


async def test_variables_stand_under_their_components_and_keys_of_1_6_together(
    browser: AsyncClient, world: World
) -> None:
    hold(world, a_variable(), a_variable("OCPPCommCtrlr.RetryBackOff"), a_variable("KeyOf16"))

    page = (await browser.get(TAB)).text

    assert page.count("<h2>OCPPCommCtrlr</h2>") == 1
    assert "<h2>Configuration keys</h2>" in page
    assert "HeartbeatInterval" in page


async def test_what_can_be_written_has_a_form_and_what_cannot_has_none(browser: AsyncClient, world: World) -> None:
    read_only = (Attribute(value="1", mutability="ReadOnly"),)
    may_be = Characteristics(data_type="OptionList", values_list="slow,fast")
    hold(
        world, a_variable("C.Fixed", attributes=read_only), a_variable("C.Speed", value="fast", characteristics=may_be)
    )

    page = (await browser.get(TAB)).text

    assert 'aria-label="New value of C.Fixed"' not in page
    assert "read only" in page
    assert "<option selected>fast</option>" in page


async def test_a_search_is_asked_of_the_history(browser: AsyncClient, world: World) -> None:
    page = (await browser.get(f"{TAB}?search=beat")).text

    assert world.reads.asked["variables"][0] == VariableFilter(station=STATION, search="beat")
    assert "No variable fits" in page


async def test_a_station_of_which_nothing_is_known_says_what_to_do(browser: AsyncClient) -> None:
    assert "Read all from the station" in (await browser.get(TAB)).text


async def test_a_value_is_written_as_it_was_typed_and_the_stations_word_is_told(
    browser: AsyncClient, world: World
) -> None:
    world.bus.settles = an_outcome(
        outcome="rejected", items=(ItemOutcome(name="C.V", status="Rejected", reason="OutOfRange"),), sent=True
    )

    answer = await browser.post(TAB, data={"key": "C.V", "value": " 5 "}, headers=HTMX)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == SetConfiguration(settings=(Setting(key="C.V", value=" 5 "),))
    assert "Writing C.V: rejected (Rejected)" in answer.text


async def test_a_value_that_waits_for_a_reboot_says_so(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(reboot_required=True, sent=True)

    answer = await browser.post(TAB, data={"key": "C.V", "value": "5"}, headers=HTMX)

    assert "takes effect after a reboot" in answer.text


async def test_a_form_without_a_variable_says_so(browser: AsyncClient, world: World) -> None:
    answer = await browser.post(TAB, data={"value": "5"}, headers=HTMX)

    assert "name the variable" in answer.text
    assert world.bus.published == []


async def test_the_button_reads_everything(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(sent=True)

    answer = await browser.post(f"{TAB}/read", headers=HTMX)

    (request,) = world.bus.published
    assert isinstance(request, CommandRequested)
    assert request.command == GetBaseReport()
    assert "tells its variables" in answer.text


async def test_a_station_that_refuses_is_told_with_its_word(browser: AsyncClient, world: World) -> None:
    world.bus.settles = an_outcome(outcome="unsupported", detail="NotSupported", sent=True)

    assert "unsupported (NotSupported)" in (await browser.post(f"{TAB}/read", headers=HTMX)).text


async def test_the_changes_of_one_variable_are_followed(browser: AsyncClient, world: World) -> None:
    hold(world, a_variable())

    page = (await browser.get(f"{TAB}?key=OCPPCommCtrlr.HeartbeatInterval")).text

    assert "Changes of OCPPCommCtrlr.HeartbeatInterval" in page
    assert world.reads.asked["variable_history"][1] == "OCPPCommCtrlr.HeartbeatInterval"


async def test_what_stations_write_is_text(browser: AsyncClient, world: World) -> None:
    name = VariableName(component=HOSTILE, variable=HOSTILE)
    may_be = Characteristics(data_type=HOSTILE, values_list=HOSTILE, unit=HOSTILE)
    hold(world, a_variable(name.key, value=HOSTILE, name=name, characteristics=may_be))

    assert "<script>alert" not in (await browser.get(TAB)).text


async def test_the_forms_of_commands_offer_what_is_known(browser: AsyncClient, world: World) -> None:
    hold(world, a_variable())

    page = (await browser.get(f"/stations/{STATION}/commands")).text

    assert '<option value="OCPPCommCtrlr.HeartbeatInterval" label="300">' in page
