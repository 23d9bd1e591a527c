"""The source of the product as the architecture's rules read it: each file is read and parsed once."""

import ast
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("schemas", "gateway", "services", "loadtest", "deploy")
MODULES = tuple(sorted(path.relative_to(ROOT) for package in PACKAGES for path in (ROOT / package).rglob("*.py")))


@cache
def text(module: Path) -> str:
    """The module's source."""
    return (ROOT / module).read_text()


@cache
def nodes(module: Path) -> tuple[ast.AST, ...]:
    """Every node of the module's syntax tree."""
    return tuple(ast.walk(ast.parse(text(module))))


def docstring(module: Path) -> str:
    """The sentence at the module's head, or nothing."""
    parsed = nodes(module)[0]
    assert isinstance(parsed, ast.Module)
    return ast.get_docstring(parsed) or ""


@cache
def imports(module: Path) -> frozenset[str]:
    """The names of all modules that this one imports; `from a import b` counts as `a`, and as `a.b` where that is a module."""
    found: set[str] = set()
    for node in nodes(module):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: imports are absolute"
            assert node.module
            found.add(node.module)
            found.update(name for alias in node.names if (name := f"{node.module}.{alias.name}") in _DOTTED)
    return frozenset(found)


def dotted(module: Path) -> str:
    """The name by which others import the module."""
    return ".".join(module.with_suffix("").parts).removesuffix(".__init__")


_DOTTED = frozenset(dotted(module) for module in MODULES)


def written_constants(module: Path) -> Iterable[ast.Constant]:
    """The module's literal values, docstrings left out."""
    prose = {
        id(node.value) for node in nodes(module) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    return (node for node in nodes(module) if isinstance(node, ast.Constant) and id(node) not in prose)
