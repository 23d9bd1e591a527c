"""What of a variable fits a filter, and what is told to whoever follows events."""

import pytest

from services.api.devicemodel.live import LIVE
from services.api.devicemodel.rows import VariableFilter
from services.api.live.hub import Hub
from services.api.live.matching import fits
from services.api.live.memory import CommandMemory
from services.api.live.teller import Teller
from tests.services.api.builders import STATION, a_variable


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ({}, True),
        ({"station": STATION, "component": "ocppcommctrlr", "variable": "HEARTBEATINTERVAL"}, True),
        ({"search": "beat"}, True),
        ({"search": "300"}, True),
        ({"station": "OTHER"}, False),
        ({"component": "SecurityCtrlr"}, False),
        ({"variable": "Heartbeat"}, False),
        ({"search": "301"}, False),
    ],
)
def test_a_variable_fits_a_filter(where: dict[str, str], found: bool) -> None:
    assert fits(a_variable(), VariableFilter(**where), LIVE.rules) == found


def test_one_that_is_no_more_is_listed_only_where_it_is_asked_for() -> None:
    gone = a_variable(removed=True)

    assert not fits(gone, VariableFilter(), LIVE.rules)
    assert fits(gone, VariableFilter(removed=None), LIVE.rules)


def test_a_change_is_an_event_with_the_variable_as_it_is() -> None:
    hub = Hub(clients_limit=1, queue_limit=10)
    followed = hub.subscribe(None, frozenset({"variable"}))
    assert followed is not None

    Teller(CommandMemory(recent_limit=1, waiting_limit=1), hub).heard(a_variable())

    told = followed.drain().decode()
    assert "event: variable\n" in told
    assert '"value":"300"' in told
