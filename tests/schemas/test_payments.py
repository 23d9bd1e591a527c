"""A payment is known by its station and its reference, in any case."""

from schemas.payments import DEBT, ENDED, payment_of


def test_a_reference_is_compared_without_case_and_belongs_to_its_station() -> None:
    assert payment_of("CS", "Psp-1") == payment_of("CS", "PSP-1")
    assert len({payment_of("CS", "psp-1"), payment_of("CS", "psp-2"), payment_of("CS2", "psp-1")}) == 3


def test_what_is_owed_has_not_ended() -> None:
    assert not DEBT & ENDED
