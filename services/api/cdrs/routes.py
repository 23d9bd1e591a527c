"""Charge detail records: what each session cost; found, read, and exported whole as CSV or JSON lines."""

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Annotated, Any, Literal

import msgspec
from litestar import Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import PathParameter, QueryParameter
from litestar.response import Stream

from services.api.cdrs.rows import Cdr, CdrFilter
from services.api.ports import Ports
from services.api.web.csvcells import cell, row_of
from services.api.web.paging import LIMIT_MOST, Page
from services.api.web.parameters import Cursor, From, Given, Limit, To, in_time
from services.api.web.problems import documented, not_found

StationQuery = Annotated[str | None, QueryParameter(name="station", description="Of this station.")]
SessionQuery = Annotated[str | None, QueryParameter(name="session", description="Of this session.")]
SiteQuery = Annotated[str | None, QueryParameter(name="site", description="Of this site.")]
TokenQuery = Annotated[str | None, QueryParameter(name="token", description="By this token, any case.")]
TariffQuery = Annotated[str | None, QueryParameter(name="tariff", description="Rated by this tariff.")]
CurrencyQuery = Annotated[str | None, QueryParameter(name="currency", description="In this currency.")]
UnratedQuery = Annotated[
    bool | None, QueryParameter(name="unrated", description="Only those without a price, or those with one.")
]
CreditQuery = Annotated[bool | None, QueryParameter(name="credit", description="Only credits, or no credits.")]
EstimatedQuery = Annotated[
    bool | None,
    QueryParameter(name="estimated", description="Only those whose end is presumed, or those whose end was told."),
]
CurrentQuery = Annotated[
    bool | None,
    QueryParameter(
        name="current", description="Only those that stand, one a session; or only corrected ones and credits."
    ),
]

NESTED = frozenset({"costs", "periods", "anomalies", "station_cost"})
PARTS = ("flat", "energy", "time", "parking", "adjustment", "rounding")
CSV_COLUMNS = (
    *(name for name in Cdr.__struct_fields__ if name not in NESTED),
    *(f"{part}_{vat}" for part in PARTS for vat in ("excl_vat", "incl_vat")),
)
"""A record's own members, then what its total is made of. Periods are in the JSON lines only."""


async def cdr_filter(
    *,
    station: StationQuery = None,
    session: SessionQuery = None,
    site: SiteQuery = None,
    token: TokenQuery = None,
    tariff: TariffQuery = None,
    currency: CurrencyQuery = None,
    unrated: UnratedQuery = None,
    credit: CreditQuery = None,
    current: CurrentQuery = None,
    estimated: EstimatedQuery = None,
    since: From = None,
    to: To = None,
) -> CdrFilter:
    """Which records a request is about."""
    in_time(since, to)
    return CdrFilter(
        station=station,
        session=session,
        site=site,
        token=token,
        tariff=tariff,
        currency=currency,
        unrated=unrated,
        credit=credit,
        current=current,
        estimated=estimated,
        since=since,
        until=to,
    )


Wanted = NamedDependency[CdrFilter]


@get("/", summary="List charge detail records", responses=documented(422))
async def list_cdrs(ports: Given, wanted: Wanted, cursor: Cursor = None, limit: Limit = 50) -> Page[Cdr]:
    """Records, credits included, by the time they were issued, newest first. `from` and `to` are about that time."""
    return await ports.reads.cdrs(wanted, cursor=cursor, limit=limit)


@get("/export", summary="Export charge detail records", responses=documented(422))
async def export_cdrs(
    ports: Given,
    wanted: Wanted,
    format: Annotated[Literal["csv", "jsonl"], QueryParameter(description="Comma-separated, or JSON lines.")] = "csv",
) -> Stream:
    """Every record that the filters leave, newest first, as it is read: the answer may be long.

    CSV has a header, a record a line, without its periods; JSON lines have all of a record. A text that a spreadsheet would
    take for a formula is preceded by an apostrophe.
    """
    first = await ports.reads.cdrs(wanted, limit=LIMIT_MOST)  # an outage now is a 503, not a broken download
    lines, media_type = (_csv, "text/csv") if format == "csv" else (_jsonl, "application/x-ndjson")
    headers = {"Content-Disposition": f'attachment; filename="cdrs.{format}"'}
    return Stream(_exported(ports, wanted, first, lines), media_type=media_type, headers=headers)


async def _exported(
    ports: Ports, wanted: CdrFilter, page: Page[Cdr], lines: Callable[[Iterable[Cdr]], str]
) -> AsyncIterator[bytes]:
    if lines is _csv:
        yield row_of(CSV_COLUMNS).encode()
    yield lines(page.items).encode()
    while page.next_cursor is not None:
        page = await ports.reads.cdrs(wanted, cursor=page.next_cursor, limit=LIMIT_MOST)
        yield lines(page.items).encode()


def _jsonl(cdrs: Iterable[Cdr]) -> str:
    return "".join(f"{msgspec.json.encode(cdr).decode()}\n" for cdr in cdrs)


def _csv(cdrs: Iterable[Cdr]) -> str:
    return "".join(row_of(_cells(cdr)) for cdr in cdrs)


def _cells(cdr: Cdr) -> list[Any]:
    own = [getattr(cdr, name) for name in Cdr.__struct_fields__ if name not in NESTED]
    parts = [getattr(cdr.costs, part) if cdr.costs is not None else None for part in PARTS]
    nested = [getattr(part, vat) if part is not None else None for part in parts for vat in ("excl_vat", "incl_vat")]
    return [cell(value) for value in (*own, *nested)]


@get("/{cdr:str}", summary="Get a charge detail record", responses=documented(404))
async def get_cdr(
    cdr: Annotated[str, PathParameter(description="The record's id.")],
    ports: Given,
) -> Cdr:
    """One record with its periods."""
    found = await ports.reads.cdr(cdr)
    if found is None:
        raise not_found(f"There is no charge detail record {cdr!r}.")
    return found


def router() -> Router:
    """Everything below /cdrs."""
    return Router(
        path="/cdrs",
        route_handlers=[list_cdrs, export_cdrs, get_cdr],
        dependencies={"wanted": Provide(cdr_filter)},
    )
