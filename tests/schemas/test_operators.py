"""What belongs to a tenant holds at its own stations, and what is the deployment's at all."""

import pytest

from schemas.operators import DEFAULT_TENANT, DEPLOYMENT, NOBODY, reaches
from schemas.stations import StationProvisioned, StationRemoved, tenant_of
from tests.services.fleet import NOON


@pytest.mark.parametrize(
    ("tenant", "place", "holds"),
    [
        ("acme", "acme", True),
        ("acme", "umbrella", False),
        ("acme", DEFAULT_TENANT, False),
        (DEPLOYMENT, "acme", True),
        (DEPLOYMENT, NOBODY, True),
        (DEFAULT_TENANT, NOBODY, False),
    ],
)
def test_what_is_a_tenants_reaches_its_own_stations_and_what_is_the_deployments_all(
    tenant: str, place: str, holds: bool
) -> None:
    assert reaches(tenant, place) is holds


def test_an_unknown_station_is_the_default_tenants_and_a_removed_one_nobodys() -> None:
    assert tenant_of(StationProvisioned(station="A", tenant="acme", provisioned_at=NOON)) == "acme"
    assert tenant_of(None) == DEFAULT_TENANT
    assert tenant_of(StationRemoved(station="A", removed_at=NOON)) == NOBODY
