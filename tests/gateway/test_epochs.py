"""Epochs across gateways whose clocks differ."""

from gateway.epochs import Epochs

MINUTE_US = 60_000_000


def test_epochs_follow_the_clock_and_never_repeat() -> None:
    epochs = Epochs()

    assert [epochs.next_epoch(now) for now in (100, 100, 90, 200)] == [100, 101, 102, 200]


def test_an_epoch_comes_after_every_one_that_was_heard_of() -> None:
    epochs = Epochs()
    epochs.observe(2 * MINUTE_US)

    assert [epochs.next_epoch(now) for now in (100, 200)] == [2 * MINUTE_US + 1, 2 * MINUTE_US + 2]


def test_a_connection_beaten_by_a_faster_clock_is_followed_by_one_that_wins() -> None:
    ahead, behind = Epochs(), Epochs()
    held = ahead.next_epoch(5 * MINUTE_US)
    beaten = behind.next_epoch(1)
    behind.observe(held)

    assert beaten < held < behind.next_epoch(2)


def test_clocks_count_again_once_they_have_passed_what_a_wrong_one_gave() -> None:
    epochs = Epochs()
    epochs.observe(2 * MINUTE_US)

    assert epochs.next_epoch(3 * MINUTE_US) == 3 * MINUTE_US


def test_one_that_is_older_than_the_clock_changes_nothing() -> None:
    epochs = Epochs()
    epochs.observe(50)

    assert epochs.next_epoch(100) == 100
