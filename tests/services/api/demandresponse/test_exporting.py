"""Reports over HTTP: JSON, CSV, and the proof of each minute."""

import csv
import io
from datetime import timedelta
from decimal import Decimal

from httpx import AsyncClient

from services.api.demandresponse.exporting import proven
from services.api.demandresponse.metered import Drawn, StationMinute
from services.api.demandresponse.reporting import MINUTE
from services.api.demandresponse.rows import station_of
from services.api.fakes import World
from tests.services.api.builders import NOON, STATION
from tests.services.api.demandresponse.worlds import HOUR, an_event, at_a_station, some_terms

ONE = "/api/v1/demand-response/events/event-1"


async def test_a_report_is_there_as_soon_as_the_event_is_over(client: AsyncClient, world: World) -> None:
    world.bus.hold(an_event())
    world.now = NOON + HOUR
    world.reads.drawn = [Drawn("=s", NOON + m * MINUTE, 900 if m < 0 else 300, 600) for m in range(-15, 60)]
    report = (await client.get(f"{ONE}/report")).json()
    rows = list(csv.reader(io.StringIO((await client.get(f"{ONE}/report/export")).text)))

    assert (report["whole"], report["total"]["delivered_share"]) == (True, 1.0)
    assert (len(rows), rows[0][0], rows[1][:2]) == (61, "minute", [NOON.isoformat(), "'=s"])
    assert (await client.get("/api/v1/demand-response/events/none/report")).status_code == 404


async def test_the_proof_has_each_minute_of_each_station(client: AsyncClient, world: World) -> None:
    world.bus.hold(an_event())
    world.now = NOON + 3 * MINUTE
    world.reads.demand_station_rows["1"] = station_of(at_a_station(accepted_at=NOON + timedelta(seconds=70)))
    world.reads.station_minutes = [StationMinute(STATION, NOON + MINUTE, 4_100.0)]
    answer = await client.get(f"{ONE}/proof")
    rows = list(csv.DictReader(io.StringIO(answer.text)))

    assert answer.headers["content-type"].startswith("text/csv")
    assert [(row["limit_w"], row["at_station"], row["metered_w"]) for row in rows] == [
        ("4200", "false", "0.0"),
        ("4200", "false", "4100.0"),
        ("4200", "true", "0.0"),
    ]


def test_the_least_limit_of_a_minute_is_proven_with_its_ramps() -> None:
    terms = some_terms(ramp_down_min=2)
    station = station_of(at_a_station(baseline_w=Decimal(10_200)))
    rows = list(proven(terms, station, NOON + 3 * MINUTE, {}))

    assert [row[3] for row in rows] == [7_200, 4_200, 4_200]
