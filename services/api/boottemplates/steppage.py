"""The commands of a boot template in the console: in their order, added and changed by forms, moved and taken away."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from litestar import Request, Response, post
from litestar.params import FromPath

from schemas.boottemplaterules import NOT_AFTER_BOOT
from schemas.boottemplates import COMMANDS_MOST
from services.api.boottemplates.routes import TemplatePath
from services.api.boottemplates.rows import BootTemplateView, ProvisionBootTemplate, TemplateCommand, template_view
from services.api.boottemplates.usecases import save_template, written_template
from services.api.commands.filling import filled, fits_form
from services.api.commands.forms import BY_COMMAND, FORMS, Form, arguments
from services.api.console import forms
from services.api.console.pages import PageRequest
from services.api.console.rendering import Shown, is_fragment
from services.api.web.changing import tag_of
from services.api.web.parameters import Given
from services.api.web.problems import Problem, invalid, not_found

HOME = "/boot-templates"
OFFERED = tuple(form for form in FORMS if form.command not in NOT_AFTER_BOOT)
"""The forms of commands that a template can have."""


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """The commands of a template in their order, and in which state it is; `forms`: which of them a form can change."""

    template: BootTemplateView
    etag: str
    titles: Mapping[str, str]
    forms: tuple[bool, ...]


class Adding(msgspec.Struct, frozen=True, kw_only=True):
    """The forms of commands; `full`: the template can have no more. `place` is that of the command that is changed, None: one is added.

    `asked` has what the form of that command is filled in with, `etag` names the state of the template that has it.
    """

    template: str
    full: bool
    place: int | None
    etag: str
    asked: PageRequest
    forms: tuple[Form, ...] = OFFERED
    picks: Mapping[str, tuple[str, ...]] = {}


async def steps(asked: PageRequest) -> Steps:
    """The template's commands."""
    record = written_template(asked.ports, asked.subject)
    titles = {name: form.title for name, form in BY_COMMAND.items()}
    view = template_view(record)
    in_forms = tuple(fits_form(BY_COMMAND[each.command], each.arguments) for each in view.commands)
    return Steps(template=view, etag=tag_of(record), titles=titles, forms=in_forms)


async def adding(asked: PageRequest) -> Adding:
    """The forms that add a command."""
    record = written_template(asked.ports, asked.subject)
    view = template_view(record)
    place = forms.whole("edit", asked.get("edit") or "")
    if place is None or place >= len(view.commands):
        full = len(view.commands) >= COMMANDS_MOST
        return Adding(template=record.template, full=full, place=None, etag="", asked=asked)
    command = view.commands[place]
    form = BY_COMMAND[command.command]
    query = filled(form, command.arguments) | {"command": form.command}
    return Adding(
        template=record.template,
        full=False,
        place=place,
        etag=tag_of(record),
        asked=msgspec.structs.replace(asked, query=query),
        forms=(form,),
    )


@post(HOME + "/{template:str}/steps", status_code=200)
async def add(request: Request[Any, Any, Any], template: TemplatePath, ports: Given, show: Shown) -> Any:
    """Add a command behind the others, or change the one in its `place`."""
    given = await forms.posted(request)
    form = BY_COMMAND.get(given.get("command", ""))
    if form is None or form not in OFFERED:
        raise invalid("command", f"no template has it; it can have {', '.join(each.command for each in OFFERED)}")
    command = TemplateCommand(command=form.command, arguments=arguments(form, given))
    view = template_view(written_template(ports, template))
    place = forms.whole("place", given.get("place", ""))
    place = len(view.commands) if place is None else place
    commands = (*view.commands[:place], command, *view.commands[place + 1 :])
    try:
        saved = await save_template(ports, template, _body(view, commands), given=forms.meant(given))
    except Problem as problem:
        raise _typed(problem, place) from problem
    answer: Response[Any] = show.notice(
        request, f"{form.title} is command {place + 1}.", then=url_of(template), etag=tag_of(saved)
    )
    if is_fragment(request) and "place" in given:
        answer.headers["HX-Redirect"] = url_of(template)  # back to the forms that add
    return answer


@post(HOME + "/{template:str}/steps/{place:int}/{action:str}", status_code=200)
async def arrange(
    request: Request[Any, Any, Any],
    template: TemplatePath,
    *,
    place: FromPath[int],
    action: FromPath[str],
    ports: Given,
    show: Shown,
) -> Any:
    """Move a command up or down, or take it away."""
    given = await forms.posted(request)
    view = template_view(written_template(ports, template))
    commands = arranged(view.commands, place, action)
    saved = await save_template(ports, template, _body(view, commands), given=forms.meant(given))
    return show.notice(request, f"{template} is saved.", then=url_of(template), etag=tag_of(saved))


def arranged(commands: Sequence[TemplateCommand], place: int, action: str) -> tuple[TemplateCommand, ...]:
    """The commands after one was moved or taken away. Raises Problem for a place or an action that there is not."""
    if not 0 <= place < len(commands) or action not in ("up", "down", "remove"):
        raise not_found("There is no such command in the template.")
    rest = [*commands[:place], *commands[place + 1 :]]
    if action != "remove":
        rest.insert(place + (1 if action == "down" else -1 if place else 0), commands[place])
    return tuple(rest)


def _body(view: BootTemplateView, commands: tuple[TemplateCommand, ...]) -> ProvisionBootTemplate:
    members = {name: getattr(view, name) for name in ProvisionBootTemplate.__struct_fields__}
    return forms.body(members | {"commands": commands}, ProvisionBootTemplate)


def _typed(problem: Problem, place: int) -> Problem:
    """The problem with fields named as the form of the command has them."""
    errors = [
        msgspec.structs.replace(each, field=each.field.removeprefix(f"commands[{place}].").removeprefix("arguments."))
        for each in problem.errors
    ]
    problem.errors = errors
    return problem


def url_of(template: str) -> str:
    """The page of a template."""
    return f"{HOME}/{template}"


HANDLERS = (add, arrange)
