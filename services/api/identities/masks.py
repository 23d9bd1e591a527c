"""Masks: identities in requests are replaced by pseudonyms, and pseudonyms in answers by identities.

A request is masked as bytes, before any route reads it: its path, its query, and its body whatever its type (JSON, JSON lines, CSV, forms,
files in forms). So no route and no record needs a rule of its own.
"""

import csv
import html
import io
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import msgspec

from schemas.identities import DIGITS, KNOWN, SEALED, SEALED_TEXT
from schemas.identitymasks import CLEAR_TYPES, KINDS, Hide, hide_in, hide_text
from schemas.identityvault import Kind

NAMES: Mapping[str, Kind] = {**KINDS, "token": "token"}
"""Members of requests that are identities: those of OCPP, and what the API itself calls a token."""

TARGET = "token:"
"""The beginning of the target of a tariff that is assigned to a token."""

SEARCHES = frozenset({"text", "search"})
"""Parameters with words to search for: a word that is a person's is replaced."""

_ROW = re.compile(r"^.*_[0-9]+_")
"""The beginning of a form's field that is of a row: `entries_0_token`."""

_json = msgspec.json.Decoder(float_hook=lambda digits: msgspec.Raw(digits.encode()))


def kind_of(name: str) -> Kind | None:
    """Whether a parameter, a column or a field is an identity, by its name."""
    return NAMES.get(_ROW.sub("", name.rpartition(".")[2]).replace("_", "").lower())


# -- requests ---------------------------------------------------------------------------------------------------------


def hide_path(
    path: str, parameters: Mapping[str, Any], hide: Hide, known: Callable[[str], str | None]
) -> tuple[str, dict[str, Any]]:
    """A path and its parameters without identities. `known` gives the pseudonym of somebody who is kept, token or customer."""
    hidden = dict(parameters)
    for name, value in parameters.items():
        text = str(value).removeprefix("/")
        is_target = name == "name" and parameters.get("kind") == "token"
        if text and (name in ("token", "identity") or is_target):
            pseudonym = (known(text) if name == "identity" else None) or hide(text, "token")
            hidden[name] = f"{'/' if str(value) != text else ''}{pseudonym}"
            path = path.replace(f"/{text}", f"/{pseudonym}", 1)
    return path, hidden


def hide_query(query: bytes, hide: Hide, known: Callable[[str], str | None]) -> bytes:
    """A query without identities. `known` gives the pseudonym of somebody who is kept."""
    if not query:
        return query
    pairs = parse_qsl(query.decode(errors="replace"), keep_blank_values=True)
    hidden = [(name, _parameter(name, value, hide, known)) for name, value in pairs]
    return query if hidden == pairs else urlencode(hidden, quote_via=quote).encode()


def _parameter(name: str, value: str, hide: Hide, known: Callable[[str], str | None]) -> str:
    if name in SEARCHES:
        return " ".join(known(word) or word for word in value.split(" "))
    if name == "identity" and value.strip():
        return known(value) or hide(value, "token")
    kind = kind_of(name)
    return hide(value, kind) if kind and value.strip() else value


def hide_body(body: bytes, content_type: str, hide: Hide) -> bytes:
    """A body without identities. One that cannot be read is left to the route, which refuses it."""
    media_type = content_type.partition(";")[0].strip().lower()
    try:
        if media_type == "multipart/form-data":
            return _hide_parts(body, content_type, hide)
        masked = _BY_TYPE.get(media_type)
        return body if masked is None else masked(body, hide)
    except (msgspec.DecodeError, UnicodeError, RecursionError, csv.Error):
        return body


def _hide_lines(body: bytes, hide: Hide) -> bytes:
    return b"\n".join(_hide_json(line, hide) if line.strip() else line for line in body.split(b"\n"))


def _hide_json(body: bytes, hide: Hide) -> bytes:
    value = _json.decode(body)
    hidden = hide_in(value, hide, names=NAMES)
    return body if hidden == value else msgspec.json.encode(hidden)


def _hide_csv(body: bytes, hide: Hide) -> bytes:
    text = body.decode("utf-8-sig")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    rows = list(csv.reader(io.StringIO(text), delimiter=separator))
    kinds = [kind_of(column.strip()) for column in rows[0]] if rows else []
    if not any(kinds):
        return body
    written = io.StringIO()
    writer = csv.writer(written, delimiter=separator)
    for number, row in enumerate(rows):
        cells = [
            hide(cell, kind) if number and kind and cell.strip() else cell
            for cell, kind in zip(row, [*kinds, *[None] * len(row)], strict=False)
        ]
        writer.writerow(cells)
    return written.getvalue().encode()


