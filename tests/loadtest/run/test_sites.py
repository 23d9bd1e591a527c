"""How a jump of all buildings is judged, by the ledger of currents."""

import json
import time
from datetime import UTC, datetime

from loadtest.run.simulatedsites import Posted, SimulatedSites, SitesPlan
from loadtest.run.sites import judged, write_figures


def draws(sites: SimulatedSites, number: int, amps: float, at: float) -> None:
    sites.stations[number].drawn(1, (amps, amps, amps), datetime.fromtimestamp(at, UTC))


def test_the_time_counts_from_the_answer_of_the_api_to_the_end_of_the_excess(tmp_path) -> None:
    plan = SitesPlan(urls=("ws://x",), api="http://x", key="", sites=3, evses=1, limit_a=20.0)
    sites, sent = SimulatedSites(plan), time.time() - 60
    for number in range(3):
        draws(sites, number, 16, sent - 10)
    for number in (0, 1):
        draws(sites, number, 24, sent)
    draws(sites, 0, 15, sent + 3)
    posted = [Posted(sent, sent + 1)] * 3

    figures = judged(sites, posted, full=3, before_s=0.0)
    sites.close()

    assert (figures.exceeded, figures.back, figures.most_above) == (2, 1, 1.2)
    assert figures.back_s["p100"] == round(figures.back_s["p100"], 3)
    assert abs(figures.back_s["p100"] - 2) < 0.05
    write_figures(figures, str(tmp_path / "figures.json"))
    assert json.loads((tmp_path / "figures.json").read_text())["exceeded"] == 2
