"""Health and metrics of this process: open, for probes and Prometheus."""

from http import HTTPStatus
from typing import Literal

import msgspec
from litestar import Response, Router, get
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from services.api.web.auth import OPEN
from services.api.web.parameters import Given


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Whether this process can do its work, and why not."""

    status: Literal["ok", "not-ready"]
    reasons: list[str]


@get("/health/live", summary="Alive", security=[{}])
async def live() -> Health:
    """This process answers."""
    return Health(status="ok", reasons=[])


@get(["/health", "/health/ready"], summary="Ready", security=[{}])
async def ready(ports: Given) -> Response[Health]:
    """200 when this process can do its work; 503 with the reasons when it cannot."""
    if reasons := ports.not_ready():
        return Response(Health(status="not-ready", reasons=reasons), status_code=HTTPStatus.SERVICE_UNAVAILABLE)
    return Response(Health(status="ok", reasons=[]), status_code=HTTPStatus.OK)


@get("/metrics", summary="Metrics", media_type="text/plain", security=[{}])
async def metrics() -> Response[bytes]:
    """Prometheus metrics of this process."""
    return Response(generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST}, media_type="text/plain")


def router() -> Router:
    """/health and /metrics."""
    return Router(path="/", route_handlers=[live, ready, metrics], tags=["health"], opt={OPEN: True})
