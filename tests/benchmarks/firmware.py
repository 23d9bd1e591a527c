"""`python -m tests.benchmarks.firmware [STATIONS]`: a whole campaign over the whole product on a real Kafka, measured.

The stations of `tests.integration.wallboxes` live in this process: they are connected, told by UpdateFirmware, tell their
statuses, reboot and boot with the new version. Prints the time, the commands a second, and memory and CPU of each process.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

import uvloop

from deploy.local.kafka import Kafka
from tests.integration.campaigns import begun, finished
from tests.integration.product import create_topics, eventually
from tests.integration.split import Split
from tests.integration.wallboxes import alive, wallboxes
from tests.services.firmware.bench import cpu_s_of, memory_mb

CONNECTIONS_PER_S = 250
AT_ONCE = 1_000


async def measure(count: int) -> None:
    """One campaign over so many stations, all online."""
    with tempfile.TemporaryDirectory() as name:
        broker = Kafka(Path(name) / "kafka")
        broker.start()
        create_topics(broker.bootstrap)
        split = Split(broker.bootstrap, Path(name))
        try:
            await split.start()
            await _campaign(split, count)
        finally:
            await split.stop()
            broker.stop()


async def _campaign(split: Split, count: int) -> None:
    pids = {"firmware": split.firmware.pid, "gateway": split.gateway.pid, "all other services": split.others.pid}
    stations = wallboxes(count, prefix="FW", manners=("speaks",))
    async with alive(stations, split.url, per_s=CONNECTIONS_PER_S), split.client() as api:
        await asyncio.sleep(count / CONNECTIONS_PER_S)
        url = await begun(
            api,
            stations,
            within_s=120,
            waves=[{"percent": 1}, {"percent": 10}],
            gate={"success_share": 0.9},
            limits={"max_at_once": AT_ONCE},
            policy={"healthy_for_s": 0},
        )
        began, cpu_s = time.monotonic(), {name: cpu_s_of(pid) for name, pid in pids.items()}
        campaign = await eventually(lambda: finished(api, url), within_s=240, every_s=0.25)
        took_s = time.monotonic() - began
        heard = sum(len(station.updates) for station in stations)
        print(f"{count} stations: {campaign['counts']} in {took_s:.1f} s, {heard} updates heard by stations")
        print(f"{heard / took_s:.0f} commands a second, at most {AT_ONCE} at once, three waves")
        for name, pid in pids.items():
            print(f"{name}: {memory_mb(pid):.0f} MB, {cpu_s_of(pid) - cpu_s[name]:.1f} s of CPU")


if __name__ == "__main__":
    uvloop.run(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 2_000))
