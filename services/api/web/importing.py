"""Importing: many rows of reference data at once, as CSV, a JSON array or JSON lines; each row stands or is refused by itself, and the
report says which."""

import asyncio
import csv
import io
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Any, Generic, Literal, TypeVar

import msgspec
from litestar import Request
from litestar.params import QueryParameter

from schemas.base import Record
from services.api.ports import Ports
from services.api.web.changing import same_content
from services.api.web.problems import FieldError, Problem, field_error, invalid

K = TypeVar("K", bound=msgspec.Struct)

CSV, JSON, JSON_LINES = "text/csv", "application/json", "application/x-ndjson"
MEDIA_TYPES = frozenset({CSV, JSON, JSON_LINES})

MOST_ROWS = 10_000
LARGEST = 16_777_216
"""Bytes of an import."""

REFUSALS_SHOWN = 20

DryRun = Annotated[
    bool, QueryParameter(description="Only check the file: the report says what would become of each row.")
]

AT_ONCE = 256
"""Rows that are on their way to Kafka at once."""

Outcome = Literal["created", "changed", "unchanged", "refused"]


class ImportedRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one row, or what would."""

    row: Annotated[int, msgspec.Meta(description="Its number in the file; the first one below a header is 1.")]
    id: Annotated[str, msgspec.Meta(description="The id that it names.")]
    outcome: Outcome
    errors: Annotated[list[FieldError], msgspec.Meta(description="Why it is refused, by member.")] = []


class ImportReport(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an import, or what would (`dry_run`)."""

    dry_run: bool
    created: int
    changed: int
    unchanged: int
    refused: int
    rows: Annotated[list[ImportedRow], msgspec.Meta(description="A row each, in the order of the file.")]

    def sentence(self, noun: str) -> str:
        """The report in a sentence for people."""
        done = f"{self.created} {noun}s {'would be' if self.dry_run else 'were'} added, {self.changed} changed"
        return f"{done}; {self.unchanged} stand as they are, {self.refused} rows are refused."

    def refusals(self) -> list[str]:
        """The first refused rows, each with its reason, for people."""
        refused = [row for row in self.rows if row.outcome == "refused"]
        shown = [
            f"Row {row.row}{f' ({row.id})' if row.id else ''}: {'; '.join(f'{error.field}: {error.detail}' for error in row.errors)}"
            for row in refused[:REFUSALS_SHOWN]
        ]
        return [*shown, f"and {len(refused) - len(shown)} more"] if len(refused) > len(shown) else shown


class Row(msgspec.Struct, frozen=True):
    """One row of a file. `text`: its values are text (CSV), to be converted."""

    number: int
    members: dict[str, Any]
    text: bool = False
    error: str = ""


class Kind(msgspec.Struct, Generic[K], frozen=True, kw_only=True):
    """What rows are imported as.

    `id`: the member or column with the row's id. `columns`: what CSV may have, as `rows_of` takes it.
    `cells`: turns the text of a column into the member's value, where lax conversion
    cannot. `save(id, body, dry_run)` raises Problem, and returns the record that stands then; `known(id)` is the one that stands before.
    `key` of two ids is the same where they name one thing.
    """

    id: str
    columns: frozenset[str]
    body: type[K]
    save: Callable[[str, K, bool], Awaitable[Record]]
    known: Callable[[str], Record | None]
    key: Callable[[str], str]
    cells: Mapping[str, Callable[[str], Any]] = {}


# -- reading -----------------------------------------------------------------------------------------------------------


