"""Numbers of messages, and what asks for all of them."""

from schemas.displays import MESSAGE_ID_MOST, GetDisplayMessages, message_id_of


def test_a_number_follows_from_the_command_and_fits_into_31_bits() -> None:
    numbers = {message_id_of(f"command-{n}") for n in range(1000)}

    assert len(numbers) == 1000
    assert all(0 < number <= MESSAGE_ID_MOST for number in numbers)
    assert message_id_of("command-1") in numbers


def test_a_request_without_conditions_asks_for_all() -> None:
    assert GetDisplayMessages().all
    assert not GetDisplayMessages(message_ids=(0,)).all
    assert not GetDisplayMessages(state="Idle").all
