"""The boot templates in the console: the list, and a page for each with its criteria, the stations that fit, and its runs."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, get_args

import msgspec
from litestar import Request, Response, get, post

from schemas.base import OcppVersion
from schemas.boottemplates import BootReason, BootTemplateProvisioned
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
from services.api.boottemplates.steppage import HOME, adding, steps, url_of
from services.api.boottemplates.usecases import (
    count_fitting,
    preview,
    remove_template,
    save_template,
    templates,
    written_template,
)
from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, is_fragment, page_request
from services.api.web.changing import tag_of
from services.api.web.paging import Page
from services.api.web.parameters import Given
from services.api.web.problems import invalid

FITTING_SHOWN, RUNS_SHOWN = 50, 20
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """All templates, each with the number of stations that it fits."""

    templates: tuple[tuple[BootTemplateView, int], ...]


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    """The form: the template that is changed, None for a new one, and its state."""

    template: BootTemplateView | None
    etag: str
    versions: tuple[str, ...] = get_args(OcppVersion)
    reasons: tuple[str, ...] = get_args(BootReason)


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
    answer: Response[Any] = show.notice(request, f"{name} is made.", then=url_of(saved.template))
    if is_fragment(request):
        answer.headers["HX-Redirect"] = url_of(saved.template)
    return answer


@post(HOME + "/{template:str}", status_code=200)
async def save(request: Request[Any, Any, Any], template: TemplatePath, ports: Given, show: Shown) -> Any:
    """Change when and where a template runs; its commands stay."""
    given = await forms.posted(request)
    kept = template_view(written_template(ports, template)).commands
    saved = await save_template(ports, template, wanted(given, kept), given=forms.meant(given))
    fits = count_fitting(ports, saved.content.stations)
    what = f"runs after the next boot of {fits} stations" if saved.content.enabled else "is switched off"
    return show.notice(request, f"{template} is saved: it {what}.", then=url_of(template), etag=tag_of(saved))


@post(HOME + "/{template:str}/remove", status_code=200)
async def remove(request: Request[Any, Any, Any], template: TemplatePath, ports: Given, show: Shown) -> Any:
    """Forget a template."""
    await remove_template(ports, template)
    return show.notice(request, f"{template} was removed. What it did at stations stays there.", then=HOME)


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
        **forms.owner(given),
        "enabled": "enabled" in given,
        "priority": 50 if priority is None else priority,
        "every_boot": given.get("runs", "every") == "every",
        "reasons": [each for each in get_args(BootReason) if f"reason-{each}" in given],
        "stations": forms.body(stations, Criteria),
        "commands": tuple(commands),
    }
    return forms.body(members, ProvisionBootTemplate)


HANDLERS = (listed, shown, make, save, remove)
