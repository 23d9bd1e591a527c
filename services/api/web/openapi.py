"""The OpenAPI document at /schema: JSON and YAML, nothing from elsewhere; what Litestar cannot know is added here."""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from litestar import Request
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, License, OpenAPIType, Schema, SecurityScheme, Tag
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

from services.api.noun import ApiNoun
from services.api.web.problems import MEANINGS

BEARER = "operatorKey"

GUIDE = Path(__file__).parent.parent / "docs" / "guide.md"
LINK = re.compile(r"\[([^\]]+)\]\((?!https?:)[^)]*\)")


def guide() -> str:
    """The guide for integrators, which is the document's description; links to other files are left out of it."""
    _, _, text = GUIDE.read_text().partition("\n")
    return LINK.sub(r"\1", text).strip()


TAGS = {
    "health": "This process, for probes and Prometheus.",
    "console": "The login of the console.",
}
"""Tags of routes that are of no noun."""


class DecimalsAreStrings(OpenAPISchemaPlugin):
    """Decimals leave as strings, so that no reader turns an exact quantity into a float."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:
        """Whether this is about the type."""
        return value is Decimal

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        """How a decimal is described."""
        return Schema(type=OpenAPIType.STRING, pattern=r"^-?[0-9]+([.][0-9]+)?$", examples=["7321.250"])


class Json(JsonRenderPlugin):
    """The document as JSON, completed."""

    def __init__(self, nouns: Sequence[ApiNoun], path: Sequence[str]) -> None:
        super().__init__(path=path)
        self._nouns = nouns

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document in bytes."""
        return super().render(request, _completed(openapi_schema, self._nouns))


class Yaml(YamlRenderPlugin):
    """The same as YAML."""

    def __init__(self, nouns: Sequence[ApiNoun]) -> None:
        super().__init__()
        self._nouns = nouns

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The document in bytes."""
        return super().render(request, _completed(openapi_schema, self._nouns))


def _completed(document: dict[str, Any], nouns: Sequence[ApiNoun]) -> dict[str, Any]:
    """The document with what each noun adds, and with the examples of bodies where tools look for them."""
    for noun in nouns:
        if noun.describes is not None:
            noun.describes(document)
    for methods in document["paths"].values():
        for operation in methods.values():
            if isinstance(operation, dict):
                for content in operation.get("requestBody", {}).get("content", {}).values():
                    _show_examples(content)
    _document_refusals([operation for methods in document["paths"].values() for operation in methods.values()])
    return document


def _document_refusals(operations: Sequence[dict[str, Any]]) -> None:
    """What may answer for every handler: 401 where a key is needed, 422 where a value is taken."""
    problem = next(operation["responses"]["401"] for operation in operations if "401" in operation["responses"])
    for operation in operations:
        if operation.get("security") == [{}]:
            continue
        refusals = [401, 422] if "parameters" in operation or "requestBody" in operation else [401]
        for status in refusals:
            operation["responses"].setdefault(str(status), {**problem, "description": MEANINGS[status]})


def sends_text(path: str, *media_types: str) -> Callable[[dict[str, Any]], None]:
    """What a noun adds to the document where GET `path` answers with text of one of these media types, and with no JSON document."""

    def describe(document: dict[str, Any]) -> None:
        answer = document["paths"][path]["get"]["responses"]["200"]
        answer["content"] = {media_type: {"schema": {"type": "string"}} for media_type in media_types}

    return describe


def _show_examples(content: dict[str, Any]) -> None:
    """A body's examples, each named after its command where it has one."""
    values = content.get("schema", {}).get("examples", ())
    named = {str(value.get("command", f"example {n}")): {"value": value} for n, value in enumerate(values, 1)}
    if named:
        content["examples"] = named


def config(nouns: Sequence[ApiNoun]) -> OpenAPIConfig:
    """How the document is made and served."""
    tags = {noun.tag: noun.meaning for noun in nouns} | TAGS
    return OpenAPIConfig(
        title="Voltbus",
        version="1",
        description=guide(),
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        path="/schema",
        render_plugins=[Json(nouns, path=["/", "/openapi.json"]), Yaml(nouns)],
        use_handler_docstrings=True,
        security=[{BEARER: []}],
        components=Components(
            security_schemes={
                BEARER: SecurityScheme(
                    type="http", scheme="bearer", description="An API key, or the operator key of the deployment."
                )
            }
        ),
        tags=[Tag(name=name, description=meaning) for name, meaning in tags.items()],
    )
