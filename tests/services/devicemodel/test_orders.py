"""Any order between topics, any repetition: what is known of a station must not depend on how its records arrive."""

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from services.devicemodel.core import comparable
from tests.services.devicemodel.records import (
    Station,
    inventory,
    keys_16,
    part,
    reads_all,
    reported,
    results,
    settled,
    writes,
)
from tests.services.readingorders import mixed

UNTIMED = settings(deadline=None)
SECONDS = st.integers(1, 1000)
KEYS = st.sampled_from(["C.A", "C.B", "D.A"])
VALUES = st.sampled_from(["1", "2", None])


@st.composite
def streams(draw):
    """What is on the topics: requests, their outcomes, and parts of reports; each topic in the order of its times."""
    requests, outcomes, parts = [], [], []
    for n in range(draw(st.integers(0, 2))):
        start = draw(SECONDS)
        requests.append(inventory(f"i{n}", seconds=start))
        count = draw(st.integers(1, 3))
        for seq_no in range(count):
            named = draw(st.lists(KEYS, max_size=2))
            variables = [reported(key, draw(VALUES)) for key in named]
            last = seq_no == count - 1
            parts.append(part(*variables, of=f"i{n}", seq_no=seq_no, last=last, seconds=start + 1 + seq_no))
    for n in range(draw(st.integers(0, 2))):
        start, key, value = draw(SECONDS), draw(KEYS), draw(st.sampled_from(["3", "4"]))
        requests.append(writes((key, value), command_id=f"w{n}", seconds=start))
        status = draw(st.sampled_from(["Accepted", "Accepted", "Rejected"]))
        answer = results("setVariableResult", (key, status, None))
        outcomes.append(settled(answer, command_id=f"w{n}", seconds=start + draw(st.integers(1, 9))))
    for n in range(draw(st.integers(0, 2))):
        answer = results("getVariableResult", (draw(KEYS), "Accepted", draw(st.sampled_from(["5", "6"]))))
        outcomes.append(settled(answer, "GetConfiguration", command_id=f"g{n}", seconds=draw(SECONDS)))
    for n in range(draw(st.integers(0, 1))):
        start = draw(SECONDS)
        requests.append(reads_all(f"a{n}", seconds=start))
        answer = keys_16((draw(st.sampled_from(["X", "Y"])), "7"))
        outcomes.append(settled(answer, "GetConfiguration", command_id=f"a{n}", seconds=start + 1))
    return (
        sorted(requests, key=lambda record: record.requested_at),
        sorted(outcomes, key=lambda record: record.settled_at),
        sorted(parts, key=lambda record: record.received_at),
    )


def essence(station):
    """What is promised to be the same: everything but how often, and when, it was said."""
    return {
        key: replace(one, id="", revision=0, changed_at=None) for key, one in station.variables.items()
    }, station.state.limits


@UNTIMED
@given(st.data(), streams())
def test_what_is_known_is_the_same_in_whatever_order_answers_and_reports_are_read_once_their_requests_are(data, topics):
    requests, *others = topics
    in_order = Station(*requests, *(record for topic in others for record in topic))

    wild = Station(*requests, *mixed(data.draw, others))

    assert essence(wild) == essence(in_order)
    assert comparable(wild.state) == comparable(in_order.state)
