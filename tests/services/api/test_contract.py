"""Every operation answers as the OpenAPI document says: its statuses, media types, headers and bodies, and never with a fault of ours."""

import os
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.generation import GenerationMode

from services.api.config import Config
from services.api.fakes import KEY, World
from services.api.http import create_app
from services.api.nouns import NOUNS
from tests.examples import SHARE
from tests.services.api.builders import a_state
from tests.services.api.conftest import BEARER

pytestmark = pytest.mark.thorough

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
REQUESTS = int(os.environ.get("TEST_REQUESTS", "0")) or max(1, round(3 * SHARE))
"""Requests to each operation in each mode; many more where `TEST_REQUESTS` says so."""

ENDLESS = {"/api/v1/events"}
"""A stream of events has no end; its own tests read it."""


@cache
def document() -> Any:
    """The document of an application that knows one station, and where nobody may wait for an outcome."""
    world = World(Config(key=KEY, wait_limit_s=0.01))
    world.bus.hold(a_state())
    return schemathesis.openapi.from_asgi("/schema/openapi.json", create_app(world.ports()), headers=BEARER)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
@pytest.mark.parametrize("tag", [noun.tag for noun in NOUNS])
def test_an_operation_answers_as_its_document_says(tag: str, mode: GenerationMode) -> None:
    for found in document().include(tag=tag).get_all_operations():
        operation = found.ok()
        if operation.path in ENDLESS:
            continue

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=REQUESTS, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate]
        )
        def asked(case: schemathesis.Case) -> None:
            case.validate_response(case.call(headers=BEARER), checks=CHECKS)

        try:
            asked()
        except Unsatisfiable:
            assert mode is GenerationMode.NEGATIVE, operation.label  # nothing of it can be wrong: it takes nothing


def test_every_noun_with_routes_has_operations_in_the_document() -> None:
    tags = {tag for found in document().get_all_operations() for tag in found.ok().tags}

    assert {noun.tag for noun in NOUNS if noun.routers} <= tags
