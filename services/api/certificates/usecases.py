"""Use cases of certificates: install, find, delete, and have a station list those it has. Routes and pages call them."""

from http import HTTPStatus
from typing import Any

import msgspec

from schemas.certificates import ONE_AT_A_TIME, PRESENT
from schemas.outcomes import is_unanswered
from schemas.x509 import BadCertificate, HashData, read_pem
from services.api.certificates.rows import Answered, Certificate, CertificateFilter, Install
from services.api.commands.bodies import Asking, SendCommand
from services.api.commands.rows import CommandView
from services.api.commands.usecases import ask
from services.api.commands.views import PENDING
from services.api.ports import Ports
from services.api.stations.usecases import known_station
from services.api.web.problems import Problem, invalid, not_found
from services.runtime.process.outage import Outage

LIST, UNNAMED = "GetInstalledCertificates", "Have the station list its certificates first: it names them by hashes."
_KNOWN_AT_MOST = 200


async def install(ports: Ports, station: str, data: Install, *, key: str | None = None) -> Answered:
    """Have a station install a root certificate, and wait for its answer (M05).

    Raises Problem: 422 for a text that is no certificate, or for one that has expired; as `commands.ask` does; Outage.
    """
    try:
        content = read_pem(data.certificate)
    except BadCertificate as error:
        raise invalid("certificate", str(error)) from error
    if content.expires_at <= ports.clock():
        raise invalid("certificate", f"has expired on {content.expires_at.isoformat()}")
    arguments = {"certificate_type": data.use, "certificate": data.certificate}
    command = await ask(ports, station, _command("InstallCertificate", arguments, data), key=key)
    found = await _installed(ports, command.station, data.use, content.fingerprint)
    if found is not None and found.status == "requested":  # the service may not have read the outcome yet
        found = _by_outcome(found, command)
    return Answered(certificate=found, command=command)


async def delete(ports: Ports, certificate: str) -> Answered:
    """Have a station delete a certificate (M04).

    Raises Problem: 404; 409 where the station does not have it, or has not listed it (M04.FR.07: it is named as the station does); Outage.
    """
    found = await known_certificate(ports, certificate)
    if found.status not in PRESENT:
        raise Problem(HTTPStatus.CONFLICT, f"The station has the certificate no more: it is {found.status}.")
    if found.verified_at is None:
        raise Problem(HTTPStatus.CONFLICT, UNNAMED)
    arguments = {name: getattr(found, name) for name in HashData.__struct_fields__}
    command = await ask(ports, found.station, _command("DeleteCertificate", arguments, Asking()))
    if command.outcome == "accepted":
        found = msgspec.structs.replace(found, status="deleted", ended_at=command.settled_at)
    return Answered(certificate=found, command=command)


async def read(ports: Ports, station: str) -> tuple[CommandView, ...]:
    """Have a station list all its certificates (M03): by one command, in 1.6 by one for each use. Raises Problem; Outage."""
    details = await known_station(ports, station)
    apart = ONE_AT_A_TIME.get(details.version, ())
    asked: list[dict[str, Any]] = [{"certificate_type": [use]} for use in apart] or [{}]
    return tuple([await ask(ports, station, _command(LIST, each, Asking())) for each in asked])


async def known_certificate(ports: Ports, certificate: str) -> Certificate:
    """A certificate as it is now. Raises Problem: 404; Outage."""
    found = await ports.reads.certificate(certificate)
    if found is None:
        raise not_found(f"There is no certificate {certificate!r}.")
    return found


async def _installed(ports: Ports, station: str, use: str, fingerprint: str) -> Certificate | None:
    where = CertificateFilter(station=station, use=use)
    try:
        page = await ports.reads.certificates(where, limit=_KNOWN_AT_MOST)
    except Outage:
        return None  # the outcome of the command is known all the same
    return next((one for one in page.items if one.fingerprint == fingerprint), None)


def _by_outcome(found: Certificate, command: CommandView) -> Certificate:
    if command.outcome == PENDING:
        return found
    if command.outcome == "accepted":
        return msgspec.structs.replace(found, status="installed")
    if is_unanswered(command.outcome, sent=command.sent):
        return msgspec.structs.replace(found, status="unconfirmed")
    detail = command.detail or command.error_code or command.outcome.capitalize()
    return msgspec.structs.replace(found, status="refused", detail=detail, ended_at=command.settled_at)


def _command(name: str, arguments: dict[str, Any], asking: Asking) -> SendCommand:
    travel = {name: getattr(asking, name) for name in Asking.__struct_fields__}
    return SendCommand(command=name, arguments=arguments, **travel)
