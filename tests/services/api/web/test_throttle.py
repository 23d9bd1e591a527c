"""Guessing is slow for those who guess, and for nobody else; what is remembered of them is bounded."""

from services.api.web.throttle import Throttle


def test_an_address_waits_after_its_failures_and_no_other_does() -> None:
    throttle = Throttle(failures=3)
    for _ in range(3):
        throttle.failed("evil", 100.0)

    assert throttle.wait_s("evil", 110.5) == 50
    assert throttle.wait_s("good", 110.5) == 0
    assert throttle.wait_s("evil", 160.0) == 0


def test_a_success_forgives() -> None:
    throttle = Throttle(failures=2)
    throttle.failed("a", 0)
    throttle.succeeded("a")
    throttle.failed("a", 1)

    assert throttle.wait_s("a", 1) == 0


def test_many_addresses_that_guess_together_wait_together() -> None:
    throttle = Throttle(failures=2)
    throttle.succeeded("operator")
    for number in range(20):
        throttle.failed(f"bot-{number}", 0)

    assert throttle.wait_s("bot-21", 30) == 30
    assert throttle.wait_s("operator", 30) == 0
    assert throttle.wait_s("bot-21", 60) == 0


def test_a_window_that_is_over_counts_no_more() -> None:
    throttle = Throttle(failures=2)
    throttle.failed("a", 0)
    throttle.failed("a", 61)

    assert throttle.wait_s("a", 62) == 0


def test_no_more_addresses_are_remembered_than_may_be() -> None:
    throttle = Throttle(failures=1, addresses=2)
    for name in ("a", "b", "c"):
        throttle.failed(name, 0)

    assert throttle.wait_s("a", 1) == 0
    assert throttle.wait_s("c", 1) == 59
