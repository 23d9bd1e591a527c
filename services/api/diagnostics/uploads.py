"""Uploads: where stations put files. No login: the address has a ticket that is good for one file."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Annotated, Any

from litestar import Request, Router, post, put
from litestar.datastructures import UploadFile
from litestar.params import PathParameter

from services.api.diagnostics.usecases import take_in
from services.api.ports import Ports
from services.api.web.auth import OPEN
from services.api.web.parameters import Given
from services.api.web.problems import Problem, documented

PART_BYTES = 1 << 20

Log = Annotated[str, PathParameter(description="The log's id.")]
Ticket = Annotated[
    str, PathParameter(description="What lets the station in; it is in the address that the station was given.")
]
Name = Annotated[str, PathParameter(description="What the station calls the file.")]

TAKEN: Any = {"status_code": HTTPStatus.CREATED, "responses": documented(403, 404, 409, 413), "opt": {OPEN: True}}
# a file is larger than other bodies may be, and is counted as it comes
TAKEN["request_max_body_size"] = None


@put("/uploads/{log:str}/{ticket:str}", summary="Upload a file", **TAKEN)
async def put_file(log: Log, ticket: Ticket, ports: Given, request: Request[Any, Any, Any]) -> None:
    """A station uploads the file that it was asked for: the body is the file, of any type."""
    await _taken(ports, request, log, ticket, "")


@put("/uploads/{log:str}/{ticket:str}/{name:str}", summary="Upload a file with a name", **TAKEN)
async def put_named(log: Log, ticket: Ticket, name: Name, ports: Given, request: Request[Any, Any, Any]) -> None:
    """As without a name: some stations take the address for a folder."""
    await _taken(ports, request, log, ticket, name)


@post("/uploads/{log:str}/{ticket:str}", summary="Upload a file by POST", **TAKEN)
async def post_file(log: Log, ticket: Ticket, ports: Given, request: Request[Any, Any, Any]) -> None:
    """The body is the file, or a form (`multipart/form-data`) that has one."""
    await _taken(ports, request, log, ticket, "")


@post("/uploads/{log:str}/{ticket:str}/{name:str}", summary="Upload a file with a name by POST", **TAKEN)
async def post_named(log: Log, ticket: Ticket, name: Name, ports: Given, request: Request[Any, Any, Any]) -> None:
    """As without a name."""
    await _taken(ports, request, log, ticket, name)


async def _taken(ports: Ports, request: Request[Any, Any, Any], log: str, ticket: str, name: str) -> None:
    length = request.content_length
    if length is not None and length > ports.config.upload_limit:
        raise Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A file may have {ports.config.upload_limit} bytes.")
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        file = await _of_form(request, length)
        await take_in(ports, log, ticket, name or file.filename, _parts(file))
    else:
        await take_in(ports, log, ticket, name, request.stream())


async def _of_form(request: Request[Any, Any, Any], length: int | None) -> UploadFile:
    """The only file of a form. Raises Problem."""
    if length is None:
        raise Problem(HTTPStatus.LENGTH_REQUIRED, "A form with a file says its length.")
    files = [value for _, value in (await request.form()).multi_items() if isinstance(value, UploadFile)]
    if len(files) != 1:
        raise Problem(HTTPStatus.BAD_REQUEST, f"The form has {len(files)} files: one is taken.")
    return files[0]


async def _parts(file: UploadFile) -> AsyncIterator[bytes]:
    while part := await file.read(PART_BYTES):
        yield part


def router() -> Router:
    """Where stations put files."""
    return Router(path="/", route_handlers=[put_file, put_named, post_file, post_named])
