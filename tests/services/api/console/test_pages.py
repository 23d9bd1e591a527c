"""Every page: renders whatever there is, escapes it, needs a login, and stands when a neighbour is away."""

import re
from html.parser import HTMLParser

import pytest
from httpx import AsyncClient

from services.api.nouns import NOUNS
from services.api.overview.page import PAGE as FLEET
from tests.services.api.conftest import browser_of, stranger_of
from tests.services.api.worlds import HOSTILE, NAME, filled

ALWAYS = (
    "/",
    "/stations",
    "/sessions",
    "/tokens",
    "/commands",
    "/boot-templates",
    "/exchanges",
    "/inbox",
    "/inbox/dead-letters",
    "/inbox/messages",
)
TABS = tuple(f"/stations/{NAME}/{tab.name}".rstrip("/") for noun in NOUNS for tab in noun.tabs)
FILLED = (
    *(*ALWAYS, *TABS, "/sessions/s1", "/commands/c1", "/commands/c2", "/compatibility", "/compatibility?edit=mine"),
    "/boot-templates/mine",
)
VOID = frozenset({"meta", "link", "input", "img", "br", "hr", "rect", "path", "use", "source"})


class Document(HTMLParser):
    """A page as a browser reads it: its elements, and whether every one of them is closed where it was opened."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self._open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.text += data

    def ids(self) -> list[str]:
        return [attributes["id"] or "" for _, attributes in self.elements if "id" in attributes]


async def read(browser: AsyncClient, path: str) -> Document:
    answer = await browser.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return Document(answer.text)


async def test_a_page_without_anything_to_show_says_what_to_do(browser: AsyncClient) -> None:
    for path in ALWAYS:
        page = await read(browser, path)

        assert any("empty" in (attributes.get("class") or "").split() for _, attributes in page.elements), path


@pytest.mark.parametrize("text", ["Norvolt", HOSTILE], ids=["good", "hostile"])
async def test_a_page_shows_what_there_is_and_nothing_of_it_becomes_markup(text: str) -> None:
    browser = await browser_of(filled(text))
    for path in FILLED:
        page = await read(browser, path)

        assert "img" not in {tag for tag, _ in page.elements}, path
        assert not any(name.startswith("on") for _, attributes in page.elements for name in attributes), path
        scripts = [attributes.get("src") or "" for tag, attributes in page.elements if tag == "script"]
        assert all(source.startswith("/static/") for source in scripts), path
        links = [attributes.get("href") or "" for tag, attributes in page.elements if tag == "a"]
        assert all(link.startswith(("/", "#")) and not link.startswith("//") for link in links), path


async def test_hostile_text_is_shown_as_it_is() -> None:
    browser = await browser_of(filled(HOSTILE))

    page = await read(browser, f"/stations/{NAME}")

    assert HOSTILE in page.text


async def test_a_page_can_be_used_by_keyboard_and_screen_reader() -> None:
    browser = await browser_of(filled())
    for path in FILLED:
        page = await read(browser, path)

        assert sorted(page.ids()) == sorted(set(page.ids())), path
        assert [tag for tag, _ in page.elements].count("h1") == 1, path
        labelled = {attributes.get("for") for tag, attributes in page.elements if tag == "label"}
        for tag, attributes in page.elements:
            if tag in {"input", "select", "textarea"} and attributes.get("type") not in {"hidden", "checkbox"}:
                assert attributes.get("id") in labelled, (path, attributes)


async def test_a_page_needs_a_login() -> None:
    stranger = stranger_of(filled())
    for path in (*FILLED, "/?part=figures"):
        answer = await stranger.get(path, follow_redirects=False)

        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/login?next=")
        assert "Norvolt" not in answer.text


async def test_the_login_page_and_the_assets_are_open_and_say_nothing(stranger: AsyncClient) -> None:
    page = Document((await stranger.get("/login?refused=1&next=//evil.example")).text)
    sources = [attributes["src"] for tag, attributes in page.elements if tag == "script"]
    hidden = next(attributes for _, attributes in page.elements if attributes.get("name") == "next")

    assert "wrong" in page.text
    assert hidden["value"] == "/"
    for source in sources:
        asset = await stranger.get(source or "")
        assert asset.status_code == 200
        assert "immutable" in asset.headers["cache-control"]


async def test_every_entry_of_the_navigation_has_its_icon_and_every_tab_of_a_station_says_that_it_is_shown() -> None:
    browser = await browser_of(filled())
    page = await read(browser, "/")
    uses = [attributes["href"] or "" for tag, attributes in page.elements if tag == "use"]
    icons = (await browser.get(uses[0].partition("#")[0])).text
    shown = {tab: await read(browser, tab) for tab in TABS}

    assert {f'id="{use.partition("#")[2]}"' for use in uses} <= set(re.findall(r'id="[^"]+"', icons))
    reached = {
        link for document in shown.values() for link in (attributes.get("href") for _, attributes in document.elements)
    }
    assert reached >= set(TABS)
    for tab, document in shown.items():
        links = [attributes for _, attributes in document.elements if attributes.get("href") in TABS]
        assert {link["href"] for link in links if link.get("aria-current") == "page"} == {tab}
        assert sum(link.get("aria-current") == "true" for link in links) <= 1, "the group of the tab, where it has one"


async def test_an_asset_that_does_not_exist_is_not_found(stranger: AsyncClient) -> None:
    for name in ("nothing.js", "../routes.py", "%2e%2e/routes.py"):
        assert (await stranger.get(f"/static/x/{name}")).status_code == 404


async def test_no_inline_script_or_style_is_there_or_allowed() -> None:
    browser = await browser_of(filled())
    for path in FILLED:
        answer = await browser.get(path)

        assert "default-src 'self'" in answer.headers["content-security-policy"]
        assert "unsafe" not in answer.headers["content-security-policy"]
        elements = Document(answer.text).elements
        assert not any(tag == "style" or "style" in attributes for tag, attributes in elements), path


async def test_every_part_of_a_page_can_be_fetched_by_itself() -> None:
    world = filled()
    browser = await browser_of(world)
    for part in FLEET.parts:
        answer = await browser.get(f"/?part={part.name}", headers={"HX-Request": "true"})

        document = Document(answer.text)
        (tag, attributes), *_ = document.elements
        assert (tag, attributes["id"]) == ("section", f"part-{part.name}")
        assert attributes["hx-get"] == f"/?part={part.name}"
        assert "html" not in {tag for tag, _ in document.elements}


async def test_a_part_that_does_not_exist_is_not_found(browser: AsyncClient) -> None:
    assert (await browser.get("/?part=nothing", headers={"HX-Request": "true"})).status_code == 404


async def test_a_page_follows_the_events_that_its_parts_are_about() -> None:
    world = filled()
    browser = await browser_of(world)

    fleet = await read(browser, "/")
    station = await read(browser, f"/stations/{NAME}")

    def events(page: Document) -> str | None:
        return next(attributes["data-events"] for tag, attributes in page.elements if tag == "body")

    assert events(fleet) == "/api/v1/events?kinds=connector,session,station"
    assert events(station) == f"/api/v1/events?kinds=connector,session,station&station={NAME}"


async def test_a_neighbour_that_is_away_takes_only_its_parts_with_it() -> None:
    world = filled()
    browser = await browser_of(world)
    world.reads.away = True

    answer = await browser.get(f"/stations/{NAME}")

    page = Document(answer.text)
    assert answer.status_code == 503
    assert "Norvolt" in page.text
    assert "This cannot be shown now:" in " ".join(page.text.split())


async def test_a_thing_that_does_not_exist_is_a_page_with_a_sentence(browser: AsyncClient) -> None:
    for path in ("/stations/nobody", "/sessions/none", "/commands/none", "/inbox/none", "/stations?cursor=x"):
        answer = await browser.get(path)

        assert answer.status_code in {404, 422}
        assert "notice" in answer.text
        Document(answer.text)


async def test_a_part_without_a_login_is_refused_and_not_led_to_the_login_page(stranger: AsyncClient) -> None:
    answer = await stranger.get("/?part=figures", headers={"HX-Request": "true"}, follow_redirects=False)

    assert answer.status_code == 401