def media_type_of(request: Request[Any, Any, Any]) -> str:
    """The media type of a body, without its parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def rows_of(body: bytes, media_type: str, columns: Collection[str]) -> list[Row]:
    """The rows of a file. `columns`: what CSV may have; those with a dot at their end may be followed by any name.

    Raises Problem: 415 for another media type, 422 for a file that is none, has no row, too many, or a column nobody knows.
    """
    match media_type:
        case "text/csv":
            rows = list(_csv_rows(_text(body), columns))
        case "application/json":
            rows = list(_json_rows(body))
        case "application/x-ndjson":
            rows = list(_json_lines(_text(body)))
        case _:
            raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"Send {CSV}, {JSON} or {JSON_LINES}.")
    if not rows:
        raise invalid("body", "there is no row in it")
    if len(rows) > MOST_ROWS:
        raise invalid("body", f"{len(rows)} rows; at most {MOST_ROWS} at once: send the file in parts")
    return rows


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise invalid("body", f"not UTF-8 at byte {error.start}: save the file as UTF-8") from error


def _csv_rows(text: str, columns: Collection[str]) -> Iterator[Row]:
    header_line = text.partition("\n")[0]
    separator = max(",;\t", key=header_line.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    header = [name.strip() for name in next(reader, [])]
    open_ended = tuple(name for name in columns if name.endswith("."))
    strange = [name for name in header if name not in columns and not (open_ended and name.startswith(open_ended))]
    if strange or len(set(header)) != len(header):
        what = f"no column may be called {', '.join(map(repr, strange))}" if strange else "two columns have one name"
        raise invalid("header", f"{what}; known are {', '.join(sorted(columns))}")
    try:
        for number, cells in enumerate((cells for cells in reader if any(map(str.strip, cells))), 1):
            error = "" if len(cells) <= len(header) else f"{len(cells)} cells below {len(header)} columns"
            given = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
            yield Row(number, _nested(given), text=True, error=error)
    except csv.Error as error:
        raise invalid("body", f"line {reader.line_num} is no CSV: {error}") from error


def _nested(given: Mapping[str, Any]) -> dict[str, Any]:
    """`{"limits.max_cost": x}` as `{"limits": {"max_cost": x}}`."""
    made: dict[str, Any] = {}
    for name, value in given.items():
        outer, dot, inner = name.partition(".")
        if dot:
            made.setdefault(outer, {})[inner] = value
        else:
            made[name] = value
    return made


def _json_rows(body: bytes) -> Iterator[Row]:
    try:
        items = msgspec.json.decode(body, type=list[dict[str, Any]])
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid("body", f"a JSON array of objects is expected: {error}") from error
    return (Row(number, item) for number, item in enumerate(items, 1))


def _json_lines(text: str) -> Iterator[Row]:
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        try:
            yield Row(number, msgspec.json.decode(line, type=dict[str, Any]))
        except msgspec.DecodeError as error:
            yield Row(number, {}, error=f"a JSON object is expected: {error}")


def takes_file(path: str) -> Callable[[dict[str, Any]], None]:
    """What a noun adds to the OpenAPI document where POST `path` takes a file of rows."""
    schemas = {
        CSV: {"type": "string"},
        JSON: {"type": "array", "items": {"type": "object"}},
        JSON_LINES: {"type": "string"},
    }

    def describe(document: dict[str, Any]) -> None:
        content = {media_type: {"schema": schema} for media_type, schema in schemas.items()}
        document["paths"][path]["post"]["requestBody"] = {"required": True, "content": content}

    return describe


# -- applying ----------------------------------------------------------------------------------------------------------


async def import_file(
    ports: Ports, kind_of: Callable[[Ports], Kind[K]], body: bytes, media_type: str, *, dry_run: bool
) -> ImportReport:
    """Apply a file of rows, or only check it. `kind_of` is asked once this process has caught up. Raises Problem, Outage."""
    await ports.reference.caught_up()
    kind = kind_of(ports)
    return await imported(rows_of(body, media_type, kind.columns), kind, dry_run=dry_run)


async def imported(rows: Sequence[Row], kind: Kind[K], *, dry_run: bool) -> ImportReport:
    """Apply each row, or only check it. A row that repeats an id is refused; the first one counts. Raises Outage."""
    report: dict[int, ImportedRow] = {}
    first: dict[str, int] = {}
    waiting = iter(rows)

    async def work() -> None:
        for row in waiting:
            report[row.number] = await _applied(row, kind, first, dry_run=dry_run)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(min(AT_ONCE, len(rows))):
                group.create_task(work())
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    ordered = [report[number] for number in sorted(report)]
    counts = {
        outcome: sum(row.outcome == outcome for row in ordered)
        for outcome in ("created", "changed", "unchanged", "refused")
    }
    return ImportReport(dry_run=dry_run, rows=ordered, **counts)


async def _applied(row: Row, kind: Kind[K], first: dict[str, int], *, dry_run: bool) -> ImportedRow:
    members = dict(row.members)
    given = members.pop(kind.id, "")
    id_ = given if isinstance(given, str) else ""
    try:
        body = _body(row, members, kind, id_)
        earlier = first.setdefault(kind.key(id_), row.number)
        if earlier != row.number:
            raise invalid(kind.id, f"the same as in row {earlier}")
        before = kind.known(id_)
        after = await kind.save(id_, body, True)
        if before is not None and same_content(before, after):
            return ImportedRow(row=row.number, id=id_, outcome="unchanged")
        if not dry_run:
            await kind.save(id_, body, False)
    except Problem as problem:
        if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        errors = problem.errors or [FieldError(field=kind.id, detail=problem.detail)]
        return ImportedRow(row=row.number, id=id_, outcome="refused", errors=errors)
    return ImportedRow(row=row.number, id=id_, outcome="created" if before is None else "changed")


def _body(row: Row, members: dict[str, Any], kind: Kind[K], id_: str) -> K:
    """The row as the body of its kind. Raises Problem."""
    if row.error:
        raise invalid("row", row.error)
    if not id_:
        raise invalid(kind.id, "it names none, and that is how rows are told apart")
    if row.text:
        members |= {name: convert(members[name]) for name, convert in kind.cells.items() if name in members}
    try:
        return msgspec.convert(members, kind.body, strict=not row.text)
    except msgspec.ValidationError as error:
        raise Problem(HTTPStatus.UNPROCESSABLE_ENTITY, str(error), errors=[field_error(str(error))]) from error
