"""Posting: every form of a page is finished here, before the page leaves. PURE.

Whoever may not send a form does not see it: the policy of the page that takes the form decides, as it does at the entrance. What is left
gets the token of the login. Templates therefore name neither permissions nor tokens, and none of them can forget to.
"""

import re
from collections.abc import Iterable
from html import escape, unescape

from services.api.noun import ApiNoun
from services.api.web.entrance import name_of
from services.api.web.formtokens import FIELD
from services.api.web.policy import Need, Principal, refusal

_FORM = re.compile(r"(<form\b[^>]*>)(.*?)</form>", re.DOTALL)
_BUTTON = re.compile(r"<button\b[^>]*\bformaction=\"([^\"]*)\"[^>]*>.*?</button>", re.DOTALL)
_ACTION = re.compile(r"\baction=\"([^\"]*)\"")
_POST = re.compile(r"\bmethod=\"post\"", re.IGNORECASE)

_WITHHELD = "<!--withheld-->"
_FRAME = re.compile(
    r"<(details|section|div)\b[^>]*\bclass=\"card\b[^>]*>(?:(?!<(?:details|section|div)\b).)*?</\1>"
    r"|<details\b[^>]*>(?:(?!<details\b).)*?</details>",
    re.DOTALL,
)
_SHOWN = re.compile(r"<(?:form|table|dl|ul|ol|figure|pre|nav|button|img)\b")
"""What a frame still shows when its forms are gone; headings and explanations of a form alone are nothing."""


class UnknownAction(LookupError):
    """A form is sent to a path that no page of the console takes."""


class Posting:
    """Finishes the forms of pages of these nouns."""

    def __init__(self, nouns: Iterable[ApiNoun]) -> None:
        self._taken = [
            (_pattern(path), noun.policy.need(noun.tag, name_of(handler), "POST"))
            for noun in nouns
            for handler in noun.pages
            if "POST" in handler.http_methods
            for path in sorted(handler.paths)
        ]
        self._taken.sort(
            key=lambda taken: "[^/]" in taken[0].pattern
        )  # a path without parameters is meant as it stands

    def need(self, action: str) -> Need | None:
        """What a form that is sent to this address needs; None: a login. Raises UnknownAction."""
        path = action.partition("?")[0]
        if path == "/logout":
            return None
        for pattern, need in self._taken:
            if pattern.fullmatch(path):
                return need
        raise UnknownAction(f"a form is sent to {path!r}, and no page takes it: see `pages` in the noun's noun.py")

    def finished(self, html: str, principal: Principal | None, token: str) -> str:
        """The page without the forms that the principal may not send, the others with the token. Raises UnknownAction."""

        def may(action: str) -> bool:
            need = self.need(unescape(action))
            return need is None or (principal is not None and refusal(principal, need) is None)

        def button(found: re.Match[str]) -> str:
            return found[0] if may(found[1]) else ""

        def form(found: re.Match[str]) -> str:
            head, content = found[1], found[2]
            if not _POST.search(head):
                return found[0]
            action = _ACTION.search(head)
            if action is None or not may(action[1]):
                return _WITHHELD
            field = f'<input type="hidden" name="{FIELD}" value="{escape(token)}">' if token else ""
            return f"{head}{field}{_BUTTON.sub(button, content)}</form>"

        return _without_empty_frames(_FORM.sub(form, html))


def _without_empty_frames(html: str) -> str:
    """Without the cards and foldings that had nothing but forms, which were withheld."""

    def frame(found: re.Match[str]) -> str:
        empty = _WITHHELD in found[0] and not _SHOWN.search(found[0])
        return _WITHHELD if empty else found[0]

    before = ""
    while _WITHHELD in html and html != before:
        before, html = html, _FRAME.sub(frame, html)
    return html.replace(_WITHHELD, "")


def _pattern(path: str) -> re.Pattern[str]:
    """The addresses of a path with parameters, each a segment."""
    return re.compile(re.sub(r"\\\{[^}]*\\\}|\{[^}]*\}", "[^/]+", re.escape(path)))