def _hide_form(body: bytes, hide: Hide) -> bytes:
    pairs = parse_qsl(body.decode(), keep_blank_values=True)
    clear = any(name.endswith("token_type") and value in CLEAR_TYPES for name, value in pairs)
    of_token = ("kind", "token") in pairs
    hidden = [(name, value if clear else _field(name, value, hide, of_token=of_token)) for name, value in pairs]
    return body if hidden == pairs else urlencode(hidden, quote_via=quote).encode()


_BY_TYPE: Mapping[str, Callable[[bytes, Hide], bytes]] = {
    "application/json": _hide_json,
    "application/x-ndjson": _hide_lines,
    "text/csv": _hide_csv,
    "application/x-www-form-urlencoded": _hide_form,
}


def _field(name: str, value: str, hide: Hide, *, of_token: bool) -> str:
    """A field of a form. `of_token`: the form says that its `name` is that of a token."""
    if name == "target" and value.startswith(TARGET):
        return TARGET + hide(value.removeprefix(TARGET), "token")
    kind = "token" if of_token and name == "name" else kind_of(name)
    if kind:
        return hide(value, kind) if value.strip() else value
    return hide_text(value, hide) if value.lstrip()[:1] in ("{", "[") else value


def _hide_parts(body: bytes, content_type: str, hide: Hide) -> bytes:
    found = re.search(r'boundary="?([^";,]+)', content_type)
    if found is None:
        return body
    fence = b"--" + found[1].encode()
    parts = body.split(fence)
    return fence.join(_hide_part(part, hide) for part in parts)


def _hide_part(part: bytes, hide: Hide) -> bytes:
    head, blank, content = part.partition(b"\r\n\r\n")
    filename = re.search(rb'filename="([^"]*)"', head)
    if not blank or filename is None:
        return part
    end = b"\r\n" if content.endswith(b"\r\n") else b""
    whole = content[: len(content) - len(end)]
    types = {b"csv": "text/csv", b"json": "application/json", b"jsonl": "application/x-ndjson"}
    media_type = types.get(filename[1].rpartition(b".")[2].lower(), "")
    return head + blank + hide_body(whole, media_type, hide) + end


# -- answers ----------------------------------------------------------------------------------------------------------

Reveal = Callable[[str], str | None]

ESCAPES: Mapping[str, Callable[[str], str]] = {
    "text/html": html.escape,
    "text/csv": lambda text: text.replace('"', '""'),
    "text/plain": str,
}
_JSON_TYPES = ("application/json", "application/x-ndjson", "application/problem+json", "text/event-stream")


def escape_for(content_type: str) -> Callable[[str], str] | None:
    """What makes a text fit an answer of that type; None: nothing is revealed in it."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in _JSON_TYPES:
        return lambda text: msgspec.json.encode(text)[1:-1].decode()
    return ESCAPES.get(media_type)


def _beginnings(text: str) -> str:
    """A pattern that matches each beginning of a text."""
    return "|".join(re.escape(text[:end]) for end in range(len(text), 0, -1))


class Revealing:
    """An answer that comes in parts: each pseudonym in it is replaced. What may be the beginning of one waits for the next part.

    Pseudonyms in addresses stay: behind `/` and `=`.
    """

    _SHOWN = re.compile(rf"(?<![/=A-Z0-9]){KNOWN}[A-Z2-7]{{{DIGITS}}}(?![A-Z0-9])".encode())
    _TEXTS = re.compile(SEALED.pattern.encode())
    _BEGUN = re.compile(
        rf"(?:[/=A-Z0-9](?:P(?:N(?:-[A-Z2-7]{{0,{DIGITS}}})?)?)?|P(?:N(?:-[A-Z2-7]{{0,{DIGITS}}})?)?"
        rf"|{SEALED_TEXT}[A-Za-z0-9_:=-]*|{_beginnings(SEALED_TEXT)})\Z".encode()
    )

    def __init__(self, reveal: Reveal, opened: Reveal, escape: Callable[[str], str]) -> None:
        self._reveal = reveal
        self._opened = opened
        self._escape = escape
        self._rest = b""

    def part(self, data: bytes, *, more: bool) -> bytes:
        """The next part of the answer."""
        data = self._rest + data
        begun = self._BEGUN.search(data) if more else None
        data, self._rest = (data[: begun.start()], data[begun.start() :]) if begun else (data, b"")
        if KNOWN.encode() in data:
            data = self._SHOWN.sub(lambda found: self._instead(found[0], self._reveal), data)
        if SEALED_TEXT.encode() in data:
            data = self._TEXTS.sub(lambda found: self._instead(found[0], self._opened), data)
        return data

    def _instead(self, found: bytes, who: Reveal) -> bytes:
        identity = who(found.decode())
        return found if identity is None else self._escape(identity).encode()
