"""Turns: nobody's requests stand in another tenant's way, and who presses goes last."""

from hypothesis import given
from hypothesis import strategies as st

from services.api.tenants.turns import Turn, Turns


class Street:
    """Turns, with what was let in, in order. `pressing`: the tenants that press now."""

    def __init__(self, *, at_once: int = 2, waiting: int = 3, pressing: tuple[str, ...] = ()) -> None:
        self.pressing = set(pressing)
        self.begun: list[str] = []
        self.turns = Turns(at_once=at_once, waiting=waiting, presses=self.pressing.__contains__)

    def ask(self, tenant: str, name: str = "") -> Turn | None:
        return self.turns.ask(tenant, lambda: self.begun.append(name or tenant))

    def asked(self, tenant: str, name: str = "") -> Turn:
        turn = self.ask(tenant, name)
        assert turn is not None
        return turn


def test_a_tenant_has_some_requests_in_progress_and_the_next_begins_when_one_ends() -> None:
    street = Street(at_once=2)
    first, *_ = [street.asked("a", name) for name in ("1", "2", "3", "4")]
    assert street.begun == ["1", "2"]

    first.end()
    first.end()  # does nothing

    assert street.begun == ["1", "2", "3"]
    assert (street.turns.working, street.turns.waiting) == (2, 1)


def test_more_than_may_wait_are_turned_away() -> None:
    street = Street(at_once=1, waiting=2)

    assert [street.ask("a") is not None for _ in range(4)] == [True, True, True, False]


def test_a_full_queue_of_one_tenant_is_nothing_to_another() -> None:
    street = Street(at_once=1, waiting=2)
    for _ in range(4):
        street.ask("a")

    assert street.asked("b").working


def test_the_deployment_never_waits() -> None:
    street = Street(at_once=1, waiting=1)

    assert all(street.asked("").working for _ in range(9))


def test_who_presses_has_one_request_in_progress_while_no_other_is() -> None:
    street = Street(at_once=2, pressing=("noisy",))
    quiet = [street.asked("quiet"), street.asked("quiet")]
    waits = street.asked("noisy")
    street.asked("noisy")
    quiet[0].end()
    assert not waits.working

    quiet[1].end()
    assert waits.working
    later = street.asked("quiet")

    assert later.working  # never behind one that presses
    assert street.begun.count("noisy") == 1


def test_who_presses_is_let_in_at_last_but_still_one_at_a_time() -> None:
    street = Street(pressing=("noisy",))
    street.asked("quiet")
    first, second = street.asked("noisy"), street.asked("noisy")

    first.insist()
    assert first.working
    second.insist()

    assert not second.working
    first.end()
    assert second.working


def test_tenants_that_press_take_turns() -> None:
    street = Street(pressing=("a", "b"), waiting=9)
    running = street.asked("a", "a1")
    waiting = [street.asked(name[0], name) for name in ("a2", "a3", "b1", "b2")]
    for _ in range(4):
        running.end()
        running = next(turn for turn in waiting if turn.working)
        waiting.remove(running)

    assert street.begun == ["a1", "a2", "b1", "a3", "b2"]


def test_who_gives_up_is_not_let_in() -> None:
    street = Street(at_once=1)
    first, second, third = street.asked("a", "1"), street.asked("a", "2"), street.asked("a", "3")

    second.end()
    first.end()

    assert street.begun == ["1", "3"]
    third.end()
    assert (street.turns.working, street.turns.waiting) == (0, 0)


def test_who_presses_no_longer_has_all_his_places_again() -> None:
    street = Street(at_once=2, pressing=("a",))
    first = street.asked("a", "1")
    for name in ("2", "3", "4"):
        street.asked("a", name)
    street.pressing.clear()
    first.end()

    assert street.begun == ["1", "2", "3"]


MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.sampled_from("abc")),
        st.tuples(st.just("end"), st.integers(0, 30)),
        st.tuples(st.just("insist"), st.integers(0, 30)),
        st.tuples(st.just("press"), st.sampled_from("abc")),
    ),
    max_size=60,
)


@given(MOVES)
def test_whatever_happens_bounds_are_kept_and_nobody_is_forgotten(moves: list[tuple[str, str | int]]) -> None:
    street, open_ = Street(at_once=2, waiting=3), list[Turn]()
    for move, which in moves:
        match which:
            case str():
                if move == "press":
                    street.pressing ^= {which}
                elif (turn := street.ask(which)) is not None:
                    open_.append(turn)
            case int() if open_ and move == "end":
                open_.pop(which % len(open_)).end()
            case int() if open_:
                open_[which % len(open_)].insist()
        for tenant in "abc":
            own = [turn for turn in open_ if turn.tenant == tenant]
            assert sum(turn.working for turn in own) <= 2
            assert sum(turn.waits for turn in own) <= 3
        assert street.turns.working == sum(turn.working for turn in open_)
    while open_:
        working = [turn for turn in open_ if turn.working]
        assert working, "nobody works and somebody waits"
        open_.remove(working[0])
        working[0].end()
    assert (street.turns.working, street.turns.waiting) == (0, 0)
