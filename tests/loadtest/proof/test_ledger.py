"""The ledger compared with the sessions that the CSMS shows."""

from decimal import Decimal

import msgspec
import pytest

from loadtest.proof.ledger import Found, differences
from tests.loadtest.proof.entries import entry, found


def test_a_session_that_is_there_once_with_its_energy_makes_no_difference():
    assert differences([entry()], [found()]) == []


@pytest.mark.parametrize(
    ("sessions", "kind"),
    [
        ([], "missing"),
        ([found(), found(session="s2")], "duplicate"),
        ([found(energy_wh=Decimal("160.9"))], "energy"),
        ([found(energy_wh=None)], "energy"),
        ([found(status="active")], "not ended"),
    ],
)
def test_each_way_to_differ_is_told(sessions, kind):
    assert [difference.kind for difference in differences([entry()], sessions)] == [kind]


def test_a_session_that_no_station_had_is_told():
    assert [d.kind for d in differences([entry()], [found(), found(transaction_id="2", session="s2")])] == ["unknown"]


def test_an_unacknowledged_start_may_or_may_not_have_made_a_session():
    unsure = entry(transaction_id="", state="unsure", meter_stop_wh=None)

    assert differences([unsure], []) == []
    assert differences([unsure], [found()]) == []


def test_an_open_session_must_exist_and_its_energy_is_not_compared():
    still_open = entry(state="open", meter_stop_wh=None)

    assert differences([still_open], [found(status="active", energy_wh=Decimal(3))]) == []
    assert [difference.kind for difference in differences([still_open], [])] == ["missing"]


def test_energy_comes_from_the_api_as_text_or_number():
    for energy in ("161", "161.0", 161):
        told = msgspec.json.encode(msgspec.to_builtins(found()) | {"energy_wh": energy})

        assert differences([entry()], [msgspec.json.decode(told, type=Found)]) == []
