"""Command: the base class of commands to stations, and the annotations for forms, examples and documents. PURE.

A command is a struct and nothing else. Its class name is the command's name, the first line of its docstring says what it does,
`title` is its name for people, and `disturbs` means that it interrupts charging. Each member is annotated with its type, the
limits of its value (`msgspec.Meta`) and with `about(...)`, which becomes part of the JSON Schema:

| `about`    | JSON Schema   | use |
|------------|---------------|---|
| `title`    | `title`       | the label of the field in a form |
| `hint`     | `description` | its unit, its format, and the effect of leaving it out |
| `example`  | `examples`    | its value in the example of the command; none: the example leaves it out |
| `picks`    | `x-picks`     | the form offers known values of the station: see `Picks` |
| `suggests` | `x-suggests`  | the form offers these words; others are allowed, unless the type is a `Literal` |
| `advanced` | `x-advanced`  | a short form leaves it out; the API takes it all the same |
| `rows`     | `x-rows`      | of a list: how many of its items a form has room for |
| `lines`    | `x-lines`     | of a list: people write an item a line, its members with blanks between |

A choice is a `Literal`, a list is a `tuple[X, ...]`, and a nested struct annotates its members likewise.
A command belongs to the module of its noun, `schemas/<noun>.py`, and to the union `Command` in `schemas/commands.py`.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import inspect

Picks = Literal["evse", "connector", "transaction", "token", "variable"]
"""What a form may offer: the station's EVSEs, its connectors, its running transactions, known tokens, its variables or keys."""

PositiveId = Annotated[int, msgspec.Meta(ge=1)]
EvseId = Annotated[int, msgspec.Meta(ge=0)]

_NO_EXAMPLE = object()


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with a command: the path of the member (`profile.schedules[0].unit`), and what to do about it."""

    member: str
    detail: str


class StationCommand(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="command", tag=True):
    """A command to one station, the same for every OCPP version. Members at their default are left out on the wire."""

    title: ClassVar[str]
    disturbs: ClassVar[bool] = False

    @property
    def things(self) -> tuple[str, ...]:
        """The names of what it asks for, where that may be several things, which may leave in a message each."""
        return ()

    @property
    def stops(self) -> str:
        """The transaction that it is to end, as the station knows it; empty for most commands."""
        return ""

    @property
    def queries(self) -> str:
        """The transaction whose status it asks for, as the station knows it; empty for most commands."""
        return ""

    def faults(self) -> Iterable[Fault]:
        """What stands against sending this command, whatever the station and its version: rules that no type can say."""
        return ()


def about(
    title: str,
    hint: str = "",
    *,
    example: Any = _NO_EXAMPLE,
    picks: Picks | None = None,
    suggests: tuple[str, ...] = (),
    advanced: bool = False,
    rows: int = 0,
    lines: bool = False,
) -> msgspec.Meta:
    """The annotation of a member; see the table above."""
    extra: dict[str, Any] = {}
    if picks is not None:
        extra["x-picks"] = picks
    if suggests:
        extra["x-suggests"] = list(suggests)
    if advanced:
        extra["x-advanced"] = True
    if rows:
        extra["x-rows"] = rows
    if lines:
        extra["x-lines"] = True
    return msgspec.Meta(
        title=title,
        description=hint or None,
        examples=None if example is _NO_EXAMPLE else [example],
        extra_json_schema=extra or None,
    )


def schema_of(field: inspect.Field) -> Mapping[str, Any]:
    """The JSON Schema members from a member's `about`; empty where it has none."""
    return (field.type.extra_json_schema or {}) if isinstance(field.type, inspect.Metadata) else {}


def fields_of(command: type[msgspec.Struct]) -> tuple[inspect.Field, ...]:
    """The members of a command, or of a struct nested in one, in their order."""
    info = inspect.type_info(command)
    assert isinstance(info, inspect.StructType)
    return info.fields


def example_of(command: type[msgspec.Struct]) -> dict[str, Any]:
    """The arguments of a command, made from the examples of its members; valid for it."""
    member_schemas = {field.name: schema_of(field) for field in fields_of(command)}
    return {name: schema["examples"][0] for name, schema in member_schemas.items() if "examples" in schema}


def summary_of(command: type[msgspec.Struct]) -> str:
    """What a command does: the first line of its docstring."""
    return (command.__doc__ or "").strip().partition("\n")[0]
