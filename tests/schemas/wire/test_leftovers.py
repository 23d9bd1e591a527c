"""Members of a payload that its record does not carry."""

from schemas.wire.leftovers import leftovers, uncarried

CARRIED = frozenset({"idTag", "meterValue.timestamp"})


def test_members_that_are_not_carried_are_left_over_by_their_path() -> None:
    payload = {"idTag": "A", "x": 1, "meterValue": [{"timestamp": "t"}, {"timestamp": "t", "y": 2}]}

    assert leftovers(payload, CARRIED) == {"x": 1, "meterValue[1].y": 2}


def test_a_value_in_the_place_of_an_object_is_left_over() -> None:
    assert leftovers({"meterValue": "none"}, CARRIED) == {"meterValue": "none"}


def test_the_names_of_members_that_a_record_does_not_carry_follow_from_the_schema() -> None:
    names = uncarried("1.6", "StartTransaction", frozenset({"connectorId", "idTag", "meterStart", "timestamp"}))

    assert names == (b'"reservationId"',)
