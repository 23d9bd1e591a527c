"""OpenADR on the wire: durations, and objects with members that are not known here."""

import datetime as dt

import msgspec
import pytest

from services.demandresponse.openadrwire import FOREVER, Unreadable, VtnEvent, duration_of
from tests.services.demandresponse.vtn import an_event


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("PT15M", 900), ("PT1H30M", 5_400), ("P1D", 86_400), ("P2W", 1_209_600), ("PT0S", 0), ("PT0.5S", 0.5)],
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert duration_of(text) == dt.timedelta(seconds=seconds)


def test_without_end_is_a_long_time() -> None:
    assert duration_of("P9999Y") == FOREVER


@pytest.mark.parametrize("text", ["", "P", "PT", "15M", "PT15", "-PT15M", "P1H"])
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(Unreadable):
        duration_of(text)


def test_members_that_are_not_known_here_are_left_alone() -> None:
    event = msgspec.convert(an_event(colour="red", priority=None), VtnEvent, strict=False)

    assert (event.id, event.program_id, event.priority, event.targets) == ("evt-1", "prog-1", None, ("berlin-1",))
