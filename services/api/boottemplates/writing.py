"""Writing: what a caller wants a boot template to be becomes its content, with its secrets sealed. PURE."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from schemas.boottemplaterules import template_faults
from schemas.boottemplates import BootTemplate, numbered
from schemas.commands import Command
from schemas.sealing import Seal
from schemas.secrets import MASK, with_secrets
from services.api.boottemplates.rows import ProvisionBootTemplate, TemplateCommand, stations_of
from services.api.commands.parsing import canonical, travelling
from services.api.commands.views import arguments_of, command_name
from services.api.web.problems import FieldError, Problem, invalid, invalid_fields

LARGEST_BYTES = 65_536
"""Of all commands of a template together: each station with a run under way keeps them."""


def written(name: str, data: ProvisionBootTemplate, before: Sequence[Command], *, seal: Seal) -> BootTemplate:
    """The content of a template that had the commands `before`. Raises Problem naming each field that cannot be used."""
    if data.stations.versions and len(set(data.stations.versions)) < len(data.stations.versions):
        raise invalid("stations.versions", "names a version twice")
    content = BootTemplate(
        title=data.title,
        enabled=data.enabled,
        priority=data.priority,
        stations=stations_of(data.stations),
        every_boot=data.every_boot,
        reasons=tuple(dict.fromkeys(data.reasons)),
        commands=numbered(name, (_command(place, each, before) for place, each in enumerate(data.commands))),
    )
    if faults := [FieldError(field=each.member, detail=each.detail) for each in template_faults(content)]:
        raise invalid_fields(faults)
    sealed = tuple(
        each if each in before else _sealed(place, each, seal) for place, each in enumerate(content.commands)
    )
    if len(msgspec.json.encode(sealed)) > LARGEST_BYTES:
        raise invalid("commands", f"more than {LARGEST_BYTES} bytes as JSON together: make several templates of it")
    return replace(content, commands=sealed)


def _command(place: int, given: TemplateCommand, before: Sequence[Command]) -> Command:
    kept = _kept(given, before)
    if kept is not None:
        return kept
    try:
        command = canonical(given.command, given.arguments)
    except Problem as problem:
        raise invalid_fields(
            [FieldError(field=f"commands[{place}].{each.field}", detail=each.detail) for each in problem.errors]
        ) from problem
    if _is_masked(command):
        raise invalid(f"commands[{place}]", f"{MASK} stands for a secret that is not known: give the secret itself")
    return command


def _kept(given: TemplateCommand, before: Sequence[Command]) -> Command | None:
    """The command that the caller read with its secrets masked, and gave back as it was."""
    return next(
        (
            each
            for each in before
            if command_name(each) == given.command and arguments_of(each) == given.arguments and _has_secret(each)
        ),
        None,
    )


def _has_secret(command: Command) -> bool:
    return with_secrets(command, lambda _value, shown: shown) != command


def _is_masked(command: Command) -> bool:
    found: list[Any] = []

    def note(value: Any, _: str) -> Any:
        found.append(value)
        return value

    with_secrets(command, note)
    return any(MASK in str(value) for value in found)


def _sealed(place: int, command: Command, seal: Seal) -> Command:
    try:
        return travelling(command, seal, salt=b"").command
    except Problem as problem:
        errors = [FieldError(field=f"commands[{place}].{each.field}", detail=each.detail) for each in problem.errors]
        raise (invalid_fields(errors) if errors else problem) from problem
