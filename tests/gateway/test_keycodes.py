"""Key codes: a PIN is not kept in the OCPP log."""

import json

import pytest

from gateway.keycodes import mask_key_codes
from schemas.secrets import MASK

PIN = '[2,"m1","Authorize",{"idToken":{"idToken":"1234","additionalInfo":[{"additionalIdToken":"9\\"8","type":"x"}],"type":"KeyCode"}}]'


@pytest.mark.usecase("C04", "C04.FR.04")
@pytest.mark.parametrize("text", [PIN, PIN.replace(":", " : "), PIN.replace("KeyCode", "keycode")])
def test_a_key_code_is_masked_in_whatever_order_and_case(text: str) -> None:
    token = json.loads(mask_key_codes(text))[3]["idToken"]

    assert token["idToken"] == token["additionalInfo"][0]["additionalIdToken"] == MASK
    assert "1234" not in mask_key_codes(text)


def test_other_tokens_stay_as_they_are() -> None:
    card = PIN.replace("KeyCode", "ISO14443")

    assert mask_key_codes(card) == card
