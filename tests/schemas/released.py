"""Released: the JSON Schemas of all records and persisted states, and the words that members of plain text carry, in one file a release.

`python -m tests.schemas.released 0.6.0` writes those of today as a release's: once, when it is made, and never again.
"""

import importlib
import pkgutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

import schemas
from schemas.pages import all_records, tag
from services.nouns import CORES, ServicesSettings, build

RELEASED = Path(__file__).parent / "released"


def snapshot() -> dict[str, Any]:
    """The contract of today, without its prose."""
    return {
        "records": {tag(record): _bare(msgspec.json.schema(record)) for record in all_records()},
        "states": {state.__name__: _bare(msgspec.json.schema(state)) for state in states()},
        "words": {name: [str(word) for word in words] for name, words in sorted(_vocabularies().items())},
    }


def states() -> list[type[msgspec.Struct]]:
    """What each stateful service persists in its changelog."""
    return [build(name, ServicesSettings()).state for name in CORES]


def _vocabularies() -> dict[str, type[StrEnum]]:
    found: dict[str, type[StrEnum]] = {}
    for module in pkgutil.iter_modules(schemas.__path__, "schemas."):
        if module.name.endswith("__main__") or module.ispkg:
            continue
        for thing in vars(importlib.import_module(module.name)).values():
            if isinstance(thing, type) and issubclass(thing, StrEnum) and thing is not StrEnum:
                found[thing.__name__] = thing
    return found


def _bare(schema: Any) -> Any:
    match schema:
        case dict():
            return {name: _bare(value) for name, value in schema.items() if not _is_prose(name, value, schema)}
        case list() | tuple():
            return [_bare(value) for value in schema]
    return schema


def _is_prose(name: str, value: Any, schema: dict[str, Any]) -> bool:
    """What is for people: descriptions, examples, and the labels of members. The name of a struct is its title too, and stays."""
    if name == "title":
        return isinstance(value, str) and "properties" not in schema
    return (
        (name == "description" and isinstance(value, str))
        or (name == "examples" and isinstance(value, list))
        or name[:2] == "x-"
    )


def write(version: str) -> Path:
    """Write the snapshot of a release. Raises FileExistsError where there is one: it is what others rely on."""
    path = RELEASED / f"{version}.json"
    with path.open("xb") as file:
        file.write(msgspec.json.encode(snapshot(), order="sorted") + b"\n")
    return path


if __name__ == "__main__":
    print(write(sys.argv[1]), "written")
