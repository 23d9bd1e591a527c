"""Any order between topics, any repetition: what a log comes to must not depend on how its records arrive."""

from hypothesis import given, settings
from hypothesis import strategies as st

from services.diagnostics.core import comparable
from tests.examples import examples
from tests.services.diagnostics.records import Station, asked, settled, stored, word
from tests.services.readingorders import mixed

WORDS = ["Uploading", "Uploaded", "UploadFailure", "AcceptedCanceled", "Idle"]


@st.composite
def streams(draw):
    """What is on the topics: requests, their outcomes, words and files; each topic in the order of its times."""
    requests, outcomes, words, files = [], [], [], []
    for number in range(draw(st.integers(1, 3))):
        name, seconds = f"c{number}", number * 100 + draw(st.integers(0, 50))
        requests.append(asked(name, seconds=seconds))
        outcome = draw(st.sampled_from(["accepted", "accepted", "rejected", "timed_out"]))
        outcomes.append(settled(name, outcome, seconds=seconds + 5))
        for status in draw(st.lists(st.sampled_from(WORDS), max_size=3)):
            of = draw(st.sampled_from([name, name, None, "nobody"]))
            words.append(word(status, seconds=seconds + draw(st.integers(6, 60)), of=of))
        if draw(st.booleans()):
            files.append(stored(name, seconds=seconds + draw(st.integers(6, 60))))
    by_time = sorted(words, key=lambda one: one.received_at)
    return requests, outcomes, by_time, sorted(files, key=lambda one: one.stored_at)


@settings(deadline=None, max_examples=examples(200))
@given(st.data(), streams())
def test_a_log_is_the_same_in_whatever_order_the_topics_are_read(data, topics):
    in_order = Station(*(record for topic in topics for record in topic))

    wild = Station(*mixed(data.draw, topics))

    assert comparable(wild.state) == comparable(in_order.state)
    assert {name: (log.status, log.place) for name, log in wild.logs.items()} == {
        name: (log.status, log.place) for name, log in in_order.logs.items()
    }


@settings(deadline=None, max_examples=examples(100))
@given(st.data(), streams())
def test_what_is_read_again_changes_nothing_and_is_published_once(data, topics):
    station = Station(*mixed(data.draw, topics))
    state, published = station.state, len(station.said)

    station.reads(*(record for topic in topics for record in topic))

    assert station.state == state
    assert len(station.said) == published
