"""Firsts: records of the first inputs that were published before others are applied before them."""

from types import SimpleNamespace

from services.runtime.loop.inbox import Fetched
from services.runtime.loop.inputorder import TRUSTED_S, InputOrder

REF, ASKED = "csms.ref.tokens", "csms.authorizations"


class Kafka:
    """How far the first topic reaches, and what is fetched."""

    def __init__(self, *, read_from: int = 0, end: int = 0) -> None:
        self.read_from, self.end, self.alone = read_from, end, frozenset[str]()
        self.asked = 0

    async def starts(self, topics):
        return {(topic, 0): self.read_from for topic in topics}

    async def ends(self, places):
        self.asked += 1
        return dict.fromkeys(places, self.end)

    def fetch_only(self, topics):
        self.alone = frozenset(topics)


async def begun(kafka, *topics):
    firsts = InputOrder(topics or (REF,), kafka, kafka, name="authorization")
    await firsts.begin()
    return firsts


def fetched(**offsets):
    names = {"ref": REF, "asked": ASKED}
    return Fetched({(names[name], 0): [SimpleNamespace(offset=offset)] for name, offset in offsets.items()})


def told(released):
    return [(topic, records[0].offset) for each in released for (topic, _), records in each.records.items()]


async def test_records_wait_until_the_first_input_is_read_to_where_it_ended_when_they_came():
    kafka = Kafka(end=2)
    firsts = await begun(kafka)

    assert told(await firsts.next_to_apply(fetched(asked=7))) == []
    assert (firsts.is_holding_back, kafka.alone) == (True, {REF})
    assert told(await firsts.next_to_apply(fetched(ref=0))) == [(REF, 0)]
    assert told(await firsts.next_to_apply(fetched(ref=1))) == [(REF, 1), (ASKED, 7)]
    assert (firsts.is_holding_back, kafka.alone) == (False, set())


async def test_of_one_fetch_the_first_input_is_applied_first():
    firsts = await begun(Kafka(end=1))

    assert told(await firsts.next_to_apply(fetched(asked=7, ref=0))) == [(REF, 0), (ASKED, 7)]


async def test_what_was_held_keeps_its_order():
    kafka = Kafka(end=1)
    firsts = await begun(kafka)

    await firsts.next_to_apply(fetched(asked=7))
    await firsts.next_to_apply(fetched(asked=8))
    assert told(await firsts.next_to_apply(fetched(ref=0))) == [(REF, 0), (ASKED, 7), (ASKED, 8)]


async def test_what_was_read_before_a_restart_is_not_waited_for():
    firsts = await begun(Kafka(read_from=5, end=5))

    assert told(await firsts.next_to_apply(fetched(asked=7))) == [(ASKED, 7)]


async def test_a_rebalance_drops_what_is_held_and_reads_again_from_where_the_group_stands():
    kafka = Kafka(end=2)
    firsts = await begun(kafka)
    await firsts.next_to_apply(fetched(asked=7))
    firsts.forget()
    assert (firsts.is_holding_back, kafka.alone) == (False, set())

    kafka.read_from = 2
    await firsts.begin()
    assert told(await firsts.next_to_apply(fetched(asked=9))) == [(ASKED, 9)]


async def test_a_quiet_moment_looks_again():
    kafka = Kafka(end=2)
    firsts = await begun(kafka)
    await firsts.next_to_apply(fetched(asked=7))
    kafka.end = 0

    assert told(await firsts.next_to_apply(None)) == [(ASKED, 7)]
    assert await firsts.next_to_apply(None) == []


async def test_a_service_without_such_inputs_asks_nothing():
    kafka = Kafka(end=2)
    firsts = InputOrder((), kafka, kafka, name="billing")
    await firsts.begin()

    assert told(await firsts.next_to_apply(fetched(asked=7))) == [(ASKED, 7)]
    assert kafka.asked == 0


async def test_a_first_input_that_was_just_read_to_its_end_is_not_asked_for_with_every_fetch(monkeypatch):
    now = [100.0]
    monkeypatch.setattr("services.runtime.loop.inputorder.time.monotonic", lambda: now[0])
    kafka = Kafka()
    firsts = await begun(kafka)

    await firsts.next_to_apply(fetched(asked=7))
    await firsts.next_to_apply(fetched(asked=8))
    asked_at_once = kafka.asked
    now[0] += TRUSTED_S
    kafka.end = 1

    assert told(await firsts.next_to_apply(fetched(asked=9))) == []
    assert (asked_at_once, kafka.asked) == (1, 2)


async def test_after_a_rebalance_no_first_input_is_taken_for_read():
    kafka = Kafka()
    firsts = await begun(kafka)
    await firsts.next_to_apply(fetched(asked=7))
    kafka.end = 1

    await firsts.begin()

    assert told(await firsts.next_to_apply(fetched(asked=8))) == []
