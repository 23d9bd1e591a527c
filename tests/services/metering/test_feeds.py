"""Feeds decode the topics they read."""

from msgspec.structs import replace

from schemas.transactions import SESSIONS
from services.metering.feeds import DEAD_LETTERS, STATES


def test_a_feed_has_a_decoder_for_each_of_its_topics() -> None:
    assert set(replace(STATES, topics=(SESSIONS,)).decoders()) == {SESSIONS.name}


def test_the_feed_of_dead_letters_reads_those_of_every_topic() -> None:
    assert {"csms.dead.sessions", "csms.dead.stations"} <= set(DEAD_LETTERS.decoders())
    assert not any("<" in name for name in DEAD_LETTERS.decoders())
