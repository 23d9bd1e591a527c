"""Containers have a read-only file system: a worker leaves nothing on the disk."""

from pathlib import Path

import pytest

from tests.services.runtime.bench import Bench
from tests.services.runtime.counter import Added


@pytest.mark.embedded
async def test_a_stateful_worker_writes_nothing_where_it_runs(
    embedded_bootstrap: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    bench = Bench("embedded", embedded_bootstrap)
    await bench.open()
    async with bench.worker():
        await bench.put(Added(station="A", number=1))
        await bench.said(until=bool)
    await bench.close()

    assert list(tmp_path.iterdir()) == []
