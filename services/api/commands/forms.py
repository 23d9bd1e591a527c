"""Command forms: every canonical command as fields for people, made from its struct, and what was filled in as its arguments. PURE.

Labels, hints, choices and what a field offers come from the members' types and `about(...)` (`schemas/command.py`). A list of
structs becomes rows (`settings_0_key`), or one text with an item a line where people fill in only one member of each. A struct
becomes a group of fields (`profile_purpose`), which is left out where nothing is filled in.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec
from msgspec import inspect

from schemas.command import fields_of, schema_of, summary_of
from services.api.commands.parsing import CANONICAL
from services.api.console.forms import moment
from services.api.web.problems import invalid

ROWS = 5
"""Rows of a list that a form has; those that are left blank are not sent."""

AS_TYPED = frozenset({"value"})
"""Members whose text is sent with the blanks around it: the value of a setting may need them."""

NOT_JSON = "Anything that is no JSON goes as text."

Kind = Literal["text", "number", "choice", "yes-no", "moment", "json", "lines", "rows", "group"]


KINDS: Mapping[type[inspect.Type], Kind] = {
    inspect.StrType: "text",
    inspect.DecimalType: "text",
    inspect.FloatType: "text",
    inspect.EnumType: "text",
    inspect.IntType: "number",
    inspect.DateTimeType: "moment",
}
"""Fields by the members' types; what is not here, and has no case of its own, is JSON."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """One argument. `picks`: what the product offers for it, by the words of `schemas.command.Picks`; `suggests`: words offered.

    `value` is chosen already. `demanded`: the browser does not send the form without it. `rows`: the fields of each row of a
    list. `item`: the member that a line stands for; empty: the line is the item itself. `members`: the fields of a group, or of a line
    with blanks between them. `whole`: each line is a whole number.
    """

    name: str
    label: str
    kind: Kind = "text"
    choices: tuple[str, ...] = ()
    value: str = ""
    required: bool = False
    demanded: bool = False
    hint: str = ""
    picks: str = ""
    suggests: tuple[str, ...] = ()
    advanced: bool = False
    rows: tuple[tuple["Field", ...], ...] = ()
    item: str = ""
    members: tuple["Field", ...] = ()
    whole: bool = False

    @property
    def usual(self) -> tuple["Field", ...]:
        """The fields of a group that people fill in."""
        return tuple(member for member in self.members if not member.advanced)

    @property
    def more(self) -> tuple["Field", ...]:
        """The fields of a group that hardly anybody needs."""
        return tuple(member for member in self.members if member.advanced)

    def short(self, within: str) -> str:
        """Its name in the struct that it is a member of, whose fields begin with `within`."""
        return self.name.removeprefix(f"{within}_")


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """One command. `disturbs`: it interrupts whoever charges there."""

    command: str
    title: str
    about: str
    fields: tuple[Field, ...]
    disturbs: bool = False

    @property
    def usual(self) -> tuple[Field, ...]:
        """The fields that people fill in."""
        return tuple(field for field in self.fields if not field.advanced)

    @property
    def advanced(self) -> tuple[Field, ...]:
        """The fields that hardly anybody needs."""
        return tuple(field for field in self.fields if field.advanced)


# -- the form of a struct ---------------------------------------------------------------------------------------------


def _field(member: inspect.Field, *, name: str = "") -> Field:
    """The field of a member; `name`: what it is called in a row of a list."""
    schema, kind = schema_of(member), _bare(member.type)
    common: dict[str, Any] = {
        "name": name or member.name,
        "label": schema.get("title", member.name),
        "hint": schema.get("description", "").replace("`", ""),
        "required": member.required,
        "demanded": member.required and not name,
        "picks": schema.get("x-picks", ""),
        "suggests": tuple(schema.get("x-suggests", ())),
        "advanced": schema.get("x-advanced", False),
    }
    match kind:
        case inspect.LiteralType(values=values):
            chosen = member.default if isinstance(member.default, str) else ""
            blank = () if chosen or (member.required and not name) else ("",)
            return Field(**common, kind="choice", choices=(*blank, *map(str, values)), value=chosen)
        case inspect.BoolType():
            return Field(**common, kind="yes-no", choices=("", "yes", "no"))
        case inspect.VarTupleType(item_type=item) | inspect.ListType(item_type=item):
            return _list(common, _bare(item), schema)
        case inspect.StructType(cls=struct):
            return Field(**common | {"demanded": False}, kind="group", members=_members(struct, common["name"]))
        case inspect.RawType() | inspect.AnyType():
            return Field(**common | {"hint": f"{common['hint']} {NOT_JSON}".strip()}, kind="json")
    return Field(**common, kind=KINDS.get(type(kind), "json"))


def _members(struct: type[msgspec.Struct], name: str) -> tuple[Field, ...]:
    return tuple(_field(member, name=f"{name}_{member.name}") for member in fields_of(struct))


def _list(common: Mapping[str, Any], item: inspect.Type, schema: Mapping[str, Any]) -> Field:
    if not isinstance(item, inspect.StructType):
        return Field(**common, kind="lines", whole=isinstance(item, inspect.IntType))
    if schema.get("x-lines"):
        return Field(**common, kind="lines", members=_members(item.cls, common["name"]))
    if "x-rows" in schema:
        rows = tuple(_members(item.cls, f"{common['name']}_{row}") for row in range(schema["x-rows"]))
        return Field(**{**common, "demanded": False}, kind="rows", rows=rows)
    members = [member for member in fields_of(item.cls) if not schema_of(member).get("x-advanced")]
    if len(members) == 1:
        return Field(**common, kind="lines", item=members[0].name)
    rows = tuple(
        tuple(_field(member, name=f"{common['name']}_{row}_{member.name}") for member in members) for row in range(ROWS)
    )
    return Field(**common, kind="rows", rows=rows)


def _bare(kind: inspect.Type) -> inspect.Type:
    """The type without its limits, and without None."""
    match kind:
        case inspect.Metadata(type=inner):
            return _bare(inner)
        case inspect.UnionType(types=types):
            kinds = [each for each in types if not isinstance(each, inspect.NoneType)]
            return _bare(kinds[0]) if len(kinds) == 1 else kind
    return kind


def _form(name: str, command: type[msgspec.Struct]) -> Form:
    return Form(
        command=name,
        title=getattr(command, "title", name),
        about=summary_of(command).replace("`", ""),
        fields=tuple(map(_field, fields_of(command))),
        disturbs=getattr(command, "disturbs", False),
    )


FORMS = tuple(_form(name, command) for name, command in CANONICAL.items())

BY_COMMAND = {form.command: form for form in FORMS}


# -- what was filled in -----------------------------------------------------------------------------------------------


def arguments(form: Form, given: Mapping[str, str]) -> dict[str, Any]:
    """The command's arguments as they were filled in. Raises Problem naming the field that cannot be used."""
    filled = {field.name: _value(field, given) for field in form.fields}
    return {name: value for name, value in filled.items() if value is not None}


