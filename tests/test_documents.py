"""The documents: links lead somewhere, files and names in prose exist, and every command shown is one that its program takes."""

import contextlib
import functools
import importlib.util
import io
import os
import re
import runpy
import sys
from pathlib import Path
from unittest import mock

import msgspec
import pytest

from deploy.local.__main__ import Settings as LocalSettings
from gateway.settings import Settings as GatewaySettings
from services.nouns import NounReplaySettings
from services.runtime.process.settings import TopicsSettings

ROOT = Path(__file__).parents[1]
HOMES = ("schemas", "gateway", "services", "deploy", "loadtest", "tests")
PAGES = sorted(
    [
        ROOT / "README.md",
        ROOT / "CHANGELOG.md",
        *(page for home in HOMES for page in (ROOT / home).rglob("*.md") if page.parent.name != "topics"),
    ]
)
"""Every page that a person wrote, and the index that leads to the generated ones."""

SETTINGS = {
    field.name
    for kind in (GatewaySettings, NounReplaySettings, TopicsSettings, LocalSettings)
    for field in msgspec.structs.fields(kind)
}
COMMAND = re.compile(r"python -m ([a-z_]+(?:\.[a-z_]+)*)([^\n`#|;]*)")
SNAKE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)+")


def name(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def text(page: Path) -> str:
    return page.read_text().replace("\\\n", " ")


def prose(page: Path) -> str:
    return re.sub(r"^```.*?^```", "", text(page), flags=re.MULTILINE | re.DOTALL)


def in_backticks(page: Path) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", prose(page)))


@functools.cache
def anchors(page: Path) -> frozenset[str]:
    """The anchors that code hosts give to a page's headings."""
    headings = re.findall(r"^#+ (.+)$", prose(page), re.MULTILINE)
    return frozenset(re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)


@functools.cache
def identifiers() -> frozenset[str]:
    """Every word with an underscore in the source of the product: members, settings, functions, tables, metrics."""
    files = [
        path for home in HOMES[:-1] for end in ("py", "sql", "json", "yaml") for path in (ROOT / home).rglob(f"*.{end}")
    ]
    return frozenset(word for path in files for word in SNAKE.findall(path.read_text()))


@functools.cache
def files() -> frozenset[str]:
    """The names of all files of the product."""
    return frozenset(path.name for home in HOMES for path in (ROOT / home).rglob("*.*"))


@functools.cache
def help_of(module: str, *words: str) -> str:
    """What the program prints for `--help`, run as `python -m` does it, in this process: what it imports is there already."""
    with (
        mock.patch.dict(os.environ, {"COLUMNS": "200"}, clear=True),
        mock.patch.object(sys, "argv", [module, *words, "--help"]),
        contextlib.redirect_stdout(io.StringIO()) as shown,
        contextlib.redirect_stderr(io.StringIO()) as wrong,
        pytest.raises(SystemExit) as ended,
    ):
        runpy.run_module(module, run_name="__main__", alter_sys=True)
    assert not ended.value.code, f"python -m {module} {' '.join(words)} --help: {wrong.getvalue()}"
    return shown.getvalue()


def commands() -> list[tuple[str, str, tuple[str, ...], tuple[str, ...]]]:
    """Page, module, the words before the first flag, and the flags of every distinct command line in the documents."""
    found = set()
    for page in PAGES:
        for module, rest in COMMAND.findall(text(page)):
            words = rest.split()
            first = next((at for at, word in enumerate(words) if word.startswith("-")), len(words))
            flags = tuple(sorted({word.split("=")[0] for word in words if re.fullmatch(r"--[a-z][a-z-]*(=.*)?", word)}))
            found.add((name(page), module, tuple(words[:first]), flags))
    return sorted(found)


def program(module: str, words: tuple[str, ...]) -> tuple[str, ...]:
    """The words that choose a program's options: services by name, scenarios of the load tester, `replay` and `topics`."""
    if module == "services":
        return words if words and all(word.islower() for word in words) else ("all",)
    return words[:1] if module == "loadtest" else ()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_link_leads_to_a_file_and_to_a_heading_of_it(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if "://" in link:
            continue
        target, _, anchor = link.partition("#")
        file = (page.parent / target).resolve() if target else page
        assert file.exists(), f"{name(page)} links to {link}, which does not exist"
        assert not anchor or anchor in anchors(file), f"{name(page)} links to {link}, but no heading there is called so"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_file_or_folder_named_in_prose_exists(page: Path) -> None:
    for word in in_backticks(page):
        if not re.fullmatch(r"[A-Za-z_.][\w.-]*(/[\w.-]+)*/?", word):
            continue
        if word.split("/")[0] in HOMES and "/" in word:
            assert (ROOT / word).exists(), f"{name(page)} names {word}, which does not exist"
        elif word.endswith("/"):
            assert (page.parent / word).is_dir(), f"{name(page)} names the folder {word}, which does not exist"
        elif word.endswith((".py", ".yaml")):
            assert Path(word).name in files(), f"{name(page)} names {word}, and no file is called so"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_variable_named_on_a_page_is_a_setting(page: Path) -> None:
    named = {variable.lower() for variable in re.findall(r"VOLTBUS_([A-Z_]*[A-Z])\b(?!\*)", text(page))}

    assert named - SETTINGS == set()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_setting_member_table_or_metric_named_in_prose_exists(page: Path) -> None:
    named = {word for word in in_backticks(page) if SNAKE.fullmatch(word)}

    assert named - identifiers() == set()


@pytest.mark.parametrize(("page", "module", "words", "flags"), commands(), ids=str)
def test_a_command_line_names_a_module_and_flags_that_exist(
    page: str, module: str, words: tuple[str, ...], flags: tuple[str, ...]
) -> None:
    found = importlib.util.find_spec(module)
    assert found is not None, f"{page}: there is no module {module}"
    if module.partition(".")[0] not in {"gateway", "services", "loadtest", "deploy"}:
        source = (ROOT / module.replace(".", "/")).with_suffix(".py")
        taken = source.read_text() if source.exists() else (source.with_suffix("") / "__main__.py").read_text()
    else:
        taken = help_of(module, *program(module, words)) if flags else ""
    for flag in flags:
        assert flag in taken, f"{page}: {module} {' '.join(words)} takes no {flag}"
