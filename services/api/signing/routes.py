"""Signing: certificates that stations asked for, the authorities that make them, and those that were revoked."""

import datetime as dt
from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, PathParameter, QueryParameter

from schemas.signing import IssuedStatus, SigningUse
from services.api.commands.routes import IdempotencyKey
from services.api.commands.rows import CommandView
from services.api.commands.views import PENDING
from services.api.signing import usecases
from services.api.signing.rows import (
    Authority,
    IssuedCertificate,
    IssuedFilter,
    Renew,
    Revocation,
    Revoke,
    RevokeAny,
)
from services.api.stations.rows import StationPath
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit, require_stored
from services.api.web.problems import documented, not_found

TRIGGERED = {202: ResponseSpec(CommandView, description="The command is `pending`.", generate_examples=False)}
IssuedPath = Annotated[str, PathParameter(description="The certificate's id here, from its request on.")]
FilePath = Annotated[str, PathParameter(description="The authority's name, with `.crl` or `.pem`.")]


@get("/issued-certificates", summary="List certificates that stations asked for", responses=documented(422))
async def list_issued(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="Of this station.")] = None,
    status: Annotated[IssuedStatus | None, QueryParameter(description="Only those of this status.")] = None,
    use: Annotated[SigningUse | None, QueryParameter(description="For this use.")] = None,
    serial_number: Annotated[str | None, QueryParameter(description="With this serial number, hexadecimal.")] = None,
    fingerprint: Annotated[str | None, QueryParameter(description="With this SHA-256, hexadecimal.")] = None,
    expires_before: Annotated[dt.datetime | None, QueryParameter(description="Only those that expire before.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[IssuedCertificate]:
    """Certificates by their request, newest first; also requests that were refused, or that no authority signed."""
    require_stored("expires_before", expires_before)
    where = IssuedFilter(
        station=station,
        status=status,
        use=use,
        serial_number=serial_number,
        fingerprint=fingerprint,
        expires_before=expires_before,
    )
    return await ports.reads.issued_certificates(where, cursor=cursor, limit=limit)


@get(
    "/issued-certificates/{certificate:str}",
    summary="Get a certificate that a station asked for",
    responses=documented(404),
)
async def get_issued(certificate: IssuedPath, ports: Given) -> IssuedCertificate:
    """The request, its certificate, and what the station did with it."""
    return await usecases.known_issued(ports, certificate)


@post(
    "/issued-certificates/{certificate:str}/revoke",
    summary="Revoke a certificate of a station",
    status_code=HTTPStatus.OK,
    responses=documented(404, 409),
)
async def revoke_issued(
    certificate: IssuedPath, data: Annotated[Revoke, Body(description="Why.")], ports: Given
) -> Revocation:
    """The certificate counts no longer, for good: it stands on the authority's list, and no connection is accepted with it.

    One that is revoked already stays as it was. The station is not asked for another: `POST /stations/{station}/certificates/renew`.
    """
    return await usecases.revoke(ports, certificate, data)


@get("/certificate-revocations", summary="List revoked certificates")
async def list_revocations(ports: Given) -> tuple[Revocation, ...]:
    """Every certificate that was revoked here, the latest first."""
    return usecases.revocations(ports)


@post(
    "/certificate-revocations",
    summary="Revoke any certificate",
    status_code=HTTPStatus.OK,
    responses=documented(422),
)
async def revoke_any(
    data: Annotated[RevokeAny, Body(description="The certificate, and why.")], ports: Given
) -> Revocation:
    """As above, for a certificate that was not asked for here: the one that a station came with from its factory, say."""
    return await usecases.revoke_any(ports, data)


@get("/certificate-authorities", summary="List certificate authorities")
async def list_authorities(ports: Given) -> tuple[Authority, ...]:
    """Who signs certificates of stations, by name."""
    return usecases.authorities(ports)


@post(
    "/stations/{station:str}/certificates/renew",
    summary="Have a station renew its certificate",
    status_code=HTTPStatus.OK,
    responses={**TRIGGERED, **documented(404, 409, 422)},
)
async def renew_certificate(
    station: StationPath,
    data: Annotated[Renew, Body(description="Which certificate, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[CommandView]:
    """The station makes a new key and asks for its certificate (TriggerMessage; 1.6: ExtendedTriggerMessage).

    The outcome is that of the trigger; the certificate appears under `GET /issued-certificates`.
    """
    command = await usecases.renew(ports, station, data, key=idempotency_key)
    return Response(command, status_code=HTTPStatus.ACCEPTED if command.outcome == PENDING else HTTPStatus.OK)


@get(
    "/pki/{file:str}",
    summary="Get an authority's chain or its list of revoked certificates",
    security=[{}],
    responses=documented(404),
)
async def public_file(file: FilePath, ports: Given) -> Response[bytes]:
    """`{authority}.crl` (DER) and `{authority}.pem`: open, for whoever checks certificates."""
    authority, _, kind = file.rpartition(".")
    if kind == "pem" and authority:
        chain = usecases.announced(ports, authority).chain
        return Response(chain.encode(), media_type="application/pem-certificate-chain")
    listed = usecases.list_of(ports, authority) if kind == "crl" else None
    if listed is None:
        raise not_found(f"There is no {file!r}: an authority's name ends in .crl or .pem here.")
    left_s = max(0, int((listed.next_at - ports.clock()).total_seconds()))
    return Response(
        listed.der,
        media_type="application/pkix-crl",
        headers={"Cache-Control": f"public, max-age={min(left_s, 3_600)}"},
    )


def router() -> Router:
    """Certificates that stations asked for, revocations and authorities."""
    handlers = [
        *(list_issued, get_issued, revoke_issued, list_revocations, revoke_any),
        *(list_authorities, renew_certificate),
    ]
    return Router(path="/", route_handlers=handlers)


def public() -> Router:
    """What everybody may read."""
    return Router(path="/", route_handlers=[public_file])
