"""A change of reference data stands if it knew what it changes, and breaks no rule between several things."""

import datetime as dt
from collections import defaultdict
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.authorization import TokenProvisioned, TokenRemoved
from schemas.base import Due, Poison, Record
from schemas.compatibility import CompatibilityProvisioned, CompatibilityRemoved, Row
from schemas.energy import SiteProvisioned, SiteRemoved
from schemas.provisioning import Change, ChangeProposed, ChangeSettled, ProvisioningState, deciding_key, revision_of
from schemas.routing import route
from schemas.stations import StationProvisioned, StationRemoved
from schemas.tariffs import Tariff, TariffAssigned, TariffProvisioned, TariffRemoved
from services.provisioning.core import CROWDED, MOST_REMEMBERED, REMEMBERED_S, due, initial, step
from tests.schemas.sites import a_tree

NOON = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)


class Bench:
    """The service for all keys, and the reference topics, which are read `late` where that is asked for."""

    def __init__(self, *, late: bool = False) -> None:
        self.states: dict[str, ProvisioningState] = {}
        self.topics: defaultdict[str, dict[str, Record]] = defaultdict(dict)
        self.unread: list[Record] = []
        self.late = late
        self._numbers = 0

    def propose(self, change: Change, based_on: Record | None = None, **override: Any) -> ChangeSettled:
        self._numbers += 1
        members = {
            "id": f"p{self._numbers}",
            "key": deciding_key(change),
            "change": change,
            "based_on": revision_of(based_on),
            "proposed_at": NOON,
        }
        proposal = ChangeProposed(**{**members, **override})
        state = self.states.get(proposal.key, initial(proposal.key))
        self.states[proposal.key], outputs = step(state, proposal, references=self.topics)
        *said, settled = outputs
        assert isinstance(settled, ChangeSettled)
        self.unread += said
        if not self.late:
            self.read()
        return settled

    def read(self) -> None:
        for record in self.unread:
            routed = route(record)
            self.topics[routed.topic][routed.key.decode()] = record
        self.unread.clear()


def a_tariff(version: int = 1, price: str = "a") -> TariffProvisioned:
    current = Tariff(tariff="day", version=version, currency="EUR", label=price, elements=(), provisioned_at=NOON)
    return TariffProvisioned(tariff="day", current=current)


def an_assignment(target: str = "default") -> TariffAssigned:
    return TariffAssigned(target=target, scope="default", tariffs=("day",), assigned_at=NOON)


def a_station(station: str = "A", site: str = "") -> StationProvisioned:
    return StationProvisioned(station=station, site=site, provisioned_at=NOON)


def gone() -> TariffRemoved:
    return TariffRemoved(tariff="day", last_version=1, removed_at=NOON)


@pytest.mark.parametrize("late", [True, False])
def test_of_two_who_change_one_tariff_at_once_one_wins_and_the_other_learns_it(late: bool) -> None:
    bench = Bench(late=late)
    bench.propose(a_tariff())
    first = bench.propose(a_tariff(2, "0.40"), a_tariff())
    second = bench.propose(a_tariff(2, "0.50"), a_tariff())
    bench.read()

    assert (first.accepted, second.accepted, second.refusal) == (True, False, "changed")
    assert bench.topics["csms.ref.tariffs"]["day"] == a_tariff(2, "0.40")


def test_a_proposal_that_comes_again_is_answered_the_same_and_changes_nothing() -> None:
    bench = Bench()
    answers = [bench.propose(a_station(), id="p") for _ in range(3)]

    assert answers[0] == answers[1] == answers[2]
    assert bench.topics["csms.ref.stations"] == {"A": a_station()}


def test_what_was_provisioned_before_this_service_was_there_is_what_changes_are_based_on() -> None:
    bench = Bench()
    bench.topics["csms.ref.stations"]["A"] = a_station(site="old")

    assert not bench.propose(a_station(site="new")).accepted
    assert bench.propose(a_station(site="new"), a_station(site="old")).accepted


def test_a_removal_is_a_state_like_any_other() -> None:
    bench = Bench()
    bench.propose(a_station())
    removed = StationRemoved(station="A", removed_at=NOON)
    bench.propose(removed, a_station())

    assert not bench.propose(a_station(site="x"), a_station()).accepted
    assert bench.propose(a_station(site="x"), removed).accepted


@pytest.mark.parametrize("late", [True, False])
def test_a_tariff_that_somebody_assigned_in_the_same_moment_is_not_removed(late: bool) -> None:
    bench = Bench(late=late)
    bench.propose(a_tariff())
    assigned = bench.propose(an_assignment("site:berlin"))
    removed = bench.propose(gone(), a_tariff())

    assert assigned.accepted
    assert (removed.refusal, removed.detail) == ("tariff-assigned", "site:berlin")


