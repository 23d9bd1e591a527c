"""Entries of the audit log about people who sign in and out."""

from typing import Any

from litestar import Request

from services.api.audit.writing import Trail
from services.api.ports import Ports
from services.api.web.auth import address_of
from services.api.web.principals import OPERATOR_KEY
from services.api.web.requestids import request_id_of

LONGEST_USER = 120


async def say_signed(request: Request[Any, Any, Any], ports: Ports, user: str, action: str, *, status: int) -> None:
    """Write that a user, or whoever has the operator key, signed in or out, with the status that says what came of it."""
    members = {
        "actor": user[:LONGEST_USER] or OPERATOR_KEY.name,
        "actor_kind": "user" if user else OPERATOR_KEY.kind,
        "address": address_of(request),
        "request_id": request_id_of(request),
        "method": request.method,
        "route": request.url.path,
        "noun": "operators",
        "action": action,
    }
    await Trail(ports.audit, members).end(status)
