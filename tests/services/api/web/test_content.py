"""Content: programs send JSON, the console sends forms, and nothing else is taken for either."""

from typing import Any

import pytest
from litestar import Litestar, Request, post
from litestar.handlers import HTTPRouteHandler
from litestar.testing import TestClient

from services.api.web.content import ContentTypes
from services.api.web.problems import Problem, from_problem

JSON, FORM, PLAIN = "application/json", "application/x-www-form-urlencoded", "text/plain"


def takes_anything(path: str) -> HTTPRouteHandler:
    @post(path, status_code=204)
    async def taken(request: Request[Any, Any, Any]) -> None:
        await request.body()

    return taken


APP = Litestar(
    [takes_anything(path) for path in ("/api/v1/tokens", "/tokens", "/login", "/api/v1/uploads/log", "/pki/ocsp")],
    middleware=[ContentTypes()],
    exception_handlers={Problem: from_problem},  # type: ignore[dict-item]
    openapi_config=None,
)


@pytest.mark.parametrize(
    ("path", "kind", "status"),
    [
        ("/api/v1/tokens", JSON, 204),
        ("/api/v1/tokens", f"{JSON}; charset=utf-8", 204),
        ("/api/v1/tokens", FORM, 415),
        ("/api/v1/tokens", PLAIN, 415),
        ("/api/v1/tokens", "", 415),
        ("/tokens", FORM, 204),
        ("/tokens", JSON, 415),
        ("/login", JSON, 204),
        ("/login", FORM, 204),
        ("/login", PLAIN, 415),
        ("/api/v1/uploads/log", PLAIN, 204),
        ("/pki/ocsp", "application/ocsp-request", 204),
        ("/pki/ocsp", PLAIN, 415),
    ],
)
def test_a_body_is_taken_where_its_type_is_that_of_its_path(path: str, kind: str, status: int) -> None:
    with TestClient(APP) as client:
        answer = client.post(path, content=b"{}", headers={"content-type": kind} if kind else {})

    assert answer.status_code == status


def test_what_has_no_body_needs_no_type_and_a_refusal_says_what_is_taken() -> None:
    with TestClient(APP) as client:
        empty = client.post("/api/v1/tokens")
        plain = client.post("/api/v1/tokens", content=b"x", headers={"content-type": PLAIN})

    assert empty.status_code == 204
    assert "taken is application/json" in plain.json()["detail"]
