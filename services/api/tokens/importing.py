"""Tokens imported: many at once, by a program or from a file in the console."""

from collections.abc import Callable, Mapping
from typing import Any

from litestar import Request, Router, post

from schemas.authorization import REF_TOKENS, TokenProvisioned, token_key
from services.api.console import forms
from services.api.console.rendering import Shown
from services.api.ports import Ports
from services.api.tokens.lines import hours_of, places_of
from services.api.tokens.rows import ProvisionToken, TokenLimits
from services.api.tokens.usecases import save_token
from services.api.web.importing import LARGEST, DryRun, ImportReport, Kind, import_file, media_type_of
from services.api.web.parameters import Given
from services.api.web.problems import documented

CELLS: Mapping[str, Callable[[str], Any]] = {
    "types": str.split,
    "places": lambda cell: places_of(cell.replace(";", "\n")),
    "hours": lambda cell: hours_of(cell.replace(";", "\n")),
}
"""Columns with several values: types with blanks between them; places and hours as in the console's form, with semicolons."""

COLUMNS = frozenset(
    ("token", *ProvisionToken.__struct_fields__, *(f"limits.{name}" for name in TokenLimits.__struct_fields__))
) - {"limits"}


def kind_of(ports: Ports) -> Kind[ProvisionToken]:
    """How rows become tokens."""

    async def save(token: str, data: ProvisionToken, dry_run: bool) -> TokenProvisioned:
        return await save_token(ports, token, data, dry_run=dry_run)

    def known(token: str) -> TokenProvisioned | None:
        record = ports.reference.get(REF_TOKENS, token_key(token))
        return record if isinstance(record, TokenProvisioned) else None

    return Kind(id="token", columns=COLUMNS, body=ProvisionToken, save=save, known=known, key=token_key, cells=CELLS)


@post(
    "/token-imports",
    summary="Import tokens",
    status_code=200,
    request_max_body_size=LARGEST,
    responses=documented(413, 415, 422),
)
async def import_tokens(request: Request[Any, Any, Any], ports: Given, *, dry_run: DryRun = False) -> ImportReport:
    """Provision up to 10,000 tokens: CSV with a header, a JSON array, or JSON lines. Each row has a `token` and the members of
    `PUT /tokens/{token}`, and replaces what was known of it; in CSV, members of members are columns as `limits.max_cost`.

    A row that cannot stand is refused and stops no other. A file may be sent again: what stands already is `unchanged`.
    """
    return await import_file(ports, kind_of, await request.body(), media_type_of(request), dry_run=dry_run)


@post("/tokens/import", status_code=200, request_max_body_size=LARGEST)
async def import_in_console(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Check a file of tokens, or import it."""
    sent = await forms.sent_file(request)
    report = await import_file(ports, kind_of, sent.body, sent.media_type, dry_run=sent.dry_run)
    return show.notice(request, report.sentence("token"), then="/tokens", warnings=report.refusals())


def router() -> Router:
    """Imports of tokens."""
    return Router(path="/", route_handlers=[import_tokens])


HANDLERS = (import_in_console,)
