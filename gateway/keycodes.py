"""Key codes: a PIN that a driver enters as a token is not kept in the OCPP log (2.x part 2, C04.FR.04). PURE."""

import re

from schemas.secrets import MASK

_ID = re.compile(r'("(?:idToken|additionalIdToken)"\s*:\s*")(?:[^"\\]|\\.)*(")')


def mask_key_codes(text: str) -> str:
    """The text of a frame without its tokens, where it names the type KeyCode in any case; else as it is."""
    if "keycode" not in text.casefold():
        return text
    return _ID.sub(rf"\g<1>{MASK}\g<2>", text)
