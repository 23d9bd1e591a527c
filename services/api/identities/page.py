"""The page of persons: who stands behind a pseudonym, export and erasure."""

from typing import Any

import msgspec
from litestar import Request, get, post

from services.api.console import forms
from services.api.console.pages import PageRequest, Part, Screen
from services.api.console.rendering import Rendered, Shown, page_request
from services.api.identities import usecases
from services.api.identities.rows import Identity
from services.api.web.parameters import Given
from services.api.web.problems import Problem


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """The person that was asked for; None with the reason in `why`, which is empty where nobody was."""

    person: Identity | None = None
    why: str = ""


async def found(asked: PageRequest) -> Found:
    """Who was asked for."""
    named = asked.get("identity")
    if not asked.ports.identities.is_on:
        return Found(why=usecases.OFF)
    if not named:
        return Found()
    try:
        return Found(person=await usecases.identity(asked.ports, named))
    except Problem as problem:
        return Found(why=problem.detail)


PAGE = Screen(
    title="Persons",
    nav="identities",
    template="identities/page.html",
    parts=(Part(name="found", template="identities/found.html", load=found),),
)


@get("/identities")
async def person(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Rendered:
    """A person, once one is asked for."""
    return await show.page(PAGE, page_request(request, ports))


@post("/identities/erase", status_code=200)
async def erase(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Erase a person."""
    named = (await forms.posted(request)).get("identity", "")
    erased = await usecases.erase(ports, named)
    token = "; the token was removed" if erased.token_removed else ""
    return show.notice(request, f"{', '.join(erased.identities)} is nobody from now on{token}.", then="/identities")


HANDLERS = (person, erase)
