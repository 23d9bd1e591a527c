"""Every form of every page carries its login's token and works by it alone; nobody sees a form that he may not send."""

import re
from html import unescape
from typing import Any

import httpx
import pytest

from schemas.audit import AuditRecorded
from schemas.operators import EVERYTHING, Scope
from services.api.fakes import KEY
from services.api.web.formtokens import FIELD, HEADER, STALE
from tests.services.api.apps import App
from tests.services.api.conftest import BEARER, client_of
from tests.services.api.test_scopes import an_app, filled, holding, requests

WITHIN = {"tenant": "acme", "site": "oslo"}
"""Where a form may put a station, for whom a scope limits."""

FORM = re.compile(r"<form\b[^>]*method=\"post\".*?</form>", re.DOTALL)
ADDRESS = re.compile(r"\b(?:form)?action=\"([^\"]*)\"")


async def forms_of(browser: httpx.AsyncClient) -> list[str]:
    """Each form that is sent by POST on any page, of station 1 and of what belongs to it."""
    found: list[str] = []
    for method, path in requests():
        if method == "GET" and not path.startswith("/api/"):
            found += FORM.findall((await browser.get(filled(path, 1))).text)
    return found


def addresses(forms: list[str]) -> set[str]:
    """Where the forms, and buttons within them, are sent."""
    return {unescape(address) for form in forms for address in ADDRESS.findall(form)}


async def logged_in(app: App) -> httpx.AsyncClient:
    """A browser with the operator key's login, which sends no token by itself."""
    browser = client_of(app, headers={"Accept": "text/html"})
    assert (await browser.post("/login", data={"key": KEY})).status_code == 303
    return browser


async def test_every_form_has_its_logins_token_and_does_nothing_without() -> None:
    world, app = an_app()
    browser, other = await logged_in(app), await logged_in(app)
    token, foreign = browser.headers.pop(HEADER), other.headers.pop(HEADER)
    field = f'<input type="hidden" name="{FIELD}" value="{token}">'

    forms = await forms_of(browser)

    assert [form for form in forms if form.count(field) != 1] == []
    assert token != foreign
    assert len(addresses(forms)) > 60
    before = len(world.bus.published)
    for address in addresses(forms):
        for sent in ({}, {FIELD: ""}, {FIELD: foreign}):
            refused = await browser.post(address, data={"reason": "forged", **sent})
            assert refused.status_code == 403, address
            assert STALE in refused.text, address
    changed = [record for record in world.bus.published[before:] if not isinstance(record, AuditRecorded)]
    assert changed == []
    assert (await browser.get("/")).status_code == 200, "a forged logout ends no login"


async def test_the_api_takes_a_logins_cookie_with_its_token_alone() -> None:
    world, app = an_app()
    browser = await logged_in(app)
    token = browser.headers.pop(HEADER)
    before = len(world.bus.published)

    without = await browser.delete("/api/v1/tokens/NONE")
    forged = await browser.delete("/api/v1/tokens/NONE", headers={HEADER: "0" * 64})
    untouched = [record for record in world.bus.published[before:] if not isinstance(record, AuditRecorded)]
    right = await browser.delete("/api/v1/tokens/NONE", headers={HEADER: token})
    key = await client_of(app).delete("/api/v1/tokens/NONE", headers=BEARER)

    assert (without.status_code, forged.status_code, untouched) == (403, 403, [])
    assert right.status_code == key.status_code == 404


@pytest.mark.parametrize(
    ("role", "scope"),
    [
        ("viewer", EVERYTHING),
        ("operator", EVERYTHING),
        ("billing", Scope(tenants=("acme",))),
        ("admin", Scope(tenants=("acme",), sites=("oslo",))),
    ],
    ids=("viewer", "operator", "billing-tenant", "admin-site"),
)
async def test_no_form_is_shown_that_is_refused(role: str, scope: Scope) -> None:
    world, app = an_app()
    headers: dict[str, Any] = {**holding(world, scope, role), "Accept": "text/html"}
    async with client_of(app, headers=headers) as browser:
        shown = addresses(await forms_of(browser)) - {"/logout"}

        refused = [address for address in shown if (await browser.post(address, data=WITHIN)).status_code == 403]

    assert refused == []
    assert bool(shown) == (role != "viewer")
