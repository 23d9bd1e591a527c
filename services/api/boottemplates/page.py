"""The boot templates in the console: the list, and a page for each with its criteria, its commands, the stations that fit, its runs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath

from schemas.base import OcppVersion
from schemas.boottemplaterules import NOT_AFTER_BOOT
from schemas.boottemplates import COMMANDS_MOST, BootReason, BootTemplateProvisioned
from services.api.boottemplates.routes import TemplatePath
from services.api.boottemplates.rows import (
    BootRun,
    BootTemplateView,
    Criteria,
    Preview,
    ProvisionBootTemplate,
    RunFilter,
    TemplateCommand,
    stations_of,
    template_view,
)
from services.api.boottemplates.usecases import (
    count_fitting,
    preview,
    remove_template,
    save_template,
    templates,
    written_template,
)
from services.api.commands.filling import filled, fits_form
from services.api.commands.forms import BY_COMMAND, FORMS, Form, arguments
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, is_fragment, page_request
from services.api.web.changing import tag_of
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import Problem, invalid, not_found

FITTING_SHOWN, RUNS_SHOWN = 50, 20
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
HOME = "/boot-templates"
OFFERED = tuple(form for form in FORMS if form.command not in NOT_AFTER_BOOT)
"""The forms of commands that a template can have."""


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """All templates, each with the number of stations that it fits."""

    templates: tuple[tuple[BootTemplateView, int], ...]


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """The form: the template that is changed, None for a new one, and its state."""

    template: BootTemplateView | None
    etag: str
    versions: tuple[str, ...] = get_args(OcppVersion)
    reasons: tuple[str, ...] = get_args(BootReason)


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


async def rows(asked: PageRequest) -> Listed:
    """All templates in the order in which they run."""
    return Listed(
        templates=tuple(
            (each, count_fitting(asked.ports, stations_of(each.stations))) for each in templates(asked.ports)
        )
    )


async def making(_: PageRequest) -> Editing:
    """The form for a new template."""
    return Editing(template=None, etag="")


async def editing(asked: PageRequest) -> Editing:
    """The form with the template as it stands."""
    record = _current(asked)
    return Editing(template=template_view(record), etag=tag_of(record))


async def steps(asked: PageRequest) -> Steps:
    """The template's commands."""
    record = _current(asked)
    titles = {name: form.title for name, form in BY_COMMAND.items()}
    view = template_view(record)
    in_forms = tuple(fits_form(BY_COMMAND[each.command], each.arguments) for each in view.commands)
    return Steps(template=view, etag=tag_of(record), titles=titles, forms=in_forms)


async def adding(asked: PageRequest) -> Adding:
    """The forms that add a command."""
    record = _current(asked)
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


async def fitting(asked: PageRequest) -> Preview:
    """The stations that fit now."""
    return preview(asked.ports, asked.subject, cursor=asked.get("stations"), limit=FITTING_SHOWN)


async def runs(asked: PageRequest) -> Page[BootRun]:
    """The template's runs, newest first."""
    where = RunFilter(template=asked.subject)
    return await asked.ports.reads.boot_runs(where, cursor=asked.get("cursor"), limit=RUNS_SHOWN)


def _current(asked: PageRequest) -> BootTemplateProvisioned:
    return written_template(asked.ports, asked.subject)


LIST = Screen(
    title="Boot templates",
    nav="boottemplates",
    template="boottemplates/page.html",
    parts=(
        Part(name="rows", template="boottemplates/rows.html", load=rows, poll_s=30),
        Part(name="form", template="boottemplates/form.html", load=making),
    ),
)

ONE = Screen(
    title="Boot template",
    nav="boottemplates",
    template="boottemplates/one.html",
    parts=(
        Part(name="steps", template="boottemplates/steps.html", load=steps, poll_s=30),
        Part(name="add", template="boottemplates/add.html", load=adding),
        Part(name="runs", template="boottemplates/runs.html", load=runs, on="boot-run", every_s=2, poll_s=30),
        Part(name="fitting", template="boottemplates/fitting.html", load=fitting, poll_s=60),
        Part(name="form", template="boottemplates/form.html", load=editing),
    ),
)


