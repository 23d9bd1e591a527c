"""The application as a whole: errors, limits, headers, health, metrics, its OpenAPI document."""

import json
from pathlib import Path

import pytest
from httpx import AsyncClient
from prometheus_client import REGISTRY

from schemas.settings import BadSetting
from services.api import config
from services.api.fakes import KEY, World
from services.api.settings import ApiSettings
from tests.services.api.builders import STATION, a_state


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/api/v1/nowhere", 404), ("PATCH", "/api/v1/stations", 405)],
)
async def test_every_error_is_a_problem(client: AsyncClient, method: str, path: str, status: int) -> None:
    answer = await client.request(method, path)

    problem = answer.json()
    assert answer.status_code == problem["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["instance"] == path
    assert problem["title"]


async def test_a_wrong_method_is_told_the_right_ones(client: AsyncClient) -> None:
    answer = await client.patch("/api/v1/stations/A")

    assert {"GET", "PUT", "DELETE"} <= {word.strip() for word in answer.headers["allow"].split(",")}


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"a":', b"nonsense"])
async def test_a_body_that_is_no_json_is_refused(client: AsyncClient, body: bytes) -> None:
    answer = await client.put("/api/v1/tokens/A", content=body, headers={"content-type": "application/json"})

    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_too_large_is_refused(client: AsyncClient, world: World) -> None:
    answer = await client.put("/api/v1/tokens/A", json={"label": "x" * world.config.body_limit})

    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_payload_that_grows_too_large_is_refused(client: AsyncClient, world: World) -> None:
    world.bus.hold(a_state())
    numbers = b",".join([b"1e15"] * 60_000)
    body = b'{"command": "DataTransfer", "arguments": {"vendor_id": "x", "data": [' + numbers + b"]}}"

    answer = await client.post(
        f"/api/v1/stations/{STATION}/commands", content=body, headers={"content-type": "application/json"}
    )

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "arguments"


async def test_a_bug_tells_the_caller_nothing_of_its_inside(client: AsyncClient, world: World) -> None:
    world.reads.station_rows = None  # type: ignore[assignment]

    answer = await client.get("/api/v1/stations/A")

    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "NoneType" not in answer.text


@pytest.mark.parametrize("path", ["/health", "/nowhere", "/api/v1/stations"])
async def test_every_answer_has_the_security_headers(anybody: AsyncClient, path: str) -> None:
    headers = (await anybody.get(path)).headers

    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert "default-src 'self'" in headers["content-security-policy"]


async def test_readiness_has_its_reasons(anybody: AsyncClient, world: World) -> None:
    ready = await anybody.get("/health/ready")
    world.reasons.append("Kafka does not answer")
    not_ready = await anybody.get("/health/ready")

    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "reasons": []})
    assert (not_ready.status_code, not_ready.json()["reasons"]) == (503, ["Kafka does not answer"])
    assert (await anybody.get("/health/live")).status_code == 200


def counted(route: str, status: str) -> float:
    labels = {"route": route, "method": "GET", "status": status}
    return REGISTRY.get_sample_value("voltbus_api_requests_total", labels) or 0


async def test_requests_are_counted_by_route_not_by_id(client: AsyncClient) -> None:
    route = "/api/v1/stations/{station}"
    before = counted(route, "404"), counted("unmatched", "404")

    await client.get("/api/v1/stations/DE-SECRET-1")
    await client.get("/no/such/path/DE-SECRET-2")

    assert (counted(route, "404"), counted("unmatched", "404")) == (before[0] + 1, before[1] + 1)
    assert "DE-SECRET" not in (await client.get("/metrics")).text


async def test_the_openapi_document_describes_every_route_and_needs_nothing_from_elsewhere(client: AsyncClient) -> None:
    document = (await client.get("/schema")).json()

    assert document == (await client.get("/schema/openapi.json")).json()
    assert (await client.get("/schema/openapi.yaml")).text.startswith("components:")
    operations = [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    assert {
        "get /api/v1/overview",
        "get /api/v1/stations",
        "put /api/v1/stations/{station}",
        "delete /api/v1/stations/{station}",
        "get /api/v1/stations/{station}/frames",
        "put /api/v1/tokens/{token}",
        "get /api/v1/sessions/{session}/meter-values",
        "post /api/v1/stations/{station}/commands",
        "post /api/v1/stations/{station}/ocpp/{action}",
        "delete /api/v1/commands/{command_id}",
        "get /api/v1/events",
    } <= {name for name, _ in operations}
    assert [name for name, operation in operations if not operation.get("description")] == []
    assert document["components"]["securitySchemes"]["operatorKey"]["scheme"] == "bearer"
    assert document["components"]["schemas"]["Session"]["properties"]["energy_wh"]["oneOf"][0]["type"] == "string"
    assert "cdn" not in json.dumps(document)


def test_the_operator_key_may_come_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "operator.key"
    file.write_text(f"{KEY}\n")

    assert config.from_settings(ApiSettings(api_key_file=str(file))).key == KEY


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (ApiSettings(), "VOLTBUS_API_KEY"),
        (ApiSettings(api_key="short"), "16 or more"),
        (ApiSettings(api_key_file="/nowhere/operator.key"), "/nowhere/operator.key"),
    ],
)
def test_without_a_usable_key_the_api_does_not_start(settings: ApiSettings, said: str) -> None:
    with pytest.raises(BadSetting, match=said):
        config.from_settings(settings)
