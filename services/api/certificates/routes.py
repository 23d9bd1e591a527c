"""Certificates: which of them stations have."""

import datetime as dt
from http import HTTPStatus
from typing import Annotated

from litestar import Response, Router, delete, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, PathParameter, QueryParameter

from schemas.certificates import CertificateStatus, CertificateUse
from services.api.certificates import usecases
from services.api.certificates.rows import Answered, Certificate, CertificateFilter, Install
from services.api.commands.routes import IdempotencyKey
from services.api.commands.rows import CommandView
from services.api.commands.views import PENDING
from services.api.stations.rows import StationPath
from services.api.web.paging import Page
from services.api.web.parameters import Cursor, Given, Limit, require_stored
from services.api.web.problems import documented

ANSWERS = {202: ResponseSpec(Answered, description="The command is `pending`.", generate_examples=False)}
LISTED = {202: ResponseSpec(tuple[CommandView, ...], description="A command is `pending`.", generate_examples=False)}

CertificatePath = Annotated[str, PathParameter(description="The certificate's id here, at one station for one use.")]


@get("/certificates", summary="List certificates of stations", responses=documented(422))
async def list_certificates(
    ports: Given,
    *,
    station: Annotated[str | None, QueryParameter(description="At this station.")] = None,
    use: Annotated[CertificateUse | None, QueryParameter(description="For this use.")] = None,
    status: Annotated[CertificateStatus | None, QueryParameter(description="Only those of this status.")] = None,
    expires_before: Annotated[
        dt.datetime | None, QueryParameter(description="Only those that expire before this time, where that is known.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[Certificate]:
    """Certificates by their last change, newest first: those that were installed from here, and those that stations listed."""
    require_stored("expires_before", expires_before)
    where = CertificateFilter(station=station, use=use, status=status, expires_before=expires_before)
    return await ports.reads.certificates(where, cursor=cursor, limit=limit)


@get("/certificates/{certificate:str}", summary="Get a certificate of a station", responses=documented(404))
async def get_certificate(certificate: CertificatePath, ports: Given) -> Certificate:
    """A certificate as it is now."""
    return await usecases.known_certificate(ports, certificate)


@post(
    "/stations/{station:str}/certificates",
    summary="Install a certificate",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409, 422)},
)
async def install_certificate(
    station: StationPath,
    data: Annotated[Install, Body(description="The certificate, and how the command travels.")],
    ports: Given,
    idempotency_key: IdempotencyKey = None,
) -> Response[Answered]:
    """Have a station install a root certificate (InstallCertificate).

    The outcome's `detail` has the station's word: Rejected (it is not valid for it, or there is no room) or Failed.
    """
    return _answer(await usecases.install(ports, station, data, key=idempotency_key))


@post(
    "/stations/{station:str}/certificates/read",
    summary="Have a station list its certificates",
    status_code=HTTPStatus.OK,
    responses={**LISTED, **documented(404, 409)},
)
async def read_certificates(station: StationPath, ports: Given) -> Response[tuple[CommandView, ...]]:
    """GetInstalledCertificateIds for every use: what is listed is `verified`, and what is not is `gone`."""
    commands = await usecases.read(ports, station)
    pending = any(command.outcome == PENDING for command in commands)
    return Response(commands, status_code=HTTPStatus.ACCEPTED if pending else HTTPStatus.OK)


@delete(
    "/certificates/{certificate:str}",
    summary="Delete a certificate at its station",
    status_code=HTTPStatus.OK,
    responses={**ANSWERS, **documented(404, 409)},
)
async def delete_certificate(certificate: CertificatePath, ports: Given) -> Response[Answered]:
    """Have the station delete a certificate that it has listed (DeleteCertificate). It may refuse: it keeps those that it uses."""
    return _answer(await usecases.delete(ports, certificate))


def _answer(answered: Answered) -> Response[Answered]:
    pending = answered.command.outcome == PENDING
    return Response(answered, status_code=HTTPStatus.ACCEPTED if pending else HTTPStatus.OK)


def router() -> Router:
    """Certificates, below stations and by themselves."""
    handlers = [list_certificates, get_certificate, install_certificate, read_certificates, delete_certificate]
    return Router(path="/", route_handlers=handlers)
