"""Request ids: each request has one, its caller's where he sent one, in its answer, in the log and in the audit log."""

import re
import uuid
from collections.abc import MutableMapping
from typing import Any

from litestar import Request

HEADER = "X-Request-Id"
STATE = "voltbus_request_id"
_TAKEN = re.compile(r"[A-Za-z0-9._:-]{1,64}")


def request_id_of(request: Request[Any, Any, Any]) -> str:
    """The id of a request."""
    return id_in(request.scope["state"], request.headers.get(HEADER.lower(), ""))


def id_in(state: MutableMapping[str, Any], offered: str = "") -> str:
    """The id that a request's state has, which gets one where it has none: the one that was offered, if it can be taken."""
    found: str = state.get(STATE) or (offered if _TAKEN.fullmatch(offered) else uuid.uuid4().hex)
    state[STATE] = found
    return found
