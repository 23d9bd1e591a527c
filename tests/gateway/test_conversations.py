"""In whatever order things happen: every CALL of the station has at most one answer, every dispatch exactly one report."""

import json
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gateway.effects import Effect
from tests.examples import examples
from tests.gateway.conversation import LIMITS, Conversation, dispatch, reports, sent

ACTIONS = ("Heartbeat", "StatusNotification", "Authorize", "TransactionEvent", "BootNotification", "Nonsense")

EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("call"), st.sampled_from(ACTIONS), st.integers(0, 9)),
        st.tuples(st.just("stored"), st.integers(0, 5)),
        st.tuples(st.just("failed"), st.integers(0, 5)),
        st.tuples(st.just("decided"), st.integers(0, 9)),
        st.tuples(st.just("dispatch"), st.integers(1, LIMITS.remembered_dispatches)),  # a forgotten one may act again
        st.tuples(st.just("answer"), st.booleans()),
        st.tuples(st.just("passes"), st.sampled_from([0.1, 5.0, 31.0])),
    ),
    min_size=20,
    max_size=80,
)


class Ledger:
    """Plays events against one conversation and keeps the books."""

    def __init__(self) -> None:
        self.station = Conversation(limits=replace(LIMITS, boot_grace_s=1.0))
        self.owed: Counter[str] = Counter()
        self.action: dict[str, str] = {}
        self.answered: Counter[str] = Counter()
        self.dispatched: set[str] = set()
        self.reported: Counter[str] = Counter()
        self.in_flight: list[str] = []

    def play(self, event: tuple[object, ...]) -> None:
        station = self.station
        match event:
            case ("call", str(action), int(number)):
                effects = called = station.calls(action, f"m{number}")
                if called.heard.result != "repeated":
                    self.owed[f"m{number}"] += 1
                    self.action[f"m{number}"] = action
            case ("stored", int(index)) if station.waiting:
                effects = station.stored(station.waiting.pop(index % len(station.waiting)))
            case ("failed", int(index)) if station.waiting:
                effects = station.session.on_unstorable(station.waiting.pop(index % len(station.waiting)), station.now)
            case ("decided", int(number)):
                status = "Pending" if number % 2 else "Accepted"
                boots = self.action.get(f"m{number}") == "BootNotification"
                effects = station.decides(f"m{number}", boot=status if boots else None)
            case ("dispatch", int(number)):
                new = f"c{number}" not in self.dispatched
                self.dispatched.add(f"c{number}")
                effects = station.commands(dispatch(f"c{number}"))
                if not new:
                    self._write(effects)
                    return  # a repeat repeats its report
            case ("answer", bool(error)) if self.in_flight:
                message_id = self.in_flight[0]
                effects = station.says(4, message_id, "X", "", {}) if error else station.says(3, message_id, {})
            case ("passes", float(seconds)):
                effects = station.passes(seconds)
            case _:
                return
        self._book(effects)

    def _book(self, effects: list[Effect]) -> None:
        for report in reports(effects):
            self.reported[report.command_id] += 1
        self._write(effects)

    def _write(self, effects: list[Effect]) -> None:
        for effect in effects:  # in their order: what is answered or overdue makes room for the next
            if any(report.result in {"answered", "timed-out"} for report in reports([effect])):
                self.in_flight.clear()
            for frame in sent([effect]):
                if frame[0] == 2:
                    self.in_flight.append(frame[1])
                    assert len(self.in_flight) == 1, "two CALLs of ours in flight"
                else:
                    self.answered[frame[1]] += 1

    def drain(self) -> None:
        self._book(self.station.session.on_drain(self.station.now))

    def settle(self) -> None:
        """Kafka acknowledges everything, no service decides any more, time passes, the connection ends."""
        while self.station.waiting:
            self._book(self.station.stored())
        self._book(self.station.passes(100))
        self._book(self.station.closes())


@settings(max_examples=examples(300), deadline=None)
@given(EVENTS, st.integers(0, 200))
def test_every_call_has_one_answer_and_every_dispatch_one_report(events: list[tuple[object, ...]], drain: int) -> None:
    ledger = Ledger()

    for number, event in enumerate(events):
        if number == drain:
            ledger.drain()
        ledger.play(event)
        assert all(ledger.answered[key] <= ledger.owed[key] for key in ledger.answered), "answered twice"
    ledger.settle()

    assert ledger.answered == ledger.owed
    assert ledger.reported == Counter(ledger.dispatched)


@settings(deadline=None)
@given(
    st.lists(st.text() | st.binary() | st.lists(st.integers(0, 9) | st.text(max_size=3)).map(json.dumps), max_size=20)
)
def test_nothing_a_station_sends_breaks_its_conversation(messages: list[str | bytes]) -> None:
    station = Conversation()

    for message in messages:
        station.hears(message)

    assert sent(station.calls("Heartbeat", "at-the-end")) == [[3, "at-the-end", {}]]
