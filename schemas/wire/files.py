"""Files: reads the JSON Schemas of the `ocpp` package."""

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any, Literal

import msgspec

from schemas.base import OcppVersion

Kind = Literal["request", "response"]
Schema = dict[str, Any]
"""One JSON Schema (draft 4 for 1.6, draft 6 for 2.x), parsed; numbers as written."""

_FOLDERS: Mapping[OcppVersion, str] = {"1.6": "v16", "2.0.1": "v201", "2.1": "v21"}
_FILE = re.compile(r"(?P<action>[A-Za-z0-9]+?)(?P<kind>Request|Response)?\.json")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@cache
def _files(version: OcppVersion) -> Mapping[tuple[str, Kind], Traversable]:
    # A name without suffix is a request: all of 1.6, and the SEND messages of 2.1.
    found: dict[tuple[str, Kind], Traversable] = {}
    for file in (resources.files("ocpp") / _FOLDERS[version] / "schemas").iterdir():
        parts = _FILE.fullmatch(file.name)
        if parts is not None:
            found[parts["action"], "response" if parts["kind"] == "Response" else "request"] = file
    return found


@cache
def actions(version: OcppVersion, kind: Kind) -> frozenset[str]:
    """The actions of a version that have a schema of this kind."""
    return frozenset(action for action, other in _files(version) if other == kind)


def schema(version: OcppVersion, action: str, kind: Kind) -> Schema:
    """The schema of a request or a response. Raises KeyError where the version has none."""
    text = _files(version)[action, kind].read_bytes().removeprefix(_BYTE_ORDER_MARK)
    parsed: Schema = msgspec.json.decode(text, type=Schema)
    return parsed
