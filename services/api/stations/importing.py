"""Stations imported: many at once, by a program or from a file in the console."""

from typing import Any

from litestar import Request, Router, post

from schemas.ids import folded
from schemas.stations import REF_STATIONS, StationProvisioned
from services.api.console import forms
from services.api.console.rendering import Shown
from services.api.ports import Ports
from services.api.stations.rows import ProvisionStation
from services.api.stations.usecases import names_of, save_station
from services.api.web.importing import LARGEST, DryRun, ImportReport, Kind, import_file, media_type_of
from services.api.web.parameters import Given
from services.api.web.problems import documented

COLUMNS = frozenset(("station", *ProvisionStation.__struct_fields__, "labels.")) - {"labels"}


def kind_of(ports: Ports) -> Kind[ProvisionStation]:
    """How rows become stations."""
    names = names_of(ports)

    async def save(station: str, data: ProvisionStation, dry_run: bool) -> StationProvisioned:
        return await save_station(ports, station, data, dry_run=dry_run, names=names)

    def known(station: str) -> StationProvisioned | None:
        record = ports.reference.get(REF_STATIONS, station)
        return record if isinstance(record, StationProvisioned) else None

    return Kind(id="station", columns=COLUMNS, body=ProvisionStation, save=save, known=known, key=folded)


@post(
    "/station-imports",
    summary="Import stations",
    status_code=200,
    request_max_body_size=LARGEST,
    responses=documented(413, 415, 422),
)
async def import_stations(request: Request[Any, Any, Any], ports: Given, *, dry_run: DryRun = False) -> ImportReport:
    """Provision up to 10,000 stations: CSV with a header, a JSON array, or JSON lines. Each row has a `station` and the members of
    `PUT /stations/{station}`, and replaces what was known of it, but for a password that is left out; in CSV, labels are columns as
    `labels.row`.

    A row that cannot stand is refused and stops no other. A file may be sent again: what stands already is `unchanged`; a row with a
    password always counts as a change.
    """
    return await import_file(ports, kind_of, await request.body(), media_type_of(request), dry_run=dry_run)


@post("/stations/import", status_code=200, request_max_body_size=LARGEST)
async def import_in_console(request: Request[Any, Any, Any], ports: Given, show: Shown) -> Any:
    """Check a file of stations, or import it."""
    sent = await forms.sent_file(request)
    report = await import_file(ports, kind_of, sent.body, sent.media_type, dry_run=sent.dry_run)
    return show.notice(request, report.sentence("station"), then="/stations", warnings=report.refusals())


def router() -> Router:
    """Imports of stations."""
    return Router(path="/", route_handlers=[import_stations])


HANDLERS = (import_in_console,)
