"""Problems: every error of the API as RFC 9457 problem details; what breaks a rule is named by its field."""

import logging
import re
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException
from litestar.openapi.datastructures import ResponseSpec

from services.api.web.metrics import OUTAGES
from services.api.web.paging import BadCursor
from services.api.web.requestids import request_id_of
from services.runtime.process.outage import Outage

MEDIA_TYPE = "application/problem+json"

log = logging.getLogger(__name__)


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a request."""

    field: Annotated[str, msgspec.Meta(description="Path of the member, or name of the parameter.", examples=["ttl_s"])]
    detail: Annotated[str, msgspec.Meta(description="What is wrong with it.", examples=["Expected `float` <= 3600.0"])]


class ProblemDetails(msgspec.Struct, frozen=True, kw_only=True):
    """An error, as RFC 9457 has it."""

    type: Annotated[str, msgspec.Meta(description="Always about:blank: the status says what kind it is.")] = (
        "about:blank"
    )
    title: Annotated[str, msgspec.Meta(description="The status in words.", examples=["Unprocessable Entity"])]
    status: Annotated[int, msgspec.Meta(description="The HTTP status.", examples=[422])]
    detail: Annotated[str, msgspec.Meta(description="What happened here and what to do about it.")]
    instance: Annotated[str, msgspec.Meta(description="The path that was asked for.")] = ""
    errors: Annotated[list[FieldError], msgspec.Meta(description="What is wrong, field by field (422).")] = []
    command_id: Annotated[
        str | msgspec.UnsetType,
        msgspec.Meta(
            description="Of a command that was asked for (503): ask `GET /commands/{command_id}` what became of it."
        ),
    ] = msgspec.UNSET
    may_have_left: Annotated[
        bool | msgspec.UnsetType,
        msgspec.Meta(
            description="Whether the command may reach its station all the same (503): false says that nothing of it left."
        ),
    ] = msgspec.UNSET
    commands: Annotated[
        dict[str, str] | msgspec.UnsetType,
        msgspec.Meta(
            description="Of a command to many (503): the ids of those that may reach their stations, by station."
        ),
    ] = msgspec.UNSET


class Problem(Exception):
    """Ends a request with this status and sentence; `errors` name the fields it is about."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        errors: Iterable[FieldError] = (),
        headers: Mapping[str, str] | None = None,
        command_id: str | msgspec.UnsetType = msgspec.UNSET,
        may_have_left: bool | msgspec.UnsetType = msgspec.UNSET,
        commands: Mapping[str, str] | msgspec.UnsetType = msgspec.UNSET,
    ) -> None:
        super().__init__(detail)
        self.commands = commands if isinstance(commands, msgspec.UnsetType) else dict(commands)
        self.command_id = command_id
        self.may_have_left = may_have_left
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})


def invalid(field: str, detail: str) -> Problem:
    """The request's `field` cannot be used."""
    return invalid_fields([FieldError(field=field, detail=detail)])


def invalid_fields(errors: list[FieldError]) -> Problem:
    """These fields of the request cannot be used."""
    sentence = "; ".join(f"{error.field}: {error.detail}" for error in errors)
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, sentence, errors=errors)


def not_found(detail: str) -> Problem:
    """There is no such thing."""
    return Problem(HTTPStatus.NOT_FOUND, detail)


_NAMED_FIELD = re.compile(r"Object (?:missing required|contains unknown) field `(?P<field>[^`]*)`")
_PATH = re.compile(r" - at (?:`key` in )?`\$(?P<path>[^`]*)`$")


def field_error(message: str, *, within: str = "") -> FieldError:
    """msgspec's sentence about a value as a field and what is wrong with it; the value sits at `within` of the request."""
    path = found["path"] if (found := _PATH.search(message)) else ""
    named = _NAMED_FIELD.match(message)
    parts = [within, path.lstrip("."), named["field"] if named else ""]
    return FieldError(field=".".join(part for part in parts if part) or "body", detail=_PATH.sub("", message))


_AWAY = "Kafka or ClickHouse cannot be reached now (the log says which); try again."

_SPELLED = {"since": "from", "idempotency_key": "Idempotency-Key"}
"""Parameters whose names cannot be Python's, as callers know them."""


def _field_errors(exception: ValidationException) -> list[FieldError]:
    """Litestar's findings, each with the path of its field."""
    found = exception.extra if isinstance(exception.extra, list) else []
    errors = []
    for entry in found:
        message, key = str(entry.get("message", "")), str(entry.get("key", ""))
        key = _SPELLED.get(key, key)
        if entry.get("source") == "body" and message == "'data'":
            errors.append(FieldError(field="body", detail="a JSON object is expected"))
        else:
            errors.append(field_error(message, within="" if key == "data" else key))
    return errors or [FieldError(field="request", detail=exception.detail)]


