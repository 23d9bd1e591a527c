"""Whatever happens between us and a station, in whatever order, its list comes into step, and repeats change nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.services.locallists.stations import Managed, Wallbox, ordered, rule, station, token

TOKENS = st.sampled_from("ABCDEFG")
HAPPENINGS = st.lists(
    st.one_of(
        st.tuples(st.just("provisions"), TOKENS, st.sampled_from(["Accepted", "Blocked"])),
        st.tuples(st.just("removes"), TOKENS),
        st.tuples(st.just("rules"), st.sampled_from(["all", "chosen", "empty"])),
        st.tuples(st.just("orders")),
        st.tuples(st.just("boots"), st.booleans()),
        st.tuples(st.just("leaves")),
        st.tuples(st.just("waits"), st.sampled_from([1, 5, 400])),
        st.tuples(st.just("answers")),
        st.tuples(st.just("breaks"), st.booleans(), st.sampled_from(["timed_out", "disconnected"])),
        st.tuples(st.just("repeats"), st.integers(0, 20)),
        st.tuples(st.just("loses")),
    ),
    max_size=25,
)


def happens(there: Managed, what: tuple) -> None:
    match what:
        case ("provisions", name, status):
            there.provisions(token(name, status=status, group="VANS" if name < "D" else ""))
        case ("removes", name):
            there.tokens.pop(name, None)
        case ("rules", tokens):
            there.reads(rule(tokens, groups=("VANS",), seconds=there.now))
        case ("orders",):
            there.reads(ordered(there.now))
        case ("boots", forgets):
            if forgets:
                there.wallbox.list, there.wallbox.version = {}, 0
            there.reads(station(seconds=there.now, booted=there.now))
        case ("leaves",):
            there.reads(station(seconds=there.now, connected=False))
        case ("waits", seconds):
            there.passes(seconds, answering=False)
        case ("answers",) if there.waiting:
            there.settles()
        case ("breaks", arrives, outcome) if there.waiting:
            there.settles(outcome, arrives=arrives, sent=True)
        case ("repeats", number) if there.outcomes:
            there.reads(there.outcomes[number % len(there.outcomes)])
        case ("loses",):
            there.waiting.clear()


@settings(deadline=None)
@given(HAPPENINGS, st.integers(1, 4))
def test_a_list_comes_into_step_once_nothing_breaks_any_more(happenings: list[tuple], items: int) -> None:
    there = Managed(Wallbox(items=items, most=5))
    there.reads(rule(), station())
    for what in happenings:
        happens(there, what)

    there.reads(rule("all", seconds=there.now + 1), station(seconds=there.now + 1, booted=there.now + 1))
    there.passes(7200)

    assert there.last.status == "in-step"
    assert set(there.wallbox.list) == set(sorted(there.tokens)[:5])
    assert {name: entry.status for name, entry in there.wallbox.list.items()} == {
        name: there.tokens[name].status for name in there.wallbox.list
    }
    assert (there.last.version, there.last.station_version) == (there.wallbox.version, there.wallbox.version)


@settings(deadline=None)
@given(HAPPENINGS)
def test_a_repeated_record_changes_nothing_and_says_nothing(happenings: list[tuple]) -> None:
    there = Managed(Wallbox())
    there.reads(rule(), station())
    for what in happenings:
        happens(there, what)
    before, said = there.state, len(there.said)

    there.reads(*there.outcomes[-1:])

    assert (there.state, len(there.said)) == (before, said)


@settings(deadline=None)
@given(st.permutations([rule(seconds=1), station(), ordered(2)]))
def test_no_topic_need_be_read_first(records: list) -> None:
    there = Managed(Wallbox(), token("A"))
    there.reads(*records)
    there.passes(60)

    assert (there.last.status, set(there.wallbox.list)) == ("in-step", {"A"})
