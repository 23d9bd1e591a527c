"""The wiring of `certificates` and `certificate-signing`: their topics, their states, and what is counted."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from schemas.commands import COMMANDS, CommandRequested
from schemas.flows import flow
from schemas.revocations import REF_REVOCATIONS
from schemas.signing import IssuedCertificateChanged
from schemas.states.certificates import StationCertificates
from schemas.states.signing import StationSigning
from schemas.stationcommands import TriggerMessage
from services.certificates import core, metrics
from services.certificates import signing as signing_core
from services.certificates.checking import Policy
from services.certificates.settings import CertificateSettings
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[StationCertificates]:
    """The service that says which certificates a station has. Requests are read first: answers are about them."""
    return Service(
        name="certificates",
        inputs=flow("certificates").reads,
        inputs_first=(COMMANDS,),
        state=StationCertificates,
        initial=core.initial,
        step=core.step,
        due=core.due,
        comparable=core.comparable,
    )


def signing(settings: CertificateSettings) -> Service[StationSigning]:
    """The service that decides what stations ask to have signed. A certificate that is revoked makes its station due."""
    policy = Policy(
        organization=settings.certificate_organization.strip(),
        unknown=settings.certificate_unknown_stations == "accept",
        per_day=settings.certificate_requests_per_day,
        answer_s=settings.certificate_answer_s,
        renewal_days=settings.certificate_renewal_days,
        spread_days=settings.certificate_renewal_spread_days,
    )
    return Service(
        name="certificate-signing",
        inputs=flow("certificate-signing").reads,
        references=flow("certificate-signing").references,
        due_by=(REF_REVOCATIONS,),
        state=StationSigning,
        initial=signing_core.initial,
        step=counted(partial(signing_core.step, policy=policy)),
        due=partial(signing_core.due, policy=policy),
        acts=(CommandRequested,),
    )


def counted(stepping: Callable[..., Any]) -> Callable[..., Any]:
    """The step, with what it publishes counted."""

    @wraps(stepping)
    def counting(*arguments: Any, **named: Any) -> Any:
        after, outputs = stepping(*arguments, **named)
        for output in outputs:
            match output:
                case IssuedCertificateChanged():
                    metrics.CHANGES.labels(output.status).inc()
                case CommandRequested(command=TriggerMessage()):
                    metrics.RENEWALS.inc()
        return after, outputs

    return counting
