"""The shape of the code, held by machine: purity, import direction, one noun in three homes, topic names in one place."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "gateway", "services", "loadtest", "deploy")
MODULES = sorted(path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py"))

PURE_LIBRARIES = {
    "__future__", "argparse", "base64", "binascii", "bisect", "collections", "contextlib", "dataclasses", "datetime", "decimal",
    "enum", "functools", "hashlib", "heapq", "hmac", "inspect", "itertools", "json", "math", "msgspec", "operator", "re", "string",
    "struct", "types", "typing", "urllib", "zlib", "zoneinfo", "schemas",
}  # fmt: skip
"""What a PURE module may import besides its own package: data and text, nothing that reads a clock, a file or the network (the time zones
are data that Python reads for itself)."""

MAY_READ_PACKAGED_FILES = {"importlib", "ocpp"}
"""The compiler of OCPP types reads the JSON Schemas that a library ships; they are constants."""

SHELLS_IN_SCHEMAS = {"schemas/__main__.py", "schemas/kafkaclients.py"}
PURE_IN_GATEWAY = {"frames.py", "session.py", "admission.py", "dispatches.py", "effects.py", "epochs.py"}
PURE_IN_METERING = {"core.py", "cells.py"}
SHELLS_IN_SERVICES = {"app.py", "__init__.py"}
NOT_NOUNS = {"runtime", "api"}
"""Folders in services that are no noun: the stream shell, and the HTTP front that only translates."""

NOT_NOUN_MODULES = {"__init__", "translate", "rows", "wire"}


def is_pure(module: Path) -> bool:
    match module.parts:
        case ("schemas", *_):
            return module.as_posix() not in SHELLS_IN_SCHEMAS
        case ("gateway", "ocpp", *_):
            return True
        case ("gateway", name):
            return name in PURE_IN_GATEWAY
        case ("services", noun, *rest) if noun not in NOT_NOUNS and rest:
            return rest[-1] in PURE_IN_METERING if noun == "metering" else rest[-1] not in SHELLS_IN_SERVICES
    return False


PURE = [module for module in MODULES if is_pure(module)]


def tree(module: Path) -> ast.Module:
    return ast.parse((ROOT / module).read_text())


def imports(module: Path) -> Iterator[str]:
    for node in ast.walk(tree(module)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            yield node.module or ""


@pytest.mark.parametrize("module", PURE, ids=str)
def test_a_pure_module_imports_nothing_that_does_io(module: Path) -> None:
    own = ".".join(module.parts[:2]) if module.parts[0] == "services" else module.parts[0]
    allowed = PURE_LIBRARIES | (MAY_READ_PACKAGED_FILES if module.parts[0] in {"schemas", "gateway"} else set())

    outside = {name for name in imports(module) if name.split(".")[0] not in allowed and not name.startswith(own)}

    assert outside == set()


@pytest.mark.parametrize("module", PURE, ids=str)
def test_a_pure_module_imports_no_shell_of_its_own_package(module: Path) -> None:
    shells = {
        ".".join(other.with_suffix("").parts)
        for other in MODULES
        if other.parts[0] == module.parts[0] and not is_pure(other) and other.name != "__init__.py"
    }

    assert set(imports(module)) & shells == set()


@pytest.mark.parametrize("module", PURE, ids=str)
def test_a_pure_module_reads_no_clock(module: Path) -> None:
    clocks = {"now", "utcnow", "today", "monotonic", "perf_counter", "uuid4", "getenv"}

    called = {
        node.func.attr
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }

    assert called & clocks == set()


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_imports_run_one_way(module: Path) -> None:
    forbidden = {
        "schemas": {"gateway", "services", "loadtest", "deploy"},
        "gateway": {"services", "loadtest", "deploy"},
        "services": {"gateway", "loadtest", "deploy"},
        "loadtest": {"schemas", "gateway", "services", "deploy"},  # it tests the CSMS: its OCPP code is its own
        "deploy": {"gateway", "services", "loadtest"},
    }[module.parts[0]]

    assert {name.split(".")[0] for name in imports(module)} & forbidden == set()


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts[0] == "services"], ids=str)
def test_a_service_imports_no_other_service(module: Path) -> None:
    mine = module.parts[1]
    if mine == "__main__.py":
        return  # the list of services
    # the API may ask a noun's pure part (what would this have cost?), so that there is one answer
    pure = {".".join(pure.with_suffix("").parts) for pure in PURE} if mine == "api" else set()

    named = {name for name in imports(module) if name.startswith("services.")} - pure
    others = {name.split(".")[1] for name in named} - {mine, "runtime"}

    assert others == set()


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_only_the_runtime_knows_faust(module: Path) -> None:
    if module.parts[:2] == ("services", "runtime"):
        return

    assert {name.split(".")[0] for name in imports(module)} & {"faust", "mode"} == set()


def nouns(folder: str) -> set[str]:
    return {m.stem for m in MODULES if m.parent.as_posix() == folder} - NOT_NOUN_MODULES


def test_every_noun_of_the_gateway_is_declared_in_schemas() -> None:
    assert nouns("gateway/ocpp") - nouns("schemas") == set()


def test_every_service_is_named_after_a_noun_of_schemas_or_projects_them() -> None:
    services = {m.parts[1] for m in MODULES if m.parts[0] == "services" and len(m.parts) > 2} - NOT_NOUNS

    assert services - nouns("schemas") <= {"metering"}  # the projection of every noun into ClickHouse


@pytest.mark.parametrize("module", [m for m in MODULES if m != Path("schemas/topics.py")], ids=str)
def test_no_topic_is_named_outside_the_catalogue(module: Path) -> None:
    documented = set()
    parsed = tree(module)
    for node in ast.walk(parsed):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            documented.add(id(node.value))

    named = [
        node.value
        for node in ast.walk(parsed)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("csms.")
        and id(node) not in documented
    ]

    assert named == []


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts[0] in {"gateway", "services"}], ids=str)
def test_no_ocpp_version_is_compared_outside_the_translation(module: Path) -> None:
    if module.parts[:2] == ("gateway", "ocpp"):
        return

    compared = [
        ast.unparse(node)
        for node in ast.walk(tree(module))
        if isinstance(node, ast.Compare)
        and any(
            isinstance(c, ast.Constant) and c.value in {"1.6", "2.0.1", "2.1"} for c in [node.left, *node.comparators]
        )
    ]

    assert compared == []


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts[0] in {"gateway", "services", "schemas"}], ids=str)
def test_every_module_says_what_it_is(module: Path) -> None:
    text = (ROOT / module).read_text()

    assert not text.strip() or ast.get_docstring(ast.parse(text)), f"{module} needs a sentence at its head"


CATCH_ALLS = {"gateway/connection.py"}


@pytest.mark.parametrize("module", [m for m in MODULES if m.parts[0] in {"gateway", "services", "schemas"}], ids=str)
def test_bugs_are_caught_nowhere_but_where_they_end_one_connection(module: Path) -> None:
    if module.as_posix() in CATCH_ALLS:
        return

    caught = [
        node.lineno
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)  # it adds a note and goes on up
    ]

    assert caught == []
