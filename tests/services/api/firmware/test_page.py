"""The firmware pages: the board, the form, the buttons."""

import datetime as dt

import pytest
from httpx import AsyncClient
from msgspec.structs import replace

from schemas.campaigns import (
    CampaignChanged,
    CampaignRequested,
    CampaignSteered,
    Event,
    Gate,
    GateVerdict,
    Limits,
    WaveProgress,
    Window,
)
from schemas.examples import example
from schemas.firmware import UpdatePolicy
from services.api.fakes import NOON, World
from services.api.firmware.page import MOST_CELLS, Cells, _cells
from services.api.firmware.rows import UpdateHistoryRow, UpdateRow
from tests.services.api.builders import a_state
from tests.services.api.conftest import browser_of
from tests.services.api.console.test_pages import read
from tests.services.api.worlds import HOSTILE

FORM = {
    "name": "spring",
    "version": "2.5.0",
    "location": "https://example.com/a-2.5.0.bin",
    "canary": "1",
    "percent": "50",
}


EVERYTHING = {
    "opens": "22:00",
    "closes": "05:00",
    "time_zone": "Europe/Berlin",
    "start_at": "2030-01-01T20:00",
    "healthy_min": "2",
    "attempts": "2",
    "deadline_h": "10",
    "busy": "skip",
    "install_at": "2030-01-02T03:04",
    "max_at_once": "7",
    "max_at_once_per_site": "1",
    "max_failures": "3",
    "success_percent": "90",
    "approval": "operator",
    "signature": "c2ln",
    "signing_certificate": "PEM",
}


def a_campaign(text: str = "spring", status: str = "halted") -> CampaignChanged:
    return replace(
        example(CampaignChanged),
        campaign="c1",
        name=text,
        status=status,
        reason=text,
        counts={"succeeded": 2, "installation-failed": 1, "pending": 7},
        stations=10,
        gate=Gate(),
        policy=UpdatePolicy(),
        wave=0,
        waves=(
            WaveProgress(first=0, end=3, counts={"succeeded": 2, "installation-failed": 1}),
            WaveProgress(first=3, end=10, counts={"pending": 7}),
        ),
        verdicts=(GateVerdict(wave=0, passed=False, succeeded=2, failed=1, unhealthy=0, reason=text, at=NOON),),
        timeline=(Event(what="halted", detail=text, by=text, at=NOON),),
        requested_at=NOON,
        started_at=NOON,
    )


def with_a_campaign(text: str = "spring", status: str = "halted") -> World:
    world = World()
    world.bus.hold(a_campaign(text, status))
    row = UpdateRow(
        campaign="c1",
        number=0,
        wave=0,
        station="DE-BER-0001",
        state="succeeded",  # type: ignore[arg-type]
        attempt=1,
        detail=text,
        from_version=text,
        to_version="2.5.0",
        request_id=7,
        command_id="x",
        ordered_at=NOON,
        changed_at=NOON,
    )
    world.reads.update_rows = (row,)
    return world


async def test_without_a_campaign_the_page_says_what_to_do(browser: AsyncClient) -> None:
    page = await read(browser, "/firmware")

    assert "No firmware campaign was started." in page.text


@pytest.mark.parametrize("text", ["spring", HOSTILE], ids=["good", "hostile"])
async def test_a_board_shows_waves_gates_and_stations_and_nothing_becomes_markup(text: str) -> None:
    browser = await browser_of(with_a_campaign(text))

    listed, page = await read(browser, "/firmware"), await read(browser, "/firmware/c1")

    assert text in listed.text
    assert text in page.text
    assert "img" not in {tag for tag, _ in page.elements}
    cells = [attributes for tag, attributes in page.elements if tag == "i" and "title" in attributes]
    assert [cell["title"] for cell in cells] == ["installation failed", "succeeded", "succeeded", *["pending"] * 7]
    assert {"wave-1", "wave-2", "update-0"} <= set(page.ids())
    assert "95% must succeed, online and without new faults for 5 min" in page.text


async def test_buttons_are_those_that_mean_something() -> None:
    page = await read(await browser_of(with_a_campaign(status="halted")), "/firmware/c1")

    actions = {attributes["action"] for tag, attributes in page.elements if tag == "form"}
    assert {"/firmware/c1/resume", "/firmware/c1/retry", "/firmware/c1/cancel"} <= actions
    assert "/firmware/c1/pause" not in actions


