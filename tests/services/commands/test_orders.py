"""Any order, repetition and loss between topics: one outcome each, one dispatch at a time, nothing after expiry."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from schemas.base import Record
from schemas.commands import CommandDispatched, CommandSettled, DeliveryReported, StationLocated
from tests.examples import examples
from tests.services.commands.records import Queue, cancelled, located, reported, requested

GATEWAYS = st.sampled_from(["gw-0", "gw-1", "gw-2"])
RESULTS = st.sampled_from(
    ["answered", "unsupported", "invalid", "timed-out", "disconnected", "not-here", "expired", "busy"]
)
COMMANDS_AT_MOST = 30
EPOCHS_AT_MOST = 15
LONG_AFTER_S = 100_000


class Station(RuleBasedStateMachine):
    """One station's queue among operators, gateways and connections that do as they please."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = Queue()
        self.seconds = 0.0
        self.log: list[Record] = []
        self.asked: list[str] = []
        self.locations: list[StationLocated] = []
        self.unreported: list[CommandDispatched] = []
        self.reports: list[DeliveryReported] = []
        self.outstanding: str | None = None
        self.settled: set[str] = set()

    def feed(self, *records: Record) -> None:
        for record in records:
            self.log.append(record)
            if isinstance(record, DeliveryReported) and record.result in ("not-here", "busy"):
                self._handed_back(record)
            self._note(self.queue.feed(record))

    def _handed_back(self, report: DeliveryReported) -> None:
        last = self.queue.dispatches[-1]
        if (last.command_id, last.attempt) == (report.command_id, report.attempt):
            self.outstanding = None

    def _note(self, said: list[Record]) -> None:
        for record in said:
            if isinstance(record, CommandSettled):
                assert record.command_id not in self.settled, "settled twice"
                self.settled.add(record.command_id)
                if record.command_id == self.outstanding:
                    self.outstanding = None
            if isinstance(record, CommandDispatched):
                assert self.outstanding is None, "two commands have left for one station"
                assert record.command_id not in self.settled, "sent after its outcome"
                self.outstanding = record.command_id
                self.unreported.append(record)

    @precondition(lambda self: len(self.asked) < COMMANDS_AT_MOST)
    @rule(
        priority=st.integers(0, 9),
        when_offline=st.sampled_from(["wait", "fail"]),
        ttl_s=st.sampled_from([0, 5, 60, 600]),
        timeout_s=st.sampled_from([1, 30, 300]),
    )
    def ask(self, priority: int, when_offline: str, ttl_s: float, timeout_s: float) -> None:
        self.asked.append(f"c{len(self.asked)}")
        self.feed(
            requested(
                self.asked[-1],
                seconds=self.seconds,
                ttl_s=ttl_s,
                priority=priority,
                when_offline=when_offline,
                timeout_s=timeout_s,
            )
        )

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def cancel(self, data: st.DataObject) -> None:
        self.feed(cancelled(data.draw(st.sampled_from(self.asked)), seconds=self.seconds))

    @precondition(lambda self: len(self.locations) < EPOCHS_AT_MOST)
    @rule(gateway=GATEWAYS, heard=st.booleans())
    def connect(self, gateway: str, heard: bool) -> None:
        self.locations.append(located(len(self.locations) + 1, gateway=gateway, seconds=self.seconds))
        if heard:
            self.feed(self.locations[-1])

    @precondition(lambda self: self.locations)
    @rule(data=st.data(), connected=st.booleans())
    def tell_of_any_connection(self, data: st.DataObject, connected: bool) -> None:
        one = data.draw(st.sampled_from(self.locations))
        self.feed(located(one.epoch, gateway=one.gateway, connected=connected, seconds=self.seconds))

    @precondition(lambda self: self.unreported)
    @rule(data=st.data(), result=RESULTS)
    def report(self, data: st.DataObject, result: str) -> None:
        dispatch = data.draw(st.sampled_from(self.unreported))
        self.unreported.remove(dispatch)
        self.reports.append(reported(dispatch, result, seconds=self.seconds))
        self.feed(self.reports[-1])

    @precondition(lambda self: self.reports)
    @rule(data=st.data())
    def repeat_a_report(self, data: st.DataObject) -> None:
        self.feed(data.draw(st.sampled_from(self.reports)))

    @rule(seconds=st.sampled_from([0.5, 2, 4, 10, 50, 400]), late=st.booleans())
    def time_passes(self, seconds: float, late: bool) -> None:
        self.seconds += seconds
        self._note(self.queue.until(self.seconds, late=late))

    @rule(count=st.integers(1, 10))
    def come_again(self, count: int) -> None:
        self._replay(self.log[-count:])

    def _replay(self, records: list[Record]) -> None:
        known = {record.id for record in self.queue.said}  # type: ignore[attr-defined]

        said = self.queue.feed(*records)

        assert {record.id for record in said} <= known  # type: ignore[attr-defined]

    @invariant()
    def every_dispatch_has_its_own_id(self) -> None:
        ids = [dispatch.id for dispatch in self.queue.dispatches]
        assert len(ids) == len(set(ids))

    def teardown(self) -> None:
        self.seconds += LONG_AFTER_S
        self._note(self.queue.until(self.seconds))

        assert set(self.queue.outcomes) == set(self.asked), "a command without an outcome"
        self._replay(self.log)


Station.TestCase.settings = settings(
    max_examples=examples(150), stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestAnyOrder = Station.TestCase
