"""The wiring of `provisioning`: its topics and its state."""

from schemas.flows import flow
from schemas.provisioning import ProvisioningState
from services.provisioning.core import due, initial, step
from services.runtime.loop.service import Service
from services.runtime.process.settings import Settings


def service(_settings: Settings) -> Service[ProvisioningState]:
    """Build the service that decides on changes of reference data."""
    return Service(
        name="provisioning",
        inputs=flow("provisioning").reads,
        state=ProvisioningState,
        initial=initial,
        step=step,
        due=due,
        references=flow("provisioning").references,
        saves_each_batch=True,
    )
