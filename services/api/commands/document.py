"""Commands in the OpenAPI document: each canonical command as a schema of its own, from its struct. PURE."""

from typing import Any

import msgspec

from services.api.commands.parsing import CANONICAL

REF = "#/components/schemas/{name}"
TAG = "command"
"""The member that tells commands apart on Kafka; callers name the command beside its arguments."""


def describe_commands(document: dict[str, Any]) -> None:
    """Add the schema of each command, and say that the arguments of a request are one of them."""
    schemas = document["components"]["schemas"]
    _, found = msgspec.json.schema_components(CANONICAL.values(), ref_template=REF)
    for name, schema in found.items():
        members = {member: described for member, described in schema.get("properties", {}).items() if member != TAG}
        needed = [member for member in schema.get("required", ()) if member != TAG]
        schemas[name] = {**schema, "properties": members, "required": needed}
    one_of = [{"$ref": REF.format(name=command.__name__)} for command in CANONICAL.values()]
    for body in ("SendCommand", "SendToFleet"):
        described = schemas[body]["properties"]["arguments"]
        schemas[body]["properties"]["arguments"] = {
            "description": described.get("description", "The command's own members."),
            "anyOf": one_of,
            "default": {},
        }
