"""Settings: one frozen struct per process, filled from flags, then `VOLTBUS_*` variables, then defaults. PURE: both are arguments."""

import argparse
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_type_hints

import msgspec

S = TypeVar("S", bound=msgspec.Struct)
W = TypeVar("W", bound=str)

PREFIX = "VOLTBUS_"


class BadSetting(Exception):
    """A setting cannot be used; the message names it, its source and its valid values."""


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
            help=f"{_meaning(hints[name])} [{PREFIX}{name.upper()}; default: {_default_text(field)}]",
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


def merge_settings(name: str, base: type[S], *others: type[msgspec.Struct]) -> type[S]:
    """A struct of settings that extends `base` by the fields of others, for `load`. Raises ValueError where two differ in one name."""
    hints = get_type_hints(base, include_extras=True)
    added: dict[str, tuple[Any, Any]] = {}
    for other in others:
        for field in msgspec.structs.fields(other):
            hint = get_type_hints(other, include_extras=True)[field.name]
            if field.name in hints and hints[field.name] != hint:
                raise ValueError(f"the setting {field.name} of {other.__name__} is another one elsewhere")
            if field.name not in hints:
                hints[field.name], added[field.name] = hint, (hint, field.default)
    fields = [(field, hint, default) for field, (hint, default) in added.items()]
    struct: type[Any] = msgspec.defstruct(name, fields, bases=(base,), frozen=True, kw_only=True)
    return struct


def take_secrets_out(argv: Sequence[str], secrets: Sequence[str]) -> tuple[list[str], dict[str, str]]:
    """A command line without the flags of these settings, and their values as `VOLTBUS_*` variables.

    On a machine everybody can read the command lines of processes, but not their environment.
    """
    rest_of_line: list[str] = []
    moved: dict[str, str] = {}
    flags = {f"--{name.replace('_', '-')}": f"{PREFIX}{name.upper()}" for name in secrets}
    rest = iter(argv)
    for argument in rest:
        flag, given, value = argument.partition("=")
        if flag not in flags:
            rest_of_line.append(argument)
        elif given:
            moved[flags[flag]] = value
        elif (following := next(rest, None)) is not None:
            moved[flags[flag]] = following
        else:
            rest_of_line.append(argument)  # its value is missing, which is reported when settings are loaded
    return rest_of_line, moved


def words_of_sites(text: str, words: Sequence[W], *, setting: str) -> dict[str, W]:
    """The words of single sites: `berlin=accept, oslo=reject`. `words`: those that there are.

    Raises BadSetting, which names the setting.
    """
    known = {word: word for word in words}
    found: dict[str, W] = {}
    for part in filter(None, map(str.strip, text.split(","))):
        site, _, word = (each.strip() for each in part.rpartition("="))
        if not site or word not in known:
            *others, last = (f"SITE={each}" for each in words)
            raise BadSetting(f"{setting}: {part!r} is no {', '.join(others)} or {last}")
        found[site] = known[word]
    return found


def _meaning(hint: Any) -> str:
    for meta in getattr(hint, "__metadata__", ()):
        if isinstance(meta, msgspec.Meta) and meta.description:
            return meta.description
    return ""


def _default_text(field: msgspec.structs.FieldInfo) -> str:
    if field.default is msgspec.NODEFAULT:
        return "none, must be given"
    return repr(field.default).replace("%", "%%")


def _metavar(default: object) -> str:
    return "VALUE" if default is msgspec.NODEFAULT or default is None else type(default).__name__.upper()
