"""What is sent when, what is given up, what may be committed."""

import datetime as dt
from collections import defaultdict

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from schemas.webhooks import Source
from services.webhooks.backlog import Backlog, Place, Policy, Result, Waiting
from services.webhooks.events import Event
from tests.services.webhooks.records import NOON

PLACE = ("csms.sessions", 0)
OK, FAILED = Result(ok=True, http_status=200), Result(http_status=500, detail="answered 500")
POLICY = Policy(
    concurrency=3, first_wait_s=2, longest_wait_s=60, give_up_s=3600, refusals=4, window_records=5, window_bytes=1000
)


def event(number: int, lane: str = "A", **members: object) -> Event:
    made = Event(
        delivery=f"{number:032x}",
        kind="session.changed",
        station=lane,
        lane=lane,
        source=Source(topic="csms.sessions", offset=number),
        occurred_at=NOON,
        counted_from=NOON,
        body=b"{}",
    )
    return replace(made, **members)


def after(seconds: float) -> dt.datetime:
    return NOON + dt.timedelta(seconds=seconds)


def reading(*events: Event, policy: Policy = POLICY) -> Backlog:
    backlog = Backlog(policy)
    for offset, each in enumerate(events):
        backlog.read(PLACE, offset, (each,), NOON)
    return backlog


def numbers(waiting: list[Waiting]) -> list[int]:
    return [int(each.event.delivery, 16) for each in waiting]


def test_lanes_go_side_by_side_and_each_in_order() -> None:
    backlog = reading(event(1, "A"), event(2, "A"), event(3, "B"))

    first = backlog.ready(NOON)
    assert numbers(first) == [1, 3]
    assert backlog.ready(NOON) == []
    backlog.attempted(first[0], OK, NOON)
    assert numbers(backlog.ready(NOON)) == [2]


def test_only_so_many_are_in_flight() -> None:
    backlog = reading(*(event(number, f"L{number}") for number in range(5)))

    assert len(backlog.ready(NOON)) == 3
    assert backlog.next_at() is None


def test_what_fails_waits_twice_as_long_each_time_and_holds_back_its_lane() -> None:
    backlog = reading(event(1, "A"), event(2, "A"), policy=replace(POLICY, refusals=99))
    waits, now = [], NOON
    for _ in range(2):
        (waiting,) = backlog.ready(now)
        verdict = backlog.attempted(waiting, FAILED, now)
        assert (verdict.status, verdict.detail) == ("retrying", "answered 500")
        assert verdict.next_at is not None
        waits.append((verdict.next_at - now).total_seconds())
        now = verdict.next_at

    assert 1.6 <= waits[0] <= 2.4
    assert round(waits[1], 4) == round(2 * waits[0], 4)
    assert numbers(backlog.ready(now)) == [1]


def test_a_receiver_that_fails_again_and_again_is_asked_one_thing_at_a_time() -> None:
    backlog = reading(*(event(number, f"L{number}") for number in range(4)))
    for waiting in backlog.ready(NOON):
        backlog.attempted(waiting, FAILED, NOON)

    assert backlog.ready(NOON) == []
    resumes = backlog.next_at()
    assert resumes == after(8)
    (probe,) = backlog.ready(after(8))
    backlog.attempted(probe, OK, after(8))
    assert len(backlog.ready(after(8))) == 3  # it is back, and nobody waits on


def test_retry_after_is_kept_within_bounds() -> None:
    backlog = reading(event(1, "A"), event(2, "B"))
    first, _ = backlog.ready(NOON)

    verdict = backlog.attempted(first, replace(FAILED, http_status=503, retry_after_s=120.0), NOON)
    assert verdict.next_at == after(120)
    assert backlog.ready(after(119)) == []

    other = reading(event(1, "A"))
    (first,) = other.ready(NOON)
    assert other.attempted(first, replace(FAILED, retry_after_s=1e9), NOON).next_at == after(3600)


def test_what_is_too_old_is_given_up_when_it_fails_and_the_next_one_goes() -> None:
    backlog = reading(event(1, "A"), event(2, "A", counted_from=after(3599)))
    (waiting,) = backlog.ready(NOON)

    verdict = backlog.attempted(waiting, FAILED, after(3600))

    assert (verdict.status, verdict.detail) == ("dead", "given up after 3600 s: answered 500")
    assert backlog.committable() == {PLACE: 1}
    (following,) = backlog.ready(after(3600))
    assert backlog.attempted(following, FAILED, after(3600)).status == "retrying"


