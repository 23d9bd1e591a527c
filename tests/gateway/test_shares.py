"""Shares: the stations of a tenant together keep to its quota, in turn, and no other tenant's station waits for them."""

from collections import Counter
from collections.abc import Callable

from hypothesis import example, given
from hypothesis import strategies as st

from gateway.shares import Sender, Shares
from gateway.tenants import Tenants


class Here:
    """A gateway's shares, under a clock that is moved by hand. Each station sends as fast as it is read."""

    def __init__(self, *, acme: float | None = None, acmes: int = 0, elsewhere: int = 0) -> None:
        self.now = 100.0
        self.tenants = Tenants()
        self._timers: list[tuple[float, Callable[[], None]]] = []
        self.shares = Shares(self.tenants, at=lambda at, call: self._timers.append((at, call)), clock=lambda: self.now)
        self.senders: dict[str, Sender] = {}
        self.read: Counter[str] = Counter()
        self.order: list[str] = []
        if acme is not None:
            self.tenants.quota("acme", acme)
        for number in range(acmes + elsewhere):
            self.tenants.provision(f"A{number}", "acme")
        for number in range(acmes):
            self.connect(f"A{number}")

    def connect(self, station: str) -> None:
        self.senders[station] = self.shares.sender(station, lambda: self._sends(station))

    def floods(self, *stations: str) -> None:
        """These have a message ready, and another after each that is read, until they must wait."""
        for station in stations or tuple(self.senders):
            self._sends(station)

    def _sends(self, station: str, most: int = 10_000) -> None:
        sender = self.senders.get(station)
        while sender is not None and not sender.must_wait() and most:
            sender.take()
            self.read[station] += 1
            self.order.append(station)
            most -= 1

    def passes(self, seconds: float) -> None:
        """Time passes in ticks of a tenth, as the wheel's."""
        for _ in range(round(seconds * 10)):
            self.now += 0.1
            due = [call for at, call in self._timers if at <= self.now]
            self._timers = [(at, call) for at, call in self._timers if at > self.now]
            for call in due:
                call()

    def leaves(self, station: str) -> None:
        self.senders.pop(station).leave()


def test_without_a_quota_nobody_waits() -> None:
    here = Here(acmes=1)
    sender = here.senders["A0"]
    for _ in range(1_000):
        assert not sender.must_wait()
        sender.take()


def test_a_tenant_sends_no_more_than_its_quota_and_its_stations_take_turns() -> None:
    here = Here(acme=10.0, acmes=4)
    here.floods()
    here.passes(20)

    assert 199 <= here.read.total() <= 202
    assert max(here.read.values()) - min(here.read.values()) <= 2


def test_another_tenants_stations_are_read_at_once_meanwhile() -> None:
    here = Here(acme=1.0, acmes=3)
    here.connect("X")
    here.floods("A0", "A1", "A2")

    assert not here.senders["X"].must_wait()
    assert here.senders["A1"].must_wait()


def test_a_quiet_tenant_has_a_burst_of_two_seconds() -> None:
    here = Here(acme=5.0, acmes=1)
    assert not here.senders["A0"].must_wait()
    here.passes(60)
    here.floods()

    assert here.read["A0"] == 10


def test_a_gateway_lets_through_the_share_of_the_stations_that_it_has() -> None:
    half, third = Here(acme=12.0, acmes=3, elsewhere=3), Here(acme=12.0, acmes=1, elsewhere=2)
    for here in (half, third):
        here.floods()
        here.passes(30)

    assert 179 <= half.read.total() <= 182
    assert 119 <= third.read.total() <= 122


def test_stations_that_nobody_provisioned_share_the_default_tenants_quota() -> None:
    here = Here()
    here.tenants.quota("default", 2.0)
    here.connect("X")
    here.connect("Y")
    here.floods()
    here.passes(10)

    assert 19 <= here.read.total() <= 22


def test_a_quota_that_is_lifted_frees_those_who_wait_and_one_that_is_set_holds_at_once() -> None:
    here = Here(acme=0.001, acmes=2)
    here.floods()
    assert here.read.total() == 1
    here.tenants.quota("acme", None)
    reads, here.read = here.read, Counter()
    for sender in here.senders.values():
        assert sender.must_wait() is False
    here.tenants.quota("acme", 1.0)
    here.floods()

    assert reads.total() == 1
    assert here.read.total() <= 2


def test_those_who_wait_are_woken_within_a_second_of_a_new_quota() -> None:
    here = Here(acme=0.001, acmes=2)
    here.floods()
    here.tenants.quota("acme", 5.0)
    here.passes(3)

    assert here.read.total() >= 10


def test_a_station_that_changes_hands_is_read_by_its_new_tenants_share() -> None:
    here = Here(acme=0.001, acmes=2)
    here.floods()
    here.tenants.provision("A1", "umbrella")

    assert not here.senders["A1"].must_wait()
    assert here.senders["A0"].must_wait()


def test_what_a_lost_connection_was_granted_is_others() -> None:
    here = Here(acme=1.0, acmes=2)
    first, second = here.senders["A0"], here.senders["A1"]
    first.must_wait()
    first.take()
    assert second.must_wait()
    assert first.must_wait()
    here.senders = {}
    here.passes(1.2)
    assert not second.must_wait()
    second.leave()
    here.passes(0.9)  # without what was given back there would be no message left now

    assert not first.must_wait()


def test_shares_end_with_their_last_connection() -> None:
    here = Here(acme=1.0, acmes=3)
    here.floods()
    for station in list(here.senders):
        here.leaves(station)
    here.passes(5)

    assert not here.shares._shares


@example([("flood", 0), ("pass", 2), ("pass", 4)], 16.0)  # who is woken may read more than the one message
@given(
    st.lists(st.tuples(st.sampled_from(["flood", "leave", "connect", "pass"]), st.integers(0, 4)), max_size=40),
    st.floats(0.5, 20),
)
def test_whatever_stations_do_the_quota_holds(moves: list[tuple[str, int]], quota: float) -> None:
    here, passed = Here(acme=quota, acmes=5), 0.0
    for move, number in moves:
        station = f"A{number}"
        match move:
            case "flood" if station in here.senders:
                here.floods(station)
            case "leave" if station in here.senders:
                here.leaves(station)
            case "connect" if station not in here.senders:
                here.connect(station)
            case "pass":
                here.passes(number)
                passed += number
    assert here.read.total() <= quota * passed + max(1, 2 * quota) + 1
