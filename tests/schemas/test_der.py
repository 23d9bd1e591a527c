"""Commands of DER control: ids that follow from them, and what asks for all controls."""

from schemas.der import GetDERControl, control_id_of


def test_an_id_follows_from_the_command_and_fits() -> None:
    numbers = {control_id_of(f"command-{n}") for n in range(100)}

    assert len(numbers) == 100
    assert all(0 < len(number) <= 36 for number in numbers)
    assert control_id_of("command-1") in numbers


def test_a_request_without_conditions_asks_for_all() -> None:
    assert GetDERControl().all
    assert not GetDERControl(is_default=False).all
    assert not GetDERControl(control_type="VoltVar").all