def test_one_that_is_refused_while_others_are_taken_is_given_up_earlier() -> None:
    backlog, statuses = reading(event(1, "A"), event(2, "A"), policy=replace(POLICY, give_up_s=1e6)), list[str]()
    for minute in range(10):
        now = after(60 * minute)
        backlog.read(PLACE, 10 + minute, (event(10 + minute, "B"),), now)
        for waiting in backlog.ready(now):
            taken = waiting.event.lane == "B" or int(waiting.event.delivery, 16) == 2
            verdict = backlog.attempted(waiting, OK if taken else FAILED, now)
            if int(waiting.event.delivery, 16) == 1:
                statuses.append(verdict.status)

    assert statuses == ["retrying", "retrying", "retrying", "dead"]
    assert backlog.open == 0


def test_where_nothing_is_taken_nothing_is_refused_for_itself() -> None:
    backlog = reading(event(1, "A"), policy=replace(POLICY, give_up_s=1e6))
    for minute in range(20):
        for waiting in backlog.ready(after(60 * minute)):
            assert backlog.attempted(waiting, FAILED, after(60 * minute)).status == "retrying"

    assert backlog.open == 1


def test_a_test_is_dead_when_it_fails_and_does_not_wait_for_a_struggling_receiver() -> None:
    backlog = reading(*(event(number, f"L{number}") for number in range(3)))
    for waiting in backlog.ready(NOON):
        backlog.attempted(waiting, FAILED, NOON)
    assert backlog.ready(after(1)) == []

    backlog.read(("csms.webhook-orders", 0), 0, (event(9, "order", once=True, order="o"),), after(1))
    (test,) = backlog.ready(after(1))

    assert int(test.event.delivery, 16) == 9
    assert backlog.attempted(test, FAILED, after(1)).status == "dead"


def test_a_test_whose_receiver_is_gone_is_dead_and_nothing_more_is_sent() -> None:
    backlog = reading(event(9, "order", once=True, order="o"), event(1, "A"))
    first, _ = backlog.ready(NOON)

    assert backlog.attempted(first, Result(http_status=410, detail="answered 410", gone=True), NOON).status == "dead"
    assert backlog.gone


def test_what_cannot_be_sent_is_dead_and_no_fault_of_the_receiver() -> None:
    backlog = reading(*(event(number, "A") for number in range(4)))
    for _ in range(4):
        (waiting,) = backlog.ready(NOON)
        assert backlog.attempted(waiting, Result(detail="too large", final=True), NOON).status == "dead"

    assert backlog.committable() == {PLACE: 4}


def test_a_receiver_that_is_gone_is_sent_nothing_more_and_loses_nothing() -> None:
    backlog = reading(event(1, "A"), event(2, "B", counted_from=after(-9999)))
    first, second = backlog.ready(NOON)

    for waiting in (second, first):
        assert (
            backlog.attempted(waiting, Result(http_status=410, detail="answered 410", gone=True), NOON).status
            == "retrying"
        )

    assert backlog.gone
    assert backlog.ready(after(1e6)) == []
    assert backlog.committable() == {PLACE: 0}


def test_the_window_is_bounded_by_records_and_by_bytes() -> None:
    backlog = reading(*(event(number, "A") for number in range(5)))
    assert backlog.full(PLACE)
    assert not backlog.full(("csms.cdrs", 0))

    heavy = reading(event(1, "A", body=b"x" * 1000))
    assert heavy.full(("csms.cdrs", 0))
    assert not heavy.full(("csms.webhook-orders", 0), ordered=True)
    (waiting,) = heavy.ready(NOON)
    heavy.attempted(waiting, OK, NOON)
    assert not heavy.full(("csms.cdrs", 0))


def test_records_without_a_delivery_are_done_when_they_are_read() -> None:
    backlog = reading(event(1, "A"))
    (waiting,) = backlog.ready(NOON)
    backlog.read(PLACE, 1, (), NOON)
    assert backlog.committable() == {PLACE: 0}

    backlog.attempted(waiting, OK, NOON)
    assert backlog.committable() == {PLACE: 2}


