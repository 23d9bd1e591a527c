"""A report is the same where everything was sent and answered as then."""

from loadtest.replay.comparing import Difference
from loadtest.replay.report import Compared, Report, joined


def compared(direction="in", *members):
    found = tuple(Difference(member=member, then="1", now="2") for member in members)
    return Compared(station="CP1", number=1, action="Authorize", direction=direction, differences=found)


def test_what_differs_is_listed_by_station_and_member():
    report = Report(compared=(compared(), compared("in", "status"), compared("out")), notes=("line 3: cut",))

    assert list(report.lines()) == [
        "2 messages sent, 1 answered as then",
        "1 CALLs of the CSMS, 1 as then",
        "  CP1: 1 Authorize: status: then 1, now 2",
        "not in the replay:",
        "  line 3: cut",
    ]
    assert not report.same


def test_commands_that_nobody_gave_again_are_no_difference_and_calls_from_nowhere_are():
    assert Report(awaited=("CP1: Reset",)).same
    assert not Report(unexpected=("CP1: Reset",)).same
    assert not Report(unsent=("CP1: Heartbeat",)).same


def test_reports_of_stations_are_one():
    whole = joined((Report(compared=(compared(),)), Report(unsent=("x",))), ("note",))

    assert (len(whole.compared), whole.unsent, whole.notes) == (1, ("x",), ("note",))