@get(HOME)
async def listed(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """All templates."""
    return await show.page(LIST, page_request(request, ports))


@get(HOME + "/{template:str}")
async def shown(request: Request[Any, Any, Any], template: TemplatePath, ports: Given, show: Shown) -> Rendered:
    """A template."""
    await ports.reference.caught_up()
    record = written_template(ports, template)
    return await show.page(ONE, page_request(request, ports, template), title=record.content.title or template)


@post(HOME, status_code=200)
async def make(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Make a template; its commands are added on its page."""
    given = await forms.posted(request)
    name = given.get("template", "").strip()
    if not NAME.fullmatch(name):
        raise invalid("template", "1 to 64 letters, digits, '.', '_' and '-', a letter or digit first")
    saved = await save_template(ports, name, wanted(given, ()), given=forms.meant(given))
    answer: Response[Any] = show.notice(request, f"{name} is made.", then=_url(saved.template))
    if is_fragment(request):
        answer.headers["HX-Redirect"] = _url(saved.template)
    return answer


@post(HOME + "/{template:str}", status_code=200)
async def save(request: Request[Any, Any, Any], template: TemplatePath, ports: Given, show: Shown) -> Any:
    """Change when and where a template runs; its commands stay."""
    given = await forms.posted(request)
    kept = template_view(written_template(ports, template)).commands
    saved = await save_template(ports, template, wanted(given, kept), given=forms.meant(given))
    fits = count_fitting(ports, saved.content.stations)
    what = f"runs after the next boot of {fits} stations" if saved.content.enabled else "is switched off"
    return show.notice(request, f"{template} is saved: it {what}.", then=_url(template), etag=tag_of(saved))


@post(HOME + "/{template:str}/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], template: TemplatePath, ports: Given, show: Shown) -> Any:
    """Forget a template."""
    await remove_template(ports, template)
    return show.notice(request, f"{template} was removed. What it did at stations stays there.", then=HOME)


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
        request, f"{form.title} is command {place + 1}.", then=_url(template), etag=tag_of(saved)
    )
    if is_fragment(request) and "place" in given:
        answer.headers["HX-Redirect"] = _url(template)  # back to the forms that add
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
    return show.notice(request, f"{template} is saved.", then=_url(template), etag=tag_of(saved))


def arranged(commands: Sequence[TemplateCommand], place: int, action: str) -> tuple[TemplateCommand, ...]:
    """The commands after one was moved or taken away. Raises Problem for a place or an action that there is not."""
    if not 0 <= place < len(commands) or action not in ("up", "down", "remove"):
        raise not_found("There is no such command in the template.")
    rest = [*commands[:place], *commands[place + 1 :]]
    if action != "remove":
        rest.insert(place + (1 if action == "down" else -1 if place else 0), commands[place])
    return tuple(rest)


def wanted(given: Mapping[str, str], commands: Sequence[TemplateCommand]) -> ProvisionBootTemplate:
    """The form as the API's body, with the commands that the template has. Raises Problem."""
    stations = {
        **{name: given.get(name, "").strip() or "*" for name in ("vendor", "model", "firmware", "station")},
        "versions": [each for each in get_args(OcppVersion) if f"version-{each}" in given],
        "sites": [site.strip() for site in given.get("sites", "").split(",") if site.strip()],
        "labels": forms.pairs(given.get("labels", "")),
    }
    priority = forms.whole("priority", given.get("priority", ""))
    members = {
        "title": given.get("title", "").strip(),
        "enabled": "enabled" in given,
        "priority": 50 if priority is None else priority,
        "every_boot": given.get("runs", "every") == "every",
        "reasons": [each for each in get_args(BootReason) if f"reason-{each}" in given],
        "stations": forms.body(stations, Criteria),
        "commands": tuple(commands),
    }
    return forms.body(members, ProvisionBootTemplate)


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


def _url(template: str) -> str:
    return f"{HOME}/{template}"


HANDLERS = (listed, shown, make, save, remove, add, arrange)