def test_what_others_deliver_is_forgotten_though_it_is_in_flight() -> None:
    other: Place = ("csms.cdrs", 0)
    backlog = reading(event(1, "A"), event(2, "A"))
    backlog.read(other, 0, (event(3, "C"),), NOON)
    one, two = backlog.ready(NOON)

    backlog.forget({PLACE})

    assert backlog.committable() == {other: 0}
    backlog.attempted(one, OK, NOON)
    assert (backlog.open, backlog.in_flight) == (1, 1)
    backlog.attempted(two, OK, NOON)
    assert backlog.committable() == {other: 1}


def test_the_oldest_is_shown() -> None:
    backlog = reading(event(1, "A", occurred_at=after(5)), event(2, "B", occurred_at=after(3)))

    assert (backlog.open, backlog.oldest_at(), backlog.read_up_to()) == (2, after(3), {PLACE: 2})
    assert reading().oldest_at() is None


class World:
    """A receiver that answers as it is told, and workers that are killed and begin again from what was committed."""

    def __init__(self, lanes: list[int]) -> None:
        self.log = [event(number, f"L{lane}") for number, lane in enumerate(lanes)]
        self.committed = 0
        self.now = NOON
        self.got: defaultdict[str, list[int]] = defaultdict(list)
        self.dead: set[int] = set()
        self.begin()

    def begin(self) -> None:
        self.backlog = Backlog(POLICY)
        self.next = self.committed
        self.flying: list[Waiting] = []

    def read(self) -> None:
        if self.next < len(self.log) and not self.backlog.full(PLACE):
            self.backlog.read(PLACE, self.next, (self.log[self.next],), self.now)
            self.next += 1

    def send(self) -> None:
        self.flying += self.backlog.ready(self.now)
        lanes = [waiting.event.lane for waiting in self.flying]
        assert len(lanes) == len(set(lanes)) <= POLICY.concurrency

    def answer(self, which: int, result: Result) -> None:
        if self.flying:
            waiting = self.flying.pop(which % len(self.flying))
            number = int(waiting.event.delivery, 16)
            if result.ok:
                self.got[waiting.event.lane].append(number)
            if self.backlog.attempted(waiting, result, self.now).status == "dead":
                self.dead.add(number)

    def commit(self) -> None:
        self.committed = max(self.committed, self.backlog.committable().get(PLACE, self.committed))
        done = {number for got in self.got.values() for number in got} | self.dead
        assert set(range(self.committed)) <= done, "something is committed that was neither delivered nor given up"


STEPS = st.lists(
    st.one_of(
        st.just(("read",)),
        st.just(("send",)),
        st.just(("commit",)),
        st.just(("kill",)),
        st.tuples(st.just("wait"), st.sampled_from([1, 30, 300, 4000])),
        st.tuples(
            st.just("answer"), st.integers(0, 9), st.sampled_from([OK, FAILED, replace(FAILED, retry_after_s=60.0)])
        ),
    ),
    max_size=80,
)


@settings(deadline=None)
@given(st.lists(st.integers(0, 3), max_size=20), STEPS)
def test_whatever_fails_and_whoever_is_killed_each_event_arrives_in_the_order_of_its_lane(
    lanes: list[int], steps: list[tuple]
) -> None:
    world = World(lanes)
    for step in steps:
        match step:
            case ("read",):
                world.read()
            case ("send",):
                world.send()
            case ("commit",):
                world.commit()
            case ("kill",):
                world.begin()
            case ("wait", seconds):
                world.now += dt.timedelta(seconds=seconds)
            case ("answer", which, result):
                world.answer(which, result)
    for _ in range(4 * len(lanes) + 4):  # the receiver is back for good
        world.now += dt.timedelta(seconds=3600)
        world.read()
        world.send()
        while world.flying:
            world.answer(0, OK)
    world.commit()

    assert world.committed == len(lanes)
    for lane in set(lanes):
        wanted = [number for number, each in enumerate(lanes) if each == lane and number not in world.dead]
        first = list(dict.fromkeys(number for number in world.got[f"L{lane}"] if number not in world.dead))
        assert first == wanted, "a station's events arrive for the first time in their order"
