"""Forms: what a browser posted, as text by name, and as the API's own bodies."""

import datetime as dt
from collections.abc import Mapping
from pathlib import PurePath
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile

from services.api.web.changing import WHATEVER, Condition
from services.api.web.formtokens import FIELD
from services.api.web.importing import CSV, JSON, JSON_LINES
from services.api.web.problems import field_error, invalid, invalid_fields

T = TypeVar("T")


async def posted(request: Request[Any, Any, Any]) -> dict[str, str]:
    """The form's fields; files are none of ours and are left out, and so is what proves that the form is of our page."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str) and name != FIELD}


class SentFile(msgspec.Struct, frozen=True):
    """A file of rows from the console. `dry_run`: it is only to be checked."""

    body: bytes
    media_type: str
    dry_run: bool


async def sent_file(request: Request[Any, Any, Any]) -> SentFile:
    """The form's file, of the type that its name ends with. Raises Problem where there is none, or of another type."""
    form = await request.form()
    file = form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise invalid("file", "choose a file")
    media_type = FILE_TYPES.get(PurePath(file.filename).suffix.lower())
    if media_type is None:
        raise invalid("file", f"its name ends with {', '.join(sorted(FILE_TYPES))}")
    return SentFile(await file.read(), media_type, dry_run="check" in form)


FILE_TYPES = {".csv": CSV, ".json": JSON, ".jsonl": JSON_LINES}


def body(given: Mapping[str, Any], kind: type[T]) -> T:
    """The API's body of these members. Raises Problem naming the field that cannot be used."""
    try:
        return msgspec.convert(given, kind)
    except msgspec.ValidationError as error:
        raise invalid_fields([field_error(str(error))]) from error


def owner(given: Mapping[str, str]) -> dict[str, str]:
    """Whose a form says that its record is, as the body's member `tenant`; nothing where the form does not ask."""
    return {"tenant": given["tenant"].strip()} if "tenant" in given else {}


def meant(given: Mapping[str, str]) -> Condition:
    """The state that the form was filled in for: a new thing where it names none, whatever is there where it says nothing."""
    tag = given.get("etag")
    if tag is None:
        return WHATEVER
    return Condition(tags=frozenset({tag})) if tag else Condition(must_be_new=True)


def pairs(text: str) -> dict[str, str]:
    """Labels, one `name = value` a line. Raises Problem."""
    found: dict[str, str] = {}
    for line in filter(str.strip, text.splitlines()):
        name, separator, value = line.partition("=")
        if not separator or not name.strip():
            raise invalid("labels", f"write one `name = value` a line; {line.strip()!r} is none")
        found[name.strip()] = value.strip()
    return found


def moment(name: str, text: str) -> dt.datetime | None:
    """A moment from an input of date and time: UTC where it names no offset. Raises Problem."""
    if not text.strip():
        return None
    try:
        at = dt.datetime.fromisoformat(text.strip())
    except ValueError as error:
        raise invalid(name, f"{text!r} is no date and time") from error
    return at if at.tzinfo is not None else at.replace(tzinfo=dt.UTC)


def whole(name: str, text: str) -> int | None:
    """A whole number, None where the field is blank. Raises Problem."""
    text = text.strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise invalid(name, "a whole number is expected")
    return int(text)
