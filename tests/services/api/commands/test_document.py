"""Commands in the OpenAPI document."""

import msgspec
from httpx import AsyncClient

from services.api.commands.parsing import CANONICAL, canonical

DOCUMENT = "/schema/openapi.json"


async def test_the_document_has_each_command_with_its_members_and_an_example(client: AsyncClient) -> None:
    document = (await client.get(DOCUMENT)).json()

    schemas = document["components"]["schemas"]
    body = document["paths"]["/api/v1/stations/{station}/commands"]["post"]["requestBody"]["content"][
        "application/json"
    ]
    arguments = schemas["SendCommand"]["properties"]["arguments"]
    assert [each["$ref"].rpartition("/")[2] for each in arguments["anyOf"]] == list(CANONICAL)
    assert set(body["examples"]) == set(CANONICAL)
    for name, struct in CANONICAL.items():
        assert set(schemas[name]["properties"]) == {field.encode_name for field in msgspec.structs.fields(struct)}
        canonical(name, body["examples"][name]["value"]["arguments"])
    assert schemas["Reset"]["properties"]["type"]["title"] == "When"
