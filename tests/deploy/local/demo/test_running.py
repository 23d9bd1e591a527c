"""The demo does its steps once, only for simulated stations at a first start, and goes on after one that fails."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from deploy.local.demo.operator import Refused
from deploy.local.demo.running import CONNECTED_WITHIN_S, NOTES, Demo, Notes
from deploy.local.demo.stations import FLEET
from deploy.local.demo.steps import EARLY, steps


class Fake:
    """An operator whose API has everybody connected, an EVSE free and a session running, and does as asked."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.refuses: tuple[str, ...] = ()
        self.away: tuple[str, ...] = ()

    async def get(self, path: str) -> Any:
        if path.startswith("/sessions"):
            return {"items": [{"session": "s1"}]}
        if path.startswith("/certificate-authorities"):
            return [{"chain": "-----BEGIN CERTIFICATE-----\nR\n-----END CERTIFICATE-----\n"}]
        if path.startswith("/stations?search="):
            station = path.removeprefix("/stations?search=").partition("&")[0]
            return {"items": [] if station in self.away else [{"station": station}]}
        return {"connectors": [{"evse": 1, "status": "Available"}]}

    async def _do(self, path: str) -> None:
        if any(word in path for word in self.refuses):
            raise Refused(f"{path} was answered 422: no")
        self.done.append(path)

    async def post(self, path: str, body: object) -> None:
        await self._do(path)

    async def put_new(self, path: str, body: object) -> None:
        await self._do(path)

    async def ask(self, path: str, body: object) -> None:
        await self._do(path)

    async def command(self, station: str, command: str, **arguments: Any) -> None:
        await self._do(f"{station} {command}")


async def lived(folder: Path, operator: Fake, *, stations: int = 20, kept: int = 0) -> list[str]:
    """The demo of one start, and what it paused."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    (folder / "log").mkdir(exist_ok=True)
    demo = Demo(operator, stations=stations, folder=folder, kept=kept, pause=pause)  # type: ignore[arg-type]
    async with demo.receiving():
        await demo.prepare()
        assert len(operator.done) <= len(EARLY)
        await demo.run()
    return [f"{each}" for each in pauses]


def noted(folder: Path) -> set[str]:
    return set(msgspec.json.decode((folder / NOTES).read_bytes(), type=Notes).done)


async def test_the_first_start_does_every_step_and_the_second_only_what_the_bus_forgot(tmp_path: Path) -> None:
    first, second = Fake(), Fake()
    await lived(tmp_path, first)
    await lived(tmp_path, second, kept=40)

    assert len(first.done) == len(steps(FLEET, receiver=""))
    assert noted(tmp_path) == {step.name for step in steps(FLEET, receiver="")}
    assert second.done == ["/tokens/04EF2903E65D10/top-ups", "/demand-response/events", "/firmware-campaigns"]


async def test_a_step_that_fails_is_said_and_done_at_the_next_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = Fake()
    operator.refuses = ("/tokens/0400000000A1B2",)
    await lived(tmp_path, operator)
    said = capsys.readouterr().err

    assert "token 0400000000A1B2: /tokens/0400000000A1B2 was answered 422: no" in said
    assert said.count("\n") == 1
    again = Fake()
    await lived(tmp_path, again, kept=40)
    assert [path for path in again.done if path not in operator.done] == ["/tokens/0400000000A1B2"]


async def test_nothing_is_done_without_simulated_stations_or_in_a_world_that_is_not_the_demos(tmp_path: Path) -> None:
    operator = Fake()
    await lived(tmp_path, operator, stations=0)
    await lived(tmp_path, operator, kept=3)

    assert operator.done == []
    assert not (tmp_path / NOTES).exists()


async def test_a_small_fleet_is_asked_nothing_that_it_has_no_station_for(tmp_path: Path) -> None:
    operator = Fake()
    await lived(tmp_path, operator, stations=1)

    named = {station for station in FLEET for path in operator.done if station in path}
    assert named == {FLEET[0]}


async def test_a_station_that_does_not_come_is_waited_for_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    operator = Fake()
    operator.away = ("AT-VIE-0001",)
    pauses = await lived(tmp_path, operator)

    assert len(pauses) == CONNECTED_WITHIN_S
    assert "AT-VIE-0001 has not connected within 60 s" in capsys.readouterr().err


async def test_notes_that_cannot_be_read_are_said_and_nothing_is_done(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / NOTES).write_text("{")
    operator = Fake()
    await lived(tmp_path, operator)

    assert operator.done == []
    assert "cannot be read" in capsys.readouterr().err