@pytest.mark.parametrize("late", [True, False])
def test_a_tariff_that_somebody_removed_in_the_same_moment_is_not_assigned(late: bool) -> None:
    bench = Bench(late=late)
    bench.propose(a_tariff())
    removed = bench.propose(gone(), a_tariff())
    assigned = bench.propose(an_assignment())

    assert removed.accepted
    assert (assigned.refusal, assigned.detail) == ("tariff-unknown", "day")


def test_of_two_ids_that_differ_in_case_only_the_first_is_provisioned() -> None:
    bench = Bench(late=True)

    assert bench.propose(a_station("wallbox-1")).accepted
    twin = bench.propose(a_station("WallBox-1"))

    assert (twin.refusal, twin.detail) == ("id-taken", "wallbox-1")


def test_changes_are_forgotten_once_the_topics_have_had_them_for_long() -> None:
    bench = Bench()
    bench.propose(a_tariff())
    state = bench.states["tariffs"]
    wanted = due(state)
    assert wanted == NOON + dt.timedelta(seconds=REMEMBERED_S)
    after, outputs = step(state, Due(key="tariffs", at=wanted), references=bench.topics)

    assert (after, outputs, due(after)) == (initial("tariffs"), [], None)


def test_many_changes_are_forgotten_earlier_where_the_topics_have_them() -> None:
    bench = Bench()
    bench.propose(a_tariff())
    for number in range(2 * MOST_REMEMBERED):
        assert bench.propose(an_assignment(f"station:{number}")).accepted

    assert len(bench.states["tariffs"].recent) <= CROWDED


def test_more_changes_at_once_than_are_remembered_are_told_to_wait() -> None:
    bench = Bench(late=True)
    bench.propose(a_tariff())
    answers = [bench.propose(an_assignment(f"station:{number}")).refusal for number in range(MOST_REMEMBERED)]

    assert answers == [None] * (MOST_REMEMBERED - 1) + ["busy"]


def test_a_record_of_another_kind_is_poison() -> None:
    with pytest.raises(Poison):
        step(initial("x"), a_station(), references={})


@given(writers=st.lists(st.tuples(st.integers(0, 2), st.booleans()), max_size=30), late=st.booleans())
def test_versions_never_collide_whoever_writes_by_whatever_view(writers: list[tuple[int, bool]], late: bool) -> None:
    """Three processes, each with a view of its own that is refreshed now and then, number versions."""
    bench = Bench(late=late)
    views: dict[int, TariffProvisioned | None] = {0: None, 1: None, 2: None}
    standing: list[TariffProvisioned] = []
    for number, (writer, looks) in enumerate(writers):
        if looks:
            views[writer] = standing[-1] if standing else None
        seen = views[writer]
        change = a_tariff(seen.current.version + 1 if seen else 1, f"price-{number}")
        if bench.propose(change, seen).accepted:
            standing.append(change)

    assert [one.current.version for one in standing] == list(range(1, len(standing) + 1))


def test_the_keys_keep_together_what_must_know_of_each_other() -> None:
    token = TokenProvisioned(token="A", provisioned_at=NOON)

    assert deciding_key(a_tariff()) == deciding_key(an_assignment()) == deciding_key(gone())
    assert deciding_key(a_station("Box")) == deciding_key(StationRemoved(station="bOX", removed_at=NOON))
    assert deciding_key(token) == deciding_key(TokenRemoved(token="A", removed_at=NOON)) != deciding_key(a_station("A"))


def test_each_row_of_the_compatibility_matrix_is_settled_by_itself() -> None:
    row = CompatibilityProvisioned(name="a", row=Row(name="a"), provisioned_at=NOON)
    removed = CompatibilityRemoved(name="a", removed_at=NOON)

    assert deciding_key(row) == deciding_key(removed) != deciding_key(CompatibilityRemoved(name="b", removed_at=NOON))


def a_site(site: str = "berlin", **override: Any) -> SiteProvisioned:
    return SiteProvisioned(site=site, tree=a_tree(**override), provisioned_at=NOON)


@pytest.mark.parametrize("late", [True, False])
def test_an_evse_is_in_one_tree_though_two_are_written_in_the_same_moment(late: bool) -> None:
    bench = Bench(late=late)

    first = bench.propose(a_site("berlin"))
    second = bench.propose(a_site("munich"))
    apart = bench.propose(a_site("munich", nodes=a_tree().nodes[:2]))

    assert first.accepted
    assert (second.refusal, second.detail) == ("evse-taken", "EVSE 1 of DE-BER-0001, EVSE 1 of DE-BER-0002")
    assert apart.accepted


def test_an_evse_is_free_again_once_its_site_is_removed() -> None:
    bench = Bench(late=True)
    bench.propose(a_site("berlin"))
    bench.propose(SiteRemoved(site="berlin", removed_at=NOON), a_site("berlin"))

    assert bench.propose(a_site("munich")).accepted


def test_trees_that_the_topic_has_are_not_kept_in_the_state() -> None:
    bench = Bench()
    for number in range(10):
        bench.propose(a_site(f"site-{number}", nodes=a_tree().nodes[:2]))

    assert len(bench.states["sites"].recent) == 1
