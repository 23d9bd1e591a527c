"""What the stretches of all workers come to."""

from loadtest.report.outcome import Recording, outcome_of
from loadtest.report.tally import Stretch, Tally, stretch_of


def test_what_is_counted_before_and_after_the_measurement_makes_no_rate():
    def told(phase: str, at_s: float) -> Stretch:
        tally = Tally()
        tally.count_answer("Heartbeat", 0.002)
        tally.counts["sessions"] += 1
        return stretch_of(tally, worker=0, phase=phase, at_s=at_s, connected=1)

    recording = Recording()
    for phase, at_s in (("connecting", 0.0), ("ready", 9.0), ("measuring", 1.0), ("measuring", 2.0), ("settling", 5.0)):
        recording.add(told(phase, at_s))
    outcome = outcome_of(
        recording, scenario="x", options={}, shortcomings=[], connecting_s=9.0, processes=[], timeline=[]
    )

    assert (outcome.elapsed_s, outcome.answers, outcome.answers_per_s, outcome.sessions_per_s) == (2.0, 2, 1.0, 1.0)


def test_the_timeline_puts_all_workers_of_a_second_together():
    recording = Recording()
    for worker in (0, 1):
        tally = Tally()
        tally.count_answer("Heartbeat", 0.002 * (1 + worker))
        recording.add(stretch_of(tally, worker=worker, phase="measuring", at_s=3.95, connected=5))
    (second,) = recording.timeline({3: ({"gateway": 0.5}, {"gateway": 9})})

    assert (second.at_s, second.answers, second.connected, second.cores) == (3, 2, 10, {"gateway": 0.5})
