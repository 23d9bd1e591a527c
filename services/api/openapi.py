"""The OpenAPI document at /schema: JSON and YAML, nothing from elsewhere; what Litestar cannot know is added here."""

from decimal import Decimal
from typing import Any

from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, YamlRenderPlugin
from litestar.openapi.spec import Components, License, OpenAPIType, Schema, SecurityScheme, Tag
from litestar.plugins import OpenAPISchemaPlugin
from litestar.typing import FieldDefinition

BEARER = "operatorKey"

DESCRIPTION = """One API over OCPP 1.6J, 2.0.1 and 2.1: the caller never names a version.

Times are RFC 3339 in UTC. Exact quantities (energy, power) are strings with a decimal number. Lists are paged:
`next_cursor` of one page is the `cursor` of the next. Errors are RFC 9457 problem details; a 422 names each field.
Send the operator key as `Authorization: Bearer <key>`."""

TAGS = {
    "stations": "Who is there, how they are, what is provisioned of them.",
    "tokens": "Who may charge.",
    "sessions": "What was charged, with its meter values.",
    "tariffs": "What charging costs, and for whom and where.",
    "cdrs": "What each session cost, never changed: corrections are credits and further versions.",
    "firmware": "Firmware campaigns: many stations updated in waves, or one alone.",
    "commands": "What stations are asked for, and the one outcome of each.",
    "events": "What happens now.",
    "overview": "The whole fleet in figures.",
    "inbox": "What could not be believed, read or acted on.",
    "health": "This process, for probes and Prometheus.",
    "console": "The login of the console.",
}


class DecimalsAreStrings(OpenAPISchemaPlugin):
    """Decimals leave as strings, so that no reader turns an exact quantity into a float."""

    @staticmethod
    def is_plugin_supported_type(value: Any) -> bool:
        """Whether this is about the type."""
        return value is Decimal

    def to_openapi_schema(self, field_definition: FieldDefinition, schema_creator: Any) -> Schema:
        """How a decimal is described."""
        return Schema(type=OpenAPIType.STRING, pattern=r"^-?[0-9]+([.][0-9]+)?$", examples=["7321.250"])


def config() -> OpenAPIConfig:
    """How the document is made and served."""
    return OpenAPIConfig(
        title="Voltbus",
        version="1",
        description=DESCRIPTION,
        license=License(name="Apache-2.0", identifier="Apache-2.0"),
        path="/schema",
        render_plugins=[JsonRenderPlugin(path=["/", "/openapi.json"]), YamlRenderPlugin()],
        use_handler_docstrings=True,
        security=[{BEARER: []}],
        components=Components(
            security_schemes={
                BEARER: SecurityScheme(type="http", scheme="bearer", description="The operator key of the deployment.")
            }
        ),
        tags=[Tag(name=name, description=meaning) for name, meaning in TAGS.items()],
    )
