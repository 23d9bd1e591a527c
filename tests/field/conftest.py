"""The plays of a run: every selected case on a running product with the settings it asks for, several at once."""

import asyncio
import json
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from deploy.local.bus import EmbeddedBus
from tests.field.player import Play
from tests.integration.product import Product, running

CASES = Path(__file__).parent / "cases"
AT_ONCE = 8


class Stage:
    """The cases, played on products with the settings they ask for: each product runs while its cases are played."""

    def __init__(self, names: Sequence[str], folder: Path) -> None:
        self._folder = folder
        self._played = {name: asyncio.get_running_loop().create_future() for name in names}
        self._running = asyncio.create_task(self._run())

    async def played(self, name: str) -> None:
        """Return once the case was played. Raises what went wrong in it, or with its product."""
        await self._played[name]

    async def end(self) -> None:
        """Stop what still plays."""
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)

    async def _run(self) -> None:
        """The product that most cases ask for, and beside it the others, one after the other: cases mostly wait."""
        by_settings: dict[str, list[str]] = {}
        for name in self._played:
            by_settings.setdefault(settings_of(read(name)), []).append(name)
        most, *others = sorted(by_settings.items(), key=lambda each: -len(each[1]))
        await asyncio.gather(self._play_all(most), self._play_all(*others))

    async def _play_all(self, *turns: tuple[str, list[str]]) -> None:
        for settings, names in turns:
            try:
                await self._on_product(settings, names)
            except Exception as broken:
                for name in names:
                    if not self._played[name].done():
                        self._played[name].set_exception(broken)

    async def _on_product(self, settings: str, names: Sequence[str]) -> None:
        environ = {f"VOLTBUS_{name.upper()}": str(value) for name, value in json.loads(settings).items()}
        folder = Path(tempfile.mkdtemp(dir=self._folder))
        with EmbeddedBus() as bus:
            product = running(bus="embedded", bootstrap=bus.bootstrap, folder=folder, settings=environ)
            async with product as up, asyncio.TaskGroup() as plays:
                turns = asyncio.Semaphore(AT_ONCE)
                for name in names:
                    plays.create_task(self._play(name, up, turns))

    async def _play(self, name: str, product: Product, turns: asyncio.Semaphore) -> None:
        async with turns, product.api() as api:
            try:
                await Play(read(name), url=product.url, api=api).play()
            except Exception as failed:
                self._played[name].set_exception(failed)
            else:
                self._played[name].set_result(None)


def read(name: str) -> dict[str, Any]:
    """A case by the name of its file."""
    case: dict[str, Any] = json.loads((CASES / f"{name}.json").read_text())
    return case


def settings_of(case: Mapping[str, Any]) -> str:
    """What the case asks of the product's settings, as one text."""
    return json.dumps(case.get("product", {}), sort_keys=True)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Every selected case begins as soon as there is a turn for it."""
    chosen = [item.callspec.params["name"] for item in request.session.items if _is_case(item)]  # type: ignore[attr-defined]
    stage = Stage(chosen, tmp_path_factory.mktemp("field"))
    try:
        yield stage
    finally:
        await stage.end()


def _is_case(item: pytest.Item) -> bool:
    return item.nodeid.startswith("tests/field/") and "name" in getattr(getattr(item, "callspec", None), "params", {})
