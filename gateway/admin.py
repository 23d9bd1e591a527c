"""The admin listener: /metrics for Prometheus, /health/live and /health/ready for the orchestrator."""

import http
from collections.abc import Callable

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.http11 import Request, Response


async def listen(host: str, port: int, *, not_ready: Callable[[], list[str]]) -> Server:
    """Answer plain HTTP (the WebSocket server reads requests anyway). Raises OSError when the port cannot be opened."""

    def answer(_socket: ServerConnection, request: Request) -> Response:
        match request.path.partition("?")[0]:
            case "/metrics":
                return _response(http.HTTPStatus.OK, generate_latest(), CONTENT_TYPE_LATEST)
            case "/health/live":
                return _response(http.HTTPStatus.OK, b"alive\n")
            case "/health/ready":
                reasons = not_ready()
                if not reasons:
                    return _response(http.HTTPStatus.OK, b"ready\n")
                return _response(http.HTTPStatus.SERVICE_UNAVAILABLE, "".join(f"{r}\n" for r in reasons).encode())
        return _response(http.HTTPStatus.NOT_FOUND, b"Here are /metrics, /health/live and /health/ready.\n")

    return await serve(_never, host, port, process_request=answer, server_header=None)


async def _never(_socket: ServerConnection) -> None:
    raise AssertionError("every request is answered as plain HTTP")


def _response(status: http.HTTPStatus, body: bytes, kind: str = "text/plain; charset=utf-8") -> Response:
    headers = Headers({"Content-Type": kind, "Content-Length": str(len(body)), "Connection": "close"})
    return Response(status.value, status.phrase, headers, body)