async def test_a_button_asks_the_campaign() -> None:
    world = with_a_campaign()
    browser = await browser_of(world)

    answer = await browser.post("/firmware/c1/resume")

    assert answer.status_code == 303
    (record,) = world.bus.published
    assert isinstance(record, CampaignSteered)
    assert record.action == "resume"


async def test_a_campaign_is_tried_out_before_it_is_started() -> None:
    world = World()
    world.bus.hold(a_state(model="A", firmware_version="2.4.1"))
    world.bus.hold(a_state(station="DE-2", model="A", firmware_version="2.5.0"))
    world.bus.hold(a_state(station="DE-3", model="B", firmware_version="2.4.1"))
    form = FORM | {"made_for_models": "A"}
    browser = await browser_of(world)

    tried = await browser.post("/firmware/try", data=form, headers={"HX-Request": "true"})
    assert "1 stations in waves of 1; 1 run the version already." in tried.text
    assert "<li>1 left out: the firmware is not made for the model B</li>" in tried.text
    assert world.bus.published == []
    started = await browser.post("/firmware", data=form | EVERYTHING)

    assert started.status_code == 303
    whole = world.bus.published[-1]
    assert isinstance(whole, CampaignRequested)
    assert whole.policy == UpdatePolicy(
        busy="skip",
        attempts=2,
        healthy_for_s=120,
        deadline_s=36_000,
        install_at=dt.datetime(2030, 1, 2, 3, 4, tzinfo=dt.UTC),
    )
    assert whole.windows == (Window(start_time="22:00", end_time="05:00"),)
    assert whole.limits == Limits(max_at_once=7, max_at_once_per_site=1, max_failures=3)
    assert whole.gate == Gate(success_share=0.9, approval="operator")
    assert (whole.firmware.signature, whole.firmware.models, whole.zones) == ("c2ln", ("A",), ("Europe/Berlin",))
    assert whole.start_at == dt.datetime(2030, 1, 1, 20, 0, tzinfo=dt.UTC)


async def test_the_form_means_labels_and_stations_too() -> None:
    world = World()
    for number in range(4):
        world.bus.hold(a_state(station=f"DE-{number}", firmware_version="2.4.1", labels={"row": "A"} if number else {}))
    browser = await browser_of(world)
    form = FORM | {"labels": "row = A", "stations": "DE-0\nDE-1, DE-2"}

    tried = await browser.post("/firmware/try", data=form, headers={"HX-Request": "true"})

    assert "It would be 2 stations" in tried.text


async def test_a_window_with_one_end_is_refused() -> None:
    world = World()
    world.bus.hold(a_state(firmware_version="2.4.1"))

    answer = await (await browser_of(world)).post("/firmware", data=FORM | {"opens": "22:00"})

    assert answer.status_code == 422
    assert world.bus.published == []


async def test_a_campaign_is_given_more_time_and_other_limits() -> None:
    world = with_a_campaign()
    browser = await browser_of(world)

    await browser.post("/firmware/c1/extend", data={"deadline_h": "2", "max_at_once_per_site": "1"})
    nothing = await browser.post("/firmware/c1/extend", data={"deadline_h": ""})

    (record,) = world.bus.published
    assert isinstance(record, CampaignSteered)
    assert (record.action, record.deadline_s, record.max_at_once_per_site) == ("extend", 7_200, 1)
    assert nothing.status_code == 422


async def test_a_station_shows_the_history_of_its_update() -> None:
    world = with_a_campaign()
    world.reads.update_history_rows = tuple(
        UpdateHistoryRow(id=state, revision=n, state=state, attempt=1, detail=HOSTILE, changed_at=NOON)  # type: ignore[arg-type]
        for n, state in enumerate(("sent", "installation-failed"))
    )

    page = await read(await browser_of(world), "/firmware/c1?station=DE-BER-0001")

    assert "History of" in page.text
    assert "installation failed" in page.text
    assert world.reads.asked["firmware_history"][:2] == ("c1", "DE-BER-0001")


def test_a_cell_of_a_large_wave_stands_for_several_stations() -> None:
    wave = WaveProgress(first=0, end=10_000, counts={"succeeded": 9_999, "sent": 1})

    cells = _cells(0, wave, a_campaign())

    assert isinstance(cells, Cells)
    assert cells.each == 25
    assert dict(cells.runs) == {"succeeded": MOST_CELLS, "sent": 1}
