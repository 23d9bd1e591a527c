"""The reference: the OpenAPI document with its examples, shown by a vendored renderer, and nothing from elsewhere."""

import re

from httpx import AsyncClient

from services.api.web.openapi import guide

DOCUMENT = "/schema/openapi.json"


async def test_the_console_links_to_the_reference(browser: AsyncClient) -> None:
    assert 'href="/reference"' in (await browser.get("/stations")).text


async def test_the_reference_loads_nothing_from_elsewhere(browser: AsyncClient) -> None:
    page = (await browser.get("/reference")).text

    addresses = re.findall(r'(?:src|href|spec-url)="([^"]+)"', page)
    assert [address for address in addresses if not address.startswith("/")] == []
    assert f'spec-url="{DOCUMENT}"' in page
    for address in addresses:
        assert (await browser.get(address)).status_code == 200, address


async def test_only_the_reference_may_style_its_own_elements(browser: AsyncClient) -> None:
    policies = {
        path: (await browser.get(path)).headers["content-security-policy"] for path in ("/reference", "/stations")
    }

    assert "style-src 'self' 'unsafe-inline'" in policies["/reference"]
    assert "script-src" not in policies["/reference"]
    assert "unsafe" not in policies["/stations"]


async def test_the_reference_needs_a_login(stranger: AsyncClient) -> None:
    answer = await stranger.get("/reference")

    assert (answer.status_code, answer.headers["location"]) == (303, "/login?next=/reference")


async def test_the_renderer_has_its_licence_and_version_beside_it(browser: AsyncClient) -> None:
    (script,) = re.findall(r'src="([^"]+rapidoc[^"]+)"', (await browser.get("/reference")).text)

    licence = (await browser.get(script.replace("rapidoc.min.js", "rapidoc.LICENSE"))).text

    assert licence.startswith("RapiDoc 9.3.8")
    assert "MIT License" in licence


async def test_the_document_begins_with_the_guide(client: AsyncClient) -> None:
    document = (await client.get(DOCUMENT)).json()

    assert document["info"]["description"] == guide()
    assert "](" not in re.sub(r"\]\(https?:", "", guide())
