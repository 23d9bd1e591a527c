"""Filling: what a form was filled in with is there again when it is opened to change it."""

import pytest

from services.api.commands.bodies import EXAMPLES
from services.api.commands.filling import filled, fits_form
from services.api.commands.forms import BY_COMMAND, FORMS, ROWS, Form, arguments
from services.api.commands.parsing import canonical


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.command)
def test_the_example_of_every_command_comes_back_from_its_form(form: Form) -> None:
    given = EXAMPLES[form.command]

    assert fits_form(form, given), filled(form, given)
    again = canonical(form.command, arguments(form, filled(form, given)))
    assert again == canonical(form.command, given)


def test_nested_members_have_the_names_of_their_fields() -> None:
    schedule = {"unit": "A", "periods": [{"limit": "16"}, {"start_s": 60, "limit": "8"}]}
    given = {"evse": 0, "profile": {"purpose": "TxDefaultProfile", "kind": "Relative", "schedules": [schedule]}}

    texts = filled(BY_COMMAND["SetChargingProfile"], given)

    assert texts["evse"] == "0"
    assert texts["profile_schedules_0_periods_1_start_s"] == "60"
    assert texts["profile_kind"] == "Relative"
    assert fits_form(BY_COMMAND["SetChargingProfile"], given)


def test_more_items_than_the_form_has_rows_do_not_fit() -> None:
    def settings(count: int) -> dict[str, object]:
        return {"settings": [{"key": f"Key{number}", "value": str(number)} for number in range(count)]}

    form = BY_COMMAND["SetConfiguration"]

    assert fits_form(form, settings(ROWS))
    assert not fits_form(form, settings(ROWS + 1))