def _respond(request: Request[Any, Any, Any], problem: Problem) -> Response[ProblemDetails]:
    status = HTTPStatus(problem.status)
    details = ProblemDetails(
        title=status.phrase,
        status=status,
        detail=problem.detail,
        instance=request.url.path,
        errors=problem.errors,
        command_id=problem.command_id,
        may_have_left=problem.may_have_left,
        commands=problem.commands,
    )
    return Response(details, status_code=status, media_type=MEDIA_TYPE, headers=problem.headers)


def from_problem(request: Request[Any, Any, Any], problem: Problem) -> Response[ProblemDetails]:
    """What a handler refused."""
    return _respond(request, problem)


def not_published(
    outage: Outage,
    what: str = "command",
    *,
    command_id: str | msgspec.UnsetType = msgspec.UNSET,
    commands: Mapping[str, str] | msgspec.UnsetType = msgspec.UNSET,
) -> Problem:
    """What Kafka did not confirm: whether it may be on its way, and how to learn that. `commands`: ids by station, of many."""
    OUTAGES.inc()
    log.warning("answered 503: %s", outage)
    left = outage.may_have_left or bool(commands)
    sentence = (
        f"Kafka did not confirm the {what} in time; it may reach the station all the same: ask for the command by its id, or repeat"
        " the request with an Idempotency-Key."
        if left
        else f"Kafka cannot be reached now: the {what} has not left. Try again."
    )
    return Problem(
        HTTPStatus.SERVICE_UNAVAILABLE,
        sentence,
        headers={"Retry-After": "2"},
        command_id=command_id,
        may_have_left=left,
        commands=commands,
    )


def from_validation(request: Request[Any, Any, Any], exception: ValidationException) -> Response[ProblemDetails]:
    """What the declared types refused: 422, whatever the framework calls it."""
    return _respond(request, invalid_fields(_field_errors(exception)))


def from_http(request: Request[Any, Any, Any], exception: HTTPException) -> Response[ProblemDetails]:
    """What the framework refused: unknown paths and methods, bodies that are no JSON or too large."""
    headers = {str(name): str(value) for name, value in (exception.headers or {}).items()}
    return _respond(request, Problem(exception.status_code, exception.detail, headers=headers))


def from_bad_cursor(request: Request[Any, Any, Any], exception: BadCursor) -> Response[ProblemDetails]:
    """A cursor that is not ours."""
    return _respond(request, invalid("cursor", str(exception)))


def from_outage(request: Request[Any, Any, Any], exception: Outage) -> Response[ProblemDetails]:
    """A neighbour is away: 503, and when to try again."""
    OUTAGES.inc()
    log.warning("answered 503: %s", exception)
    return _respond(request, Problem(HTTPStatus.SERVICE_UNAVAILABLE, _AWAY, headers={"Retry-After": "2"}))


def from_depth(request: Request[Any, Any, Any], _: RecursionError) -> Response[ProblemDetails]:
    """A body nested deeper than any reader follows."""
    return _respond(request, invalid("body", "nested too deeply"))


def from_bug(request: Request[Any, Any, Any], exception: Exception) -> Response[ProblemDetails]:
    """Any other exception is a bug: it is logged with its trace, and the answer gives no details."""
    asked = (request.method, request.url.path, request_id_of(request))
    log.error("bug while serving %s %s (request %s)", *asked, exc_info=exception)
    return _respond(request, Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "This is our fault; the log has the reason."))


HANDLERS: dict[int | type[Exception], Any] = {
    Problem: from_problem,
    ValidationException: from_validation,
    HTTPException: from_http,
    BadCursor: from_bad_cursor,
    Outage: from_outage,
    RecursionError: from_depth,
    Exception: from_bug,
}
"""Litestar's table of exception handlers."""


def documented(*statuses: int) -> dict[int, ResponseSpec]:
    """The problems a route may answer with, for its OpenAPI page; 400, 401, 403 and 503 always may."""
    return {
        status: ResponseSpec(
            data_container=ProblemDetails,
            generate_examples=False,
            description=MEANINGS.get(status, HTTPStatus(status).phrase),
            media_type=MEDIA_TYPE,
        )
        for status in sorted({400, 401, 403, 503, *statuses})
    }


MEANINGS = {
    400: "The body is no JSON, or the request cannot be read.",
    401: "The key is missing, wrong, revoked or expired.",
    403: "The roles of the key do not permit it, or its scope does not hold it.",
    404: "There is no such thing.",
    409: "The request contradicts an earlier one.",
    412: "It is not as `If-Match` or `If-None-Match` says; `errors` tell what stands otherwise than asked for.",
    429: "The key, the user or its tenant has used what it may; try again after `Retry-After` seconds.",
    422: "A field cannot be used; `errors` names it.",
    503: "A neighbour (Kafka, ClickHouse) is away; try again after `Retry-After` seconds.",
}
"""What a status means in the OpenAPI document."""
