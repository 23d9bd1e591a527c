"""The audit log: searched, exported, verified."""

from typing import Annotated

from litestar import Router, get
from litestar.di import NamedDependency, Provide
from litestar.params import QueryParameter
from litestar.response import Stream

from schemas.audit import AuditRecorded
from services.api.audit import usecases
from services.api.audit.rows import AuditFilter, Verification
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, From, Given, Limit, To, in_time
from services.api.web.problems import documented

ActorQuery = Annotated[
    str | None, QueryParameter(description="By this user, `key:` and the id of a key, or `operator`.")
]
NounQuery = Annotated[str | None, QueryParameter(description="Of this noun, as the tags of the OpenAPI document.")]
ActionQuery = Annotated[str | None, QueryParameter(description="`command`, `write`, `read` or `sign-in`.")]
StationQuery = Annotated[str | None, QueryParameter(description="About this station.")]
SubjectQuery = Annotated[str | None, QueryParameter(description="About what has this id or name.")]
RequestQuery = Annotated[str | None, QueryParameter(description="The request of this id.")]
SearchQuery = Annotated[str | None, QueryParameter(description="Part of the entry, in any case.")]


async def entries_wanted(
    *,
    actor: ActorQuery = None,
    noun: NounQuery = None,
    action: ActionQuery = None,
    station: StationQuery = None,
    subject: SubjectQuery = None,
    request_id: RequestQuery = None,
    search: SearchQuery = None,
    since: From = None,
    to: To = None,
) -> AuditFilter:
    """Which entries a request is about."""
    in_time(since, to)
    return AuditFilter(
        actor=actor,
        noun=noun,
        action=action,
        station=station,
        subject=subject,
        request_id=request_id,
        search=search,
        since=since,
        until=to,
    )


Asked = NamedDependency[AuditFilter]


@get("/", summary="List the audit log", responses=documented(422))
async def list_audit_entries(
    ports: Given, wanted: Asked, cursor: Cursor = None, limit: Limit = 50
) -> Page[AuditRecorded]:
    """Who did what, when, from where and why, newest first; some seconds old.

    An entry is on Kafka before what it says takes effect. `status` is that of a request that took none. `records` says what was
    published, with the members that a change altered. Secrets are named and not told.
    """
    return await ports.reads.audit_entries(wanted, cursor=cursor, limit=limit)


@get("/export", summary="Export the audit log as JSON lines", responses=documented(422))
async def export_audit_entries(ports: Given, wanted: Asked) -> Stream:
    """Entries as JSON lines, newest first, 100,000 at most; their digests can be verified elsewhere."""
    headers = {"Content-Disposition": 'attachment; filename="audit.jsonl"'}
    return Stream(usecases.exported(ports, wanted), media_type="application/x-ndjson", headers=headers)


@get("/verification", summary="Verify the audit log", responses=documented(422))
async def verify_audit_entries(ports: Given, since: From = None, to: To = None) -> Verification:
    """Whether the entries of a time are as they were written: none altered, none missing within the chain of its process.

    Keep the `head` of each chain elsewhere: that its last entries were taken away shows by it alone.
    """
    in_time(since, to)
    return await usecases.verified(ports, AuditFilter(since=since, until=to))


def router() -> Router:
    """Everything below /audit."""
    return Router(
        path="/audit",
        route_handlers=[
            Router(
                path="/",
                route_handlers=[list_audit_entries, export_audit_entries],
                dependencies={"wanted": Provide(entries_wanted)},
            ),
            verify_audit_entries,
        ],
    )
