"""Outcomes: what each kind of outcome leaves of what is known of a station's tariffs."""

import pytest
from msgspec.structs import replace

from schemas.states.stationtariffs import Sending
from services.stationtariffs.answers import settled
from services.stationtariffs.core import initial
from tests.services.moments import at
from tests.services.stationtariffs.stations import STATION, read
from tests.services.stationtariffs.stations import settled as outcome

SETTING = replace(
    initial(STATION),
    evses=(1, 2),
    installed=(),
    verified=True,
    sending=Sending(command_id="c1", what="set", tariff_ids=("a",), evse=0, until=at(300)),
)


def test_an_accepted_tariff_is_taken_for_installed_but_not_for_verified() -> None:
    after = settled(SETTING, outcome("c1", seconds=2, command="SetDefaultTariff"))

    assert after.installed is not None
    assert ([one.tariff_id for one in after.installed], after.verified, after.sending) == (["a"], False, None)


@pytest.mark.parametrize("word", ["timed_out", "disconnected", "expired", "cancelled"])
def test_without_an_answer_nobody_knows_what_the_station_has(word) -> None:
    after = settled(SETTING, outcome("c1", seconds=2, command="SetDefaultTariff", outcome=word))

    assert (after.installed, after.failures, after.stopped) == (None, 0, "")
    assert after.not_before is not None


def test_a_refusal_counts_and_has_the_stations_word() -> None:
    after = settled(SETTING, outcome("c1", seconds=2, command="SetDefaultTariff", outcome="rejected", detail="No"))

    assert (after.failures, after.why, after.installed) == (1, "The station answered No.", None)


def test_commands_about_other_things_say_nothing() -> None:
    assert settled(SETTING, outcome("x", seconds=2, command="Reset")) is SETTING
    assert settled(SETTING, outcome("x", seconds=2, command="RawCall")) is SETTING


def test_an_older_answer_of_somebody_else_does_not_replace_a_newer_one() -> None:
    known = replace(initial(STATION), installed=(), verified=True, read_at=at(100))

    after = settled(known, outcome("g", seconds=50, **read({1: "old"})))

    assert after.installed == ()
    assert settled(after, outcome("g", seconds=150, **read({1: "new"}))).installed == ()
    assert settled(after, outcome("h", seconds=150, **read({1: "new"}))).installed != ()
