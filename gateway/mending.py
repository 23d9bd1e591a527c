"""Mending: repairs text that is invalid JSON only because of characters that carry no meaning. PURE.

Control characters in strings become escapes (a token with a NUL at its end keeps it), lone halves of surrogate pairs become U+FFFD,
NaN and Infinity become null, and anything around the message (a byte order mark, NULs, white space) is removed.
"""

import re
from collections.abc import Callable

# Every pattern matches in linear time: a string ends at its quote or with the text, so no part of it is scanned twice.
_STRING = r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)'
_STRINGS = re.compile(_STRING, re.DOTALL)
_NO_NUMBER = re.compile(rf"(?P<string>{_STRING})|-?Infinity|NaN", re.DOTALL)
_ESCAPE = re.compile(r"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}|\\.")
_HALVES = re.compile(r"\\u[dD][89a-fA-F]")
_CONTROL = re.compile(r"[\x00-\x1f]")
AROUND = "\ufeff\x00 \t\r\n"
_HALF = 6
"""The length of one escaped half of a surrogate pair: `\\ud800`."""


def mend(text: str) -> tuple[str, str]:
    """The mended text, and the rule that was broken (`padding`, `control-characters`, `lone-surrogate`, `no-number`), or "".

    Where several rules were broken, the last of these.
    """
    whole = text.strip(AROUND)
    how = "padding" if whole.strip() != text.strip() else ""
    # A WebSocket text cannot contain lone surrogates; other callers' texts may: they are replaced as well.
    sound = whole.encode("utf-8", "replace").decode()
    how = "lone-surrogate" if sound != whole else how
    for rule, has_it, mend_text in _STEPS:
        if has_it(sound):
            better = mend_text(sound)
            how = rule if better != sound else how
            sound = better
    return sound, how


def _escape_controls(text: str) -> str:
    return _STRINGS.sub(lambda string: _CONTROL.sub(_escape_of, string[0]), text)


def _escape_of(control: re.Match[str]) -> str:
    return f"\\u{ord(control[0]):04x}"


def _replace_lone_surrogates(text: str) -> str:
    return _STRINGS.sub(lambda string: _ESCAPE.sub(_replacement_of, string[0]), text)


def _replacement_of(escape: re.Match[str]) -> str:
    return "\\ufffd" if len(escape[0]) == _HALF else escape[0]


def _replace_non_numbers(text: str) -> str:
    return _NO_NUMBER.sub(lambda token: token[0] if token["string"] else "null", text)


_STEPS: tuple[tuple[str, Callable[[str], bool], Callable[[str], str]], ...] = (
    ("control-characters", lambda text: _CONTROL.search(text) is not None, _escape_controls),
    ("lone-surrogate", lambda text: _HALVES.search(text) is not None, _replace_lone_surrogates),
    ("no-number", lambda text: "NaN" in text or "Infinity" in text, _replace_non_numbers),
)
"""The steps in order: the rule, a quick test whether the text may break it, and the function that mends it."""
