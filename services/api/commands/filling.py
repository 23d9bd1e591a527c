"""Filling: the arguments of a command as the fields of its form hold them, so that a form can change what was written before. PURE."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from services.api.commands.forms import Field, Form, arguments
from services.api.commands.parsing import canonical
from services.api.web.problems import Problem


def filled(form: Form, given: Mapping[str, Any]) -> dict[str, str]:
    """The text of each field, by its name, for arguments as the API has them; blank fields are left out."""
    return {name: text for field in form.fields for name, text in _texts(field, given.get(field.name))}


def fits_form(form: Form, given: Mapping[str, Any]) -> bool:
    """Whether the form can hold these arguments whole: a list may have more items than the form has rows."""
    try:
        again = canonical(form.command, arguments(form, filled(form, given)))
        return again == canonical(form.command, dict(given))
    except Problem:
        return False


def _texts(field: Field, value: Any) -> Iterator[tuple[str, str]]:
    if value is None:
        return
    match field.kind:
        case "group":
            yield from _members(field.members, value, field.name)
        case "rows":
            for number, (row, item) in enumerate(zip(field.rows, value, strict=False)):
                yield from _members(row, item, f"{field.name}_{number}")
        case _:
            yield field.name, _text(field, value)


def _members(members: tuple[Field, ...], struct: Mapping[str, Any], within: str) -> Iterator[tuple[str, str]]:
    for member in members:
        yield from _texts(member, struct.get(member.short(within)))


def _text(field: Field, value: Any) -> str:
    match field.kind:
        case "lines":
            return "\n".join(_line(field, item) for item in value)
        case "yes-no":
            return "yes" if value else "no"
        case "json":
            return msgspec.json.encode(value).decode()
    return str(value)


def _line(field: Field, item: Any) -> str:
    if field.members:
        return " ".join(str(item[member.short(field.name)]) for member in field.members)
    return str(item[field.item]) if field.item else str(item)
