"""Names that differ in case and separators only are the same."""

from schemas.wire.spellings import alike, repeats


def test_a_name_is_found_whatever_its_case_and_separators() -> None:
    assert alike("connector_ID", ["evseId", "connectorId"]) == "connectorId"
    assert alike("connector", ["connectorId"]) is None
    assert alike("--", ["connectorId"]) is None


def test_the_name_of_an_earlier_value_is_recognised() -> None:
    assert repeats("idTag#1", ["idTag"])
    assert not repeats("idTag#x", ["idTag"])
    assert not repeats("other#1", ["idTag"])
