"""The wiring of `transactions`: the settings are the policy."""

import datetime as dt

from services.transactions.app import service
from services.transactions.settings import TransactionsSettings
from tests.services.transactions.records import connected, disconnected, started


def test_a_session_is_presumed_over_after_the_silence_that_is_set() -> None:
    moments = []
    for silent_limit_s in (3_600, 7_200):
        built = service(TransactionsSettings(silent_limit_s=silent_limit_s))
        state = built.initial("S1")
        for record in (connected(-1, epoch=1), started(), disconnected(10, epoch=1)):
            state, _ = built.step(state, record)
        moments.append(built.due(state))

    first, second = moments
    assert first is not None
    assert second is not None
    assert second - first == dt.timedelta(hours=1)
