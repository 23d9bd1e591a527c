"""Liveness: silence is death, but for those that are known to be silent."""

from gateway.liveness import Liveness, Verdict

SILENCE_S = 900.0
ROUND_S = 45.0
TIMEOUT_S = 20.0


class Looks:
    """Rounds of a ping, and a look some time later."""

    def __init__(self, *rules: str) -> None:
        self.rules = frozenset(rules)
        self.liveness = Liveness(SILENCE_S)
        self.now = 1_000.0
        self.silent = False

    def round(self, *, heard: bool) -> Verdict:
        assert self.liveness.look(self.now, silent=self.silent, rules=self.rules) is Verdict.PING
        self.silent = not heard
        verdict = self.liveness.look(self.now + TIMEOUT_S, silent=self.silent, rules=self.rules)
        self.now += ROUND_S
        return verdict

    def silent_for(self, seconds: float) -> Verdict:
        verdicts = [self.round(heard=False) for _ in range(int(seconds / ROUND_S))]
        return verdicts[-1]


def test_a_station_that_is_heard_after_the_ping_lives() -> None:
    assert Looks().round(heard=True) is Verdict.ALIVE


def test_a_station_that_is_silent_after_the_ping_is_dead() -> None:
    assert Looks().round(heard=False) is Verdict.DEAD


def test_a_station_known_to_answer_no_ping_is_dead_after_a_long_silence_only() -> None:
    assert Looks("no-pong").silent_for(SILENCE_S - ROUND_S) is Verdict.SILENT
    assert Looks("no-pong").silent_for(SILENCE_S + ROUND_S) is Verdict.DEAD


def test_anything_heard_begins_the_silence_anew() -> None:
    looks = Looks("no-pong")
    looks.silent_for(SILENCE_S - ROUND_S)
    looks.round(heard=True)

    assert looks.silent_for(SILENCE_S - ROUND_S) is Verdict.SILENT


def test_what_is_heard_between_two_pings_counts_too() -> None:
    looks = Looks("no-pong")
    looks.silent_for(SILENCE_S - ROUND_S)
    looks.silent = False  # a message came before the next ping

    assert looks.silent_for(SILENCE_S - ROUND_S) is Verdict.SILENT


def test_a_station_that_answers_no_ping_and_sends_no_heartbeat_is_never_dead_for_its_silence() -> None:
    assert Looks("no-pong", "no-heartbeat").silent_for(30 * SILENCE_S) is Verdict.SILENT


def test_a_station_that_only_sends_no_heartbeat_still_answers_pings() -> None:
    assert Looks("no-heartbeat").round(heard=False) is Verdict.DEAD
