"""Settings: one frozen struct per process, filled from flags, then `VOLTBUS_*` variables, then defaults. PURE: both are arguments."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_type_hints

import msgspec

S = TypeVar("S", bound=msgspec.Struct)

PREFIX = "VOLTBUS_"


class BadSetting(Exception):
    """A setting cannot be used; the message names it, says where it came from and what it takes."""


def load(struct: type[S], *, prog: str, description: str, argv: Sequence[str], environ: Mapping[str, str]) -> S:
    """The settings of a process. A field `chunk_size` is `--chunk-size` and `VOLTBUS_CHUNK_SIZE`; its docs are in its Meta.

    Raises BadSetting; `--help` prints every setting with its meaning and default and exits.
    """
    parser = argparse.ArgumentParser(prog=prog, description=description)
    hints = get_type_hints(struct, include_extras=True)
    fields = {field.name: field for field in msgspec.structs.fields(struct)}
    for name, field in fields.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}",
            dest=name,
            default=None,
            metavar=_metavar(field.default),
            help=f"{_meaning(hints[name])} [{PREFIX}{name.upper()}; default: {_shown(field)}]",
        )
    given = vars(parser.parse_args(list(argv)))
    values: dict[str, Any] = {}
    for name in fields:
        text, source = given[name], f"--{name.replace('_', '-')}"
        if text is None:
            text, source = environ.get(f"{PREFIX}{name.upper()}"), f"{PREFIX}{name.upper()}"
        if text is None:
            continue
        try:
            values[name] = msgspec.convert(text, hints[name], strict=False)
        except msgspec.ValidationError as error:
            raise BadSetting(f"{source}={text!r} cannot be used: {error}. {_meaning(hints[name])}") from error
    try:
        return struct(**values)
    except TypeError as error:
        raise BadSetting(f"a setting is missing: {error}") from error


def _meaning(hint: Any) -> str:
    for meta in getattr(hint, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta) and meta.description:
            return meta.description
    return ""


def _shown(field: msgspec.structs.FieldInfo) -> str:
    if field.default is msgspec.NODEFAULT:
        return "none, must be given"
    return repr(field.default).replace("%", "%%")


def _metavar(default: object) -> str:
    return "VALUE" if default is msgspec.NODEFAULT or default is None else type(default).__name__.upper()
