"""Outages: unless somebody knows better, some of what was to be sent may have arrived."""

from services.runtime.process.outage import Outage, Unusable


def test_an_outage_says_which_neighbour_is_away_and_whether_anything_may_have_left() -> None:
    assert str(Outage("Kafka does not answer")) == "Kafka does not answer"
    assert Outage("Kafka does not answer").may_have_left
    assert not Outage("the queue is full", may_have_left=False).may_have_left


def test_surroundings_that_cannot_be_used_are_no_outage_which_would_be_waited_out() -> None:
    assert not isinstance(Unusable("set VOLTBUS_API_KEY"), Outage)
