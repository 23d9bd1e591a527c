"""Epochs across gateways whose clocks differ."""

from gateway.epochs import Epochs

MINUTE_US = 60_000_000


def test_epochs_follow_the_clock_and_never_repeat() -> None:
    epochs = Epochs()

    assert [epochs.following(now) for now in (100, 100, 90, 200)] == [100, 101, 102, 200]


def test_an_epoch_comes_after_every_one_that_was_heard_of() -> None:
    epochs = Epochs()
    epochs.heard(2 * MINUTE_US, now_us=100)

    assert epochs.following(100) > 2 * MINUTE_US


def test_a_clock_that_is_behind_keeps_up_with_the_one_it_heard_of() -> None:
    ahead, behind = Epochs(), Epochs()
    behind.heard(ahead.following(5 * MINUTE_US), now_us=0)

    for now in (1_000_000, 2 * MINUTE_US, 60 * MINUTE_US):
        held = ahead.following(now + 5 * MINUTE_US)
        assert behind.following(now + 1) > held


def test_one_that_is_older_than_the_clock_changes_nothing() -> None:
    epochs = Epochs()
    epochs.heard(50, now_us=100)

    assert epochs.following(100) == 100


def test_gateways_that_hear_of_each_other_do_not_drive_each_other_on() -> None:
    one, other = Epochs(), Epochs()
    for now in range(0, 1_000_000, 1_000):
        one.heard(other.following(now + 500), now_us=now + 10)
        other.heard(one.following(now + 20), now_us=now + 20 + 500)

    assert one.following(1_000_000) <= 1_000_000 + 2 * 500
