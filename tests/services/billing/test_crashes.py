"""Crashes: the worker dies between saying and saving, and reads its last batch again, mixed otherwise between its topics.

No id ever has two contents; in the end one bill stands of each session, the right one, and is what the session's records add up to.
"""

from collections.abc import Iterator
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.base import Due, Record
from schemas.billing import CdrIssued, StationBilling
from services.billing.core import due, initial, step
from tests.examples import examples
from tests.services.billing.building import component, element, tariff
from tests.services.billing.records import (
    STATION,
    after,
    charging,
    ended,
    energies,
    metered,
    of,
    rated,
    reading,
    session,
)

BY_HOUR = tariff(
    element(component("ENERGY", "1.00"), end_time="12:30"),
    element(component("ENERGY", "2.00"), component("PARKING_TIME", "6.00")),
)
"""Noon in Berlin is when sessions start: which readings and words are known decides what they cost."""

SNAPSHOTS: tuple[Record, ...] = (
    session(),
    session(minutes=30, **energies(1000, 10_000)),
    ended(60, 1000, 11_000),
    session(session="s2", started_at=after(70), changed_at=after(70)),
    ended(90, 11_000, 12_000, session="s2", started_at=after(70)),
    ended(60, 1000, 11_000, changed_at=after(95), last_meter_at=after(60), anomalies=("clock-suspect",)),
    ended(60, 1000, 11_500, changed_at=after(100)),
    session(session="s3", started_at=after(101), changed_at=after(101)),
    ended(130, 12_000, 14_000, session="s3", started_at=after(101), status="presumed-ended", changed_at=after(140)),
    ended(135, 12_000, 15_000, session="s3", started_at=after(101), changed_at=after(170)),
)
READINGS: tuple[Record, ...] = (
    metered(reading(0, 1000)),
    charging(1, "Charging"),
    metered(reading(30, 10_000)),
    metered(reading(60, 11_000)),
    metered(reading(90, 12_000), session="s2"),
    metered(reading(45, 10_500), received_at=after(94)),
    charging(50, "SuspendedEV", received_at=after(96)),
    metered(reading(130, 14_000), session="s3"),
    charging(120, "SuspendedEVSE", session="s3", received_at=after(150)),
    metered(reading(135, 15_000), session="s3", received_at=after(170)),
)


class World:
    """One worker with its topics. `said` is what Kafka has of its records; `saved` where a new life begins."""

    def __init__(self) -> None:
        self.topics: dict[str, list[Record]] = {
            "sessions": [*SNAPSHOTS],
            "readings": [*READINGS],
            "cdrs": [],
            "due": [],
        }
        self.references, self.policy = rated(by=BY_HOUR).references, rated().policy
        self.state: StationBilling = initial(STATION)
        self.offsets = dict.fromkeys(self.topics, 0)
        self.saved = (self.state, dict(self.offsets))

    def read(self, topics: list[str]) -> None:
        """Apply the next record of each of these topics."""
        for topic in topics:
            if self.offsets[topic] < len(self.topics[topic]):
                record = self.topics[topic][self.offsets[topic]]
                self.offsets[topic] += 1
                self.state, said = step(self.state, record, self.references, self.policy)
                self.topics["cdrs"] += of(said, CdrIssued)

    def save(self) -> None:
        self.saved = (self.state, dict(self.offsets))
        if (at := due(self.state)) is not None:
            self.topics["due"].append(Due(key=STATION, at=at, sent_at=at))

    def crash(self) -> None:
        self.state, self.offsets = self.saved[0], dict(self.saved[1])

    def finish(self) -> None:
        """Read all there is, until nothing more is said and nothing is waited for."""
        while any(self.offsets[topic] < len(records) for topic, records in self.topics.items()) or due(self.state):
            self.read([*self.topics])
            self.save()

    def table(self) -> list[CdrIssued]:
        """The record of each id, which every repeat of it is."""
        said = of(self.topics["cdrs"], CdrIssued)
        table = {cdr.id: cdr for cdr in said}
        assert [cdr for cdr in said if cdr != table[cdr.id]] == []
        return list(table.values())


def standing(table: list[CdrIssued]) -> Iterator[CdrIssued]:
    credited = {cdr.credits for cdr in table}
    return (cdr for cdr in table if not cdr.credit and cdr.id not in credited)


def total(cdrs: list[CdrIssued], session: str) -> Decimal:
    return sum((cdr.costs.total.excl_vat for cdr in cdrs if cdr.session == session and cdr.costs), Decimal(0))


BATCH = st.lists(st.sampled_from(["sessions", "readings", "cdrs", "due"]), min_size=1, max_size=6)


@given(st.lists(st.tuples(BATCH, st.sampled_from(["saves", "saves", "crashes"])), max_size=14))
@settings(deadline=None, max_examples=examples(400))
def test_whatever_is_read_again_each_session_has_one_bill_that_stands(
    life: list[tuple[list[str], str]],
) -> None:
    undisturbed, world = World(), World()
    undisturbed.finish()

    for batch, end in life:
        world.read(batch)
        world.save() if end == "saves" else world.crash()
    world.finish()

    wanted = {cdr.session: cdr.costs for cdr in standing(undisturbed.table())}
    bills = list(standing(world.table()))
    assert {bill.session: bill.costs for bill in bills} == wanted
    assert len(bills) == len(wanted) == 3
    for bill in bills:
        assert bill.costs is not None
        assert total(world.table(), bill.session) == bill.costs.total.excl_vat
