"""Fuzz, the short form: 2,000 mutated messages; `python -m tests.gateway.fuzz --messages 100000` is the long one."""

from tests.gateway.fuzz import Fuzz


def test_no_mutated_message_raises_and_each_is_answered_or_counted() -> None:
    fuzz = Fuzz(seed=20261129)

    fuzz.run(2_000)

    assert sum(count for what, count in fuzz.tally.items() if not what.startswith(("answered", "record"))) == 2_000
    assert {"call ok", "call refused", "malformed malformed"} <= set(fuzz.tally)
    assert {"unknown-member", "word-unknown", "sample-set-apart", "missing-member"} <= set(fuzz.rules)


def test_the_same_seed_gives_the_same_messages() -> None:
    one, other = Fuzz(seed=7), Fuzz(seed=7)

    assert [one.message() for _ in range(50)] == [other.message() for _ in range(50)]
