"""The report page."""

import msgspec

from loadtest.proof.ledger import differences
from loadtest.report.html import page
from loadtest.report.outcome import Recording, outcome_of
from loadtest.report.tally import Tally, stretch_of
from tests.loadtest.proof.entries import entry


def test_the_page_shows_charts_tables_and_differences_and_fetches_nothing():
    recording = Recording()
    for at_s in (0.95, 1.95, 2.95):
        tally = Tally()
        tally.count_answer("Heart<beat>", 0.002)
        tally.failed("Authorize", "InternalError")
        recording.add(stretch_of(tally, worker=0, phase="measuring", at_s=at_s, connected=5))
    outcome = outcome_of(
        recording,
        scenario="sessions",
        options={"stations": 5},
        shortcomings=["interrupted"],
        connecting_s=1.0,
        processes=[],
        timeline=recording.timeline({0: ({"gateway": 0.5}, {"gateway": 9_000_000})}),
    )
    told = differences([entry()], [])
    text = page(msgspec.structs.replace(outcome, differences=told))

    assert text.count("<svg") == 6
    assert "Heart&lt;beat&gt;" in text
    assert "Authorize: InternalError" in text
    assert "missing" in text
    assert "interrupted" in text
    assert "http" not in text
    assert "<script" not in text
