"""The wiring of `securityoperations`: its topics, its state, the key of which passwords are made, and what is counted."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from schemas.commands import CommandRequested
from schemas.flows import flow
from schemas.keyfile import key_from
from schemas.sealing import Seal
from schemas.securityoperations import ENDED, SECURITY_BATCHES, SecurityOperationChanged
from schemas.states.securityoperations import SecurityBatchState, StationSecurity
from services.runtime.loop.service import Service
from services.securityoperations import batches as waves
from services.securityoperations import metrics
from services.securityoperations.core import due, initial, step
from services.securityoperations.sending import Keys
from services.securityoperations.settings import SecurityOperationSettings


def service(settings: SecurityOperationSettings) -> Service[StationSecurity]:
    """The service that takes the steps of security operations. Raises BadSetting for a key that cannot be used."""
    key = key_from(settings.secrets_key_file, settings.secrets_key)
    keys = None if key is None else Keys(key, Seal(key))
    days = settings.rotate_passwords_after_days
    return Service(
        name="securityoperations",
        inputs=flow("securityoperations").reads,
        references=flow("securityoperations").references,
        due_by=(SECURITY_BATCHES,),
        state=StationSecurity,
        initial=initial,
        step=counted(partial(step, keys=keys, after_days=days)),
        due=partial(due, after_days=days),
        acts=(CommandRequested,),
    )


def batches(_settings: SecurityOperationSettings) -> Service[SecurityBatchState]:
    """The service that opens the waves of batches."""
    return Service(
        name="securitybatches",
        inputs=flow("securitybatches").reads,
        state=SecurityBatchState,
        initial=waves.initial,
        step=waves.step,
        due=waves.due,
    )


def counted(stepping: Callable[..., Any]) -> Callable[..., Any]:
    """The step, with the operations that end in it counted."""

    @wraps(stepping)
    def counting(*arguments: Any, **named: Any) -> Any:
        after, outputs = stepping(*arguments, **named)
        for output in outputs:
            if isinstance(output, SecurityOperationChanged) and output.status in ENDED:
                metrics.OPERATIONS.labels(output.kind, output.status).inc()
        return after, outputs

    return counting
