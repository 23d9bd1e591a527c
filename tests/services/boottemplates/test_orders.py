"""Whatever happens between us and a station, in whatever order, its templates run once nothing breaks any more; repeats change nothing."""

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import Due, Record
from schemas.boottemplates import ENDED, BootRunChanged
from schemas.commands import CommandRequested, CommandSettled
from services.boottemplates.core import due, step
from services.boottemplates.sending import TRIES_MOST
from tests.services.boottemplates.stations import SPREAD_S, STATION, Fleet, ordered, setting, station, template
from tests.services.moments import at

A, B, C = setting("A"), setting("B"), setting("C")
OUTCOMES = ["accepted", "rejected", "unsupported", "timed_out", "disconnected", "expired", "cancelled"]
HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.just("boots"), st.sampled_from(["Accepted", "Pending"])),
        st.tuples(st.just("leaves")),
        st.tuples(st.just("comes")),
        st.tuples(st.just("orders"), st.sampled_from(["every", "off", "gone"])),
        st.tuples(st.just("writes"), st.booleans()),
        st.tuples(st.just("waits"), st.sampled_from([1, 30, 400, 7200])),
        st.tuples(st.just("settles"), st.sampled_from(OUTCOMES), st.booleans()),
        st.tuples(st.just("loses")),
        st.tuples(st.just("repeats"), st.integers(0, 50)),
        st.tuples(st.just("crashes")),
    ),
    max_size=30,
)


class Interrupted(Fleet):
    """A fleet whose records can be read again, and whose worker can crash after it sent what makes nobody act."""

    def __init__(self) -> None:
        super().__init__(
            template("every", A, B, priority=10),
            template("once", C, every_boot=False),
            template("off", A, enabled=False),
        )
        self.read: list = []
        self.orders = 0

    def reads(self, *records) -> None:
        for record in records:
            if not isinstance(record, Due):
                self.read.append(record)
            super().reads(record)

    def crashes(self) -> None:
        """The newest record was stepped and its outputs published, acts excepted; then it is read again by the state before it."""
        if not self.read:
            return
        after = self.state
        again, outputs = step(after, self.read[-1], references=self.references, spread_s=SPREAD_S)
        assert (again, outputs) == (after, [])


def happens(there: Interrupted, what: tuple) -> None:
    there.now += 1
    booted = None if there.state.booted_at is None else (there.state.booted_at - at(0)).total_seconds()
    match what:
        case ("boots", registration):
            there.boots(registration=registration)
        case ("leaves",):
            there.reads(station(there.now, booted=booted, connected=False))
        case ("comes",):
            there.reads(station(there.now, booted=booted))
        case ("orders", name):
            there.orders += 1
            there.reads(ordered(name, there.now, id=f"order-{there.orders}"))
        case ("writes", enabled):
            there.templates["once"] = template("once", C, A, every_boot=False, enabled=enabled, revision=2)
        case ("waits", seconds):
            there.passes(seconds, answering=False)
        case ("settles", outcome, sent) if there.waiting:
            there.settles(outcome, sent=sent or outcome == "accepted")
        case ("loses",):
            there.waiting.clear()
        case ("repeats", number) if there.outcomes:
            there.reads(there.outcomes[number % len(there.outcomes)])
        case ("crashes",):
            there.crashes()


@settings(deadline=None)
@given(HAPPENINGS)
def test_templates_run_after_the_next_boot_once_nothing_breaks_any_more(happenings: list[tuple]) -> None:
    there = Interrupted()
    for what in happenings:
        happens(there, what)
    there.waiting.clear()
    there.heard.clear()
    there.passes(2 * 3600, answering=False)  # it stays up
    there.waiting.clear()
    heard = len(there.heard)

    there.boots(there.now + 3600)
    there.passes(4 * 3600)

    assert there.heard[heard : heard + 2] == [A, B]
    newest = {each.run: each for each in there.runs}
    assert all(each.status in ENDED for each in newest.values())
    assert (there.state.running, there.state.queue, there.state.sending, due(there.state)) == (None, (), None, None)


@settings(deadline=None)
@given(HAPPENINGS)
def test_one_command_is_under_way_at_a_time_and_none_leaves_too_often(happenings: list[tuple]) -> None:
    there = Interrupted()
    for what in happenings:
        happens(there, what)

    ids = [each.id for each in there.runs]
    assert len(ids) == len(set(ids))
    for run in {each.run for each in there.runs}:
        revisions = [each.revision for each in there.runs if each.run == run]
        assert revisions == list(range(1, len(revisions) + 1))
        assert [each.status in ENDED for each in there.runs if each.run == run][:-1].count(True) == 0
    for each in there.runs:
        assert sum(step.status == "sent" for step in each.steps) <= 1
        assert all(step.attempts <= TRIES_MOST for step in each.steps)
        settled = [step.status not in ("pending", "sent") for step in each.steps]
        assert settled == sorted(settled, reverse=True) or each.status == "waiting"


@settings(deadline=None)
@given(HAPPENINGS, st.data())
def test_records_that_come_again_change_nothing(happenings: list[tuple], data: st.DataObject) -> None:
    there = Interrupted()
    for what in happenings:
        happens(there, what)
    before, said, asked = there.state, len(there.runs), len(there.waiting)
    again = data.draw(st.lists(st.sampled_from(there.read), max_size=5)) if there.read else []

    there.reads(*again)

    assert (there.state, len(there.runs), len(there.waiting)) == (before, said, asked)


@settings(deadline=None)
@given(HAPPENINGS, st.sampled_from(["boots", "leaves", "orders", "is due", "settles"]))
def test_a_crash_before_a_state_is_saved_repeats_the_same_records(happenings: list[tuple], what: str) -> None:
    """The batch is stepped again from the state that was saved: what was published has the same ids, and acts leave once."""
    there = Interrupted()
    for each in happenings:
        happens(there, each)
    saved = msgspec.json.decode(msgspec.json.encode(there.state), type=type(there.state))
    assert saved == there.state
    record = _next_record(there, what)
    if record is None:
        return

    (first, published), (second, repeated) = (
        step(saved, record, references=there.references, spread_s=SPREAD_S) for _ in range(2)
    )

    assert (first, published) == (second, repeated)
    ids = [each.id for each in published if isinstance(each, BootRunChanged | CommandRequested)]
    assert len(ids) == len(set(ids)) == len(published)
    assert not {each.id for each in there.runs} & set(ids)
    assert step(first, record, references=there.references, spread_s=SPREAD_S) == (first, [])


def _next_record(there: Interrupted, what: str) -> Record | None:
    there.now += 1
    booted = None if there.state.booted_at is None else (there.state.booted_at - at(0)).total_seconds()
    moment = due(there.state)
    match what:
        case "boots":
            return station(there.now, booted=there.now)
        case "leaves":
            return station(there.now, booted=booted, connected=False)
        case "orders":
            return ordered("off", there.now, id="order-of-the-crash")
        case "is due" if moment is not None:
            return _due(max(moment, at(there.now)))
        case "settles" if there.state.sending is not None:
            return CommandSettled(
                id="settled-in-the-crash",
                command_id=there.state.sending.command_id,
                station=STATION,
                outcome="accepted",
                settled_at=at(there.now),
            )
    return None


def _due(moment) -> Due:
    return Due(key=STATION, at=moment, sent_at=moment)