def _value(field: Field, given: Mapping[str, str]) -> Any:
    """What a field says; None where it says nothing."""
    text = given.get(field.name, "").strip()
    if field.kind == "rows":
        return list(_filled_rows(field, given)) or None
    if field.kind == "group":
        return _struct(field.members, given, field.name) if _says(field, given) else None
    if field.kind == "lines":
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        if field.members:
            return [_line(field, line) for line in lines] or None
        if field.whole:
            return [_number(field, line) for line in lines] or None
        return [{field.item: line} if field.item else line for line in lines] or None
    return _single(field, text) if text else None


def _single(field: Field, text: str) -> Any:
    match field.kind:
        case "number":
            return _number(field, text)
        case "yes-no":
            return text == "yes"
        case "moment":
            at = moment(field.name, text)
            return None if at is None else at.isoformat()
        case "json":
            return _json_or_text(text)
    return text


def _filled_rows(field: Field, given: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """The rows of which something is filled in; what a row must have is sent even where it is empty."""
    for number, row in enumerate(field.rows):
        if any(_says(each, given) for each in row):
            yield _struct(row, given, f"{field.name}_{number}")


def _says(field: Field, given: Mapping[str, str]) -> bool:
    """Something is filled in, beside what is chosen already."""
    if field.kind == "group":
        return any(_says(member, given) for member in field.members)
    if field.kind == "rows":
        return any(_says(each, given) for row in field.rows for each in row)
    text = given.get(field.name, "").strip()
    return bool(text) and text != field.value


def _struct(members: tuple[Field, ...], given: Mapping[str, str], within: str) -> dict[str, Any]:
    values = {each.short(within): _row_value(each, given, within) for each in members}
    return {name: value for name, value in values.items() if value is not None}


def _line(field: Field, line: str) -> dict[str, Any]:
    """The members of an item that is written as a line. Raises Problem."""
    words = line.split()
    if len(words) != len(field.members):
        named = " and ".join(member.label for member in field.members)
        raise invalid(field.name, f"write {named} on each line, with a blank between; {line!r} is not that")
    told = zip(field.members, words, strict=True)
    return {member.short(field.name): _signed(member, word) for member, word in told}


def _signed(member: Field, word: str) -> Any:
    if member.kind != "number":
        return word
    return -_number(member, word[1:]) if word.startswith("-") else _number(member, word)


def _row_value(field: Field, given: Mapping[str, str], within: str) -> Any:
    if field.short(within) in AS_TYPED:
        return given.get(field.name, "")
    value = _value(field, given)
    return "" if value is None and field.required and field.kind == "text" else value


def _number(field: Field, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        raise invalid(field.name, f"{field.label} is a whole number")
    return int(text)


def _json_or_text(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text
